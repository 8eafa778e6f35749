#include "metrics/classification.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.h"

namespace recur {
namespace {

double share(Index part, Index whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

double ClassCounts::precision() const { return share(correct, predicted); }
double ClassCounts::recall() const { return share(correct, support); }
double ClassCounts::f1() const { return share(2 * correct, predicted + support); }

ShareInterval wilson_interval(Index correct, Index count, double z) {
  if (count == 0) return {};
  const double n = static_cast<double>(count), p = share(correct, count), square = z * z / n;
  const double middle = p + square / 2, half = z * std::sqrt(p * (1 - p) / n + square / (4 * n));
  return {std::max(0.0, (middle - half) / (1 + square)), std::min(1.0, (middle + half) / (1 + square))};
}

ClassificationScore::ClassificationScore(Index classes) : counts_(static_cast<std::size_t>(classes)) {}

void ClassificationScore::add(std::int32_t truth, std::int32_t predicted) {
  add(std::span(&truth, 1), std::span(&predicted, 1));
  ++confusion_[{truth, predicted}];
}

void ClassificationScore::add(std::span<const std::int32_t> truth, std::span<const std::int32_t> predicted) {
  std::size_t right = 0;
  for (const std::int32_t c : truth) ++counts_[static_cast<std::size_t>(c)].support;
  for (const std::int32_t c : predicted) {
    ClassCounts& counts = counts_[static_cast<std::size_t>(c)];
    ++counts.predicted;
    if (std::ranges::find(truth, c) == truth.end()) continue;
    ++counts.correct;
    ++right;
  }
  ++examples_;
  exact_ += right == truth.size() && right == predicted.size();
}

void ClassificationScore::add(const ClassificationScore& other) {
  RECUR_ASSERT(classes() == other.classes());
  for (std::size_t c = 0; c < counts_.size(); ++c) {
    counts_[c].correct += other.counts_[c].correct;
    counts_[c].predicted += other.counts_[c].predicted;
    counts_[c].support += other.counts_[c].support;
  }
  for (const auto& [pair, count] : other.confusion_) confusion_[pair] += count;
  examples_ += other.examples_;
  exact_ += other.exact_;
}

double ClassificationScore::accuracy() const { return share(exact_, examples_); }

double ClassificationScore::f1_macro() const {
  double sum = 0;
  Index present = 0;
  for (const ClassCounts& c : counts_) {
    if (c.support + c.predicted == 0) continue;
    sum += c.f1();
    ++present;
  }
  return present == 0 ? 0 : sum / static_cast<double>(present);
}

double ClassificationScore::f1_micro() const {
  ClassCounts all;
  for (const ClassCounts& c : counts_) {
    all.correct += c.correct;
    all.predicted += c.predicted;
    all.support += c.support;
  }
  return all.f1();
}

double best_threshold(std::span<const float> probabilities, std::span<const std::uint8_t> truths,
                      ThresholdAim aim) {
  RECUR_ASSERT(probabilities.size() == truths.size());
  const std::size_t n = probabilities.size();
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::greater{}, [&](std::size_t i) { return probabilities[i]; });
  const Index support = std::accumulate(truths.begin(), truths.end(), Index{0});
  const auto worth = [&](Index correct, Index predicted) {
    if (aim == ThresholdAim::f1) return ClassCounts{correct, predicted, support}.f1();
    const Index wrong = (predicted - correct) + (support - correct);
    return share(static_cast<Index>(n) - wrong, static_cast<Index>(n));
  };
  // What 0.5 gives must be beaten; then the cuts, from above all probabilities to below them.
  Index correct = 0, predicted = 0;
  for (std::size_t i = 0; i < n; ++i) {
    if (probabilities[i] < 0.5F) continue;
    ++predicted;
    correct += truths[i];
  }
  double best = 0.5, best_worth = worth(correct, predicted);
  correct = predicted = 0;
  double above = 1;
  for (std::size_t k = 0; k <= n; ++k) {
    const double next = k < n ? probabilities[order[k]] : 0.0;
    if (next < above) {
      const double cut = (above + next) / 2, value = worth(correct, predicted);
      const bool nearer = value == best_worth && std::abs(cut - 0.5) < std::abs(best - 0.5);
      if (value > best_worth || nearer) {
        best = cut;
        best_worth = value;
      }
      above = next;
    }
    if (k == n) break;
    ++predicted;
    correct += truths[order[k]];
  }
  return best;
}

}  // namespace recur
