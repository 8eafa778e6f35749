#include "baselines/ngram_regression.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.h"
#include "baselines/lbfgs.h"

namespace recur {
namespace {

using Ids = NgramRegression::Ids;

constexpr std::int32_t kMissing = -1;

/// Which texts hold which n-grams, by text and by n-gram.
struct Occurrences {
  std::vector<Ids> of_text, of_ngram;
};

Occurrences occurrences(std::vector<Ids> of_text, Index ngrams) {
  Occurrences all{std::move(of_text), std::vector<Ids>(static_cast<std::size_t>(ngrams))};
  for (std::size_t i = 0; i < all.of_text.size(); ++i)
    for (const std::int32_t j : all.of_text[i])
      all.of_ngram[static_cast<std::size_t>(j)].push_back(static_cast<std::int32_t>(i));
  return all;
}

/// f over [0, count) on the pool, each index once: no sum is shared.
template <class F>
void for_each_of(ThreadPool& pool, std::size_t count, F&& f) {
  constexpr Index kParts = 64;
  pool.run(kParts, [&](Index part) {
    const Slice s = slice_of(static_cast<Index>(count), kParts, part);
    for (Index i = s.begin; i < s.end; ++i) f(static_cast<std::size_t>(i));
  });
}

/// Log-count ratios of the n-grams between the texts that belong and the others.
std::vector<double> count_ratios(const Occurrences& all, const std::vector<std::uint8_t>& belongs,
                                 double smoothing) {
  const std::size_t n = all.of_ngram.size();
  std::vector<double> inside(n, smoothing), ratio(n);
  double inside_sum = 0, outside_sum = 0;
  const auto outside = [&](std::size_t j) {
    return 2 * smoothing + static_cast<double>(all.of_ngram[j].size()) - inside[j];
  };
  for (std::size_t j = 0; j < n; ++j) {
    for (const std::int32_t i : all.of_ngram[j]) inside[j] += belongs[static_cast<std::size_t>(i)];
    inside_sum += inside[j];
    outside_sum += outside(j);
  }
  for (std::size_t j = 0; j < n; ++j)
    ratio[j] = std::log(inside[j] / inside_sum) - std::log(outside(j) / outside_sum);
  return ratio;
}

/// Weights of r∘f and the bias behind them, at the minimum of ½‖w‖² + C·Σ log(1 + e^(−y(w·x + b))).
std::vector<double> regress(const Occurrences& all, const std::vector<std::uint8_t>& belongs,
                            const std::vector<double>& ratio, double strength, ThreadPool& pool) {
  const std::size_t n = ratio.size(), texts = all.of_text.size();
  std::vector<double> weights(n + 1), slope(texts), loss(texts), scaled(n);
  minimise(weights, {.most_iterations = 100, .tolerance = 1e-3},
           [&](std::span<const double> w, std::span<double> gradient) {
             for_each_of(pool, n, [&](std::size_t j) { scaled[j] = w[j] * ratio[j]; });
             for_each_of(pool, texts, [&](std::size_t i) {
               double a = w[n];
               for (const std::int32_t j : all.of_text[i]) a += scaled[static_cast<std::size_t>(j)];
               const double y = belongs[i] ? 1 : -1, m = y * a;
               loss[i] = m > 0 ? std::log1p(std::exp(-m)) : std::log1p(std::exp(m)) - m;
               slope[i] = -y * strength / (1 + std::exp(m));
             });
             for_each_of(pool, n, [&](std::size_t j) {
               double sum = 0;
               for (const std::int32_t i : all.of_ngram[j]) sum += slope[static_cast<std::size_t>(i)];
               gradient[j] = w[j] + ratio[j] * sum;
             });
             gradient[n] = std::accumulate(slope.begin(), slope.end(), 0.0);
             return strength * std::accumulate(loss.begin(), loss.end(), 0.0) +
                    std::inner_product(w.begin(), w.end() - 1, w.begin(), 0.0) / 2;
           });
  return weights;
}

}  // namespace

template <class Number>
std::vector<std::int32_t> NgramIndex::collect(std::span<const std::int32_t> tokens, Number&& number) const {
  std::vector<std::int32_t> found;
  for (std::size_t begin = 0; begin < tokens.size(); ++begin) {
    std::uint64_t prefix = 0;  // the number of the n-gram so far, from 1
    const std::size_t end = std::min(tokens.size(), begin + static_cast<std::size_t>(order_));
    for (std::size_t i = begin; i < end; ++i) {
      const std::int32_t id = number(prefix << 32 | static_cast<std::uint32_t>(tokens[i]));
      if (id == kMissing) break;
      found.push_back(id);
      prefix = static_cast<std::uint64_t>(id) + 1;
    }
  }
  std::ranges::sort(found);
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

std::vector<std::int32_t> NgramIndex::find(std::span<const std::int32_t> tokens, bool grow) {
  if (!grow) return std::as_const(*this).find(tokens);
  return collect(tokens, [this](std::uint64_t key) {
    return numbers_.try_emplace(key, static_cast<std::int32_t>(numbers_.size())).first->second;
  });
}

std::vector<std::int32_t> NgramIndex::find(std::span<const std::int32_t> tokens) const {
  return collect(tokens, [this](std::uint64_t key) {
    const auto at = numbers_.find(key);
    return at == numbers_.end() ? kMissing : at->second;
  });
}

NgramRegression::NgramRegression(std::span<const Ids> texts, std::span<const Ids> labels, Index classes,
                                 const NgramRegressionOptions& options, ThreadPool& pool)
    : index_(options.order), classes_(classes) {
  RECUR_ASSERT(texts.size() == labels.size());
  std::vector<Ids> found;
  for (const Ids& text : texts) found.push_back(index_.find(text, true));
  const Occurrences all = occurrences(std::move(found), index_.size());
  const bool two = classes == 2 && std::ranges::all_of(labels, [](const Ids& l) { return l.size() == 1; });
  for (std::int32_t c = two ? 1 : 0; c < classes; ++c) {
    std::vector<std::uint8_t> belongs;
    for (const Ids& l : labels) belongs.push_back(std::ranges::find(l, c) != l.end());
    const std::vector<double> ratio = count_ratios(all, belongs, options.smoothing);
    const std::vector<double> w = regress(all, belongs, ratio, options.strength, pool);
    double mean = 0;
    for (std::size_t j = 0; j < ratio.size(); ++j) mean += std::abs(w[j]) / static_cast<double>(ratio.size());
    Line& line = lines_.emplace_back(Line{.weights = {}, .bias = w.back()});
    for (std::size_t j = 0; j < ratio.size(); ++j)
      line.weights.push_back(
          static_cast<float>(ratio[j] * ((1 - options.interpolation) * mean + options.interpolation * w[j])));
  }
}

std::vector<double> NgramRegression::scores(std::span<const std::int32_t> text) const {
  const std::vector<std::int32_t> ngrams = index_.find(text);
  std::vector<double> out;
  if (static_cast<Index>(lines_.size()) < classes_) out.push_back(0);
  for (const Line& line : lines_) {
    double a = line.bias;
    for (const std::int32_t j : ngrams) a += line.weights[static_cast<std::size_t>(j)];
    out.push_back(a);
  }
  if (out.size() > lines_.size()) out[0] = -out[1];
  return out;
}

}  // namespace recur
