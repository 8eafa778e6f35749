#include "train/advice.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "base/error.h"

namespace recur {
namespace {

std::string brief(double value) { return fmt::format("{:.4g}", value); }

/// A stretch of training and its mean loss.
struct Stretch {
  std::string where;
  double loss = 0;
  double error = 0;  // standard error of that mean, as if steps were independent; of an epoch 0
};

/// The training loss in up to 20 stretches of at least 10 steps each, or by epoch if there are too few steps
/// for that. Losses are finite: a run that diverged has been dealt with.
std::vector<Stretch> training_loss(const History& h) {
  constexpr std::size_t kStretches = 20, kShortest = 10;
  std::vector<Stretch> out;
  const std::size_t count = std::min(kStretches, h.steps.size() / kShortest);
  if (count < 3) {
    for (const EpochDone& e : h.epochs) out.push_back({fmt::format("epoch {}", e.epoch), e.train_loss});
    return out;
  }
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t begin = i * h.steps.size() / count, end = (i + 1) * h.steps.size() / count;
    const auto n = static_cast<double>(end - begin);
    double sum = 0, squares = 0;
    for (std::size_t k = begin; k < end; ++k) sum += h.steps[k].loss;
    for (std::size_t k = begin; k < end; ++k) squares += std::pow(h.steps[k].loss - sum / n, 2);
    out.push_back({fmt::format("steps {}–{}", h.steps[begin].step, h.steps[end - 1].step), sum / n,
                   std::sqrt(squares / n / n)});
  }
  return out;
}

/// How far the loss of an epoch lies from a smooth curve by chance: one standard deviation, from the median
/// of the second differences (of normal noise, 1.652 deviations). Infinite for fewer than three epochs: who
/// has seen two knows nothing of their noise.
template <class Loss>
double noise(const History& h, Loss loss) {
  std::vector<double> bends;
  for (std::size_t i = 2; i < h.epochs.size(); ++i)
    bends.push_back(std::abs(loss(h.epochs[i]) - 2 * loss(h.epochs[i - 1]) + loss(h.epochs[i - 2])));
  if (bends.empty()) return std::numeric_limits<double>::infinity();
  const auto middle = bends.begin() + static_cast<std::ptrdiff_t>(bends.size() / 2);
  std::nth_element(bends.begin(), middle, bends.end());
  return *middle / 1.652;
}
double valid_noise(const History& h) {
  return noise(h, [](const EpochDone& e) { return e.valid_loss; });
}

/// A difference of two epochs says something from so many deviations on.
constexpr double kTelling = 2;

/// The highest rate that the run used; 0 if it does not say.
double highest_rate(const History& h) {
  double rate = 0;
  for (const StepDone& s : h.steps) rate = std::max(rate, s.learning_rate);  // NaN compares false
  for (const EpochDone& e : h.epochs) rate = std::max(rate, e.learning_rate);
  return rate;
}

/// "a learning rate of 0.0003 (it was 0.001)".
std::string other_rate(const History& h, double times) {
  const double rate = highest_rate(h);
  if (rate <= 0) return times < 1 ? "a lower learning rate" : "a higher learning rate";
  return fmt::format("a learning rate of {:.1g} (it was {})", rate * times, brief(rate));
}

std::optional<Advice> diverged(const History& h) {
  const auto bad =
      std::find_if(h.steps.begin(), h.steps.end(), [](const StepDone& s) { return !std::isfinite(s.loss); });
  const bool stopped = h.stopped && h.stopped->reason == StopReason::diverged;
  if (bad == h.steps.end() && !stopped) return std::nullopt;
  return Advice{AdviceKind::diverged,
                fmt::format("the loss {} at step {}: try {}, or clip_norm = 1 if it is off",
                            bad != h.steps.end() ? "was no longer finite" : "diverged",
                            bad != h.steps.end() ? bad->step : h.stopped->step, other_rate(h, 0.1))};
}

std::optional<Advice> rate_too_high(const History& h, const std::vector<Stretch>& train) {
  if (train.size() < 3) return std::nullopt;
  const Stretch *lowest = &train[0], *from = nullptr, *to = nullptr;
  double worst = 0;
  for (const Stretch& s : train) {
    // What was gained so far; a loss that only ever rose is measured by itself.
    const double gained = train[0].loss - lowest->loss;
    const double rise = (s.loss - lowest->loss) / (gained > 0 ? gained : std::abs(lowest->loss));
    const bool by_chance = s.loss - lowest->loss < 3 * std::hypot(s.error, lowest->error);
    if (rise > std::max(worst, 0.1) && !by_chance) {
      worst = rise;
      from = lowest;
      to = &s;
    }
    if (s.loss < lowest->loss) lowest = &s;
  }
  if (!to) return std::nullopt;
  return Advice{
      AdviceKind::rate_too_high,
      fmt::format("the learning rate is too high: training loss rose from {} ({}) to {} ({}); try {}",
                  brief(from->loss), from->where, brief(to->loss), to->where, other_rate(h, 0.3))};
}

std::optional<Advice> rate_too_low(const History& h, const std::vector<Stretch>& train) {
  if (train.size() < 3) return std::nullopt;
  const double first = train.front().loss, last = train.back().loss;
  const double fall = (first - last) / std::abs(first);
  if (!(fall >= 0 && fall < 0.02)) return std::nullopt;
  return Advice{
      AdviceKind::rate_too_low,
      fmt::format("training loss hardly moved, from {} ({}) to {} ({}): try {}; if that changes nothing, the "
                  "inputs may not tell what is asked",
                  brief(first), train.front().where, brief(last), train.back().where, other_rate(h, 3))};
}

std::optional<Advice> over_fitting(const History& h) {
  const EpochDone* best = h.best_epoch();
  if (!best) return std::nullopt;
  const EpochDone& last = h.epochs.back();
  const double rise = last.valid_loss - best->valid_loss;
  const double by_chance = std::max(0.01 * std::abs(best->valid_loss), kTelling * valid_noise(h));
  if (!(rise > by_chance && last.train_loss < best->train_loss)) return std::nullopt;
  return Advice{
      AdviceKind::over_fitting,
      fmt::format(
          "over-fitting: validation loss was lowest at epoch {} ({}) and has risen by {} since, to {} at "
          "epoch {}, "
          "while training loss fell from {} to {}; try dropout, weight decay, a smaller model or more data "
          "(the weights of epoch {} are kept)",
          best->epoch, brief(best->valid_loss), brief(rise), brief(last.valid_loss), last.epoch,
          brief(best->train_loss), brief(last.train_loss), best->epoch)};
}

std::optional<Advice> under_fitting(const History& h) {
  if (h.epochs.size() < 3) return std::nullopt;
  const EpochDone &last = h.epochs.back(), &earlier = h.epochs[h.epochs.size() - 3];
  const double fall = earlier.train_loss - last.train_loss, scale = std::abs(last.train_loss);
  const double gap = last.valid_loss - last.train_loss;
  if (!(std::abs(fall) < 0.005 * scale && gap < 0.05 * scale)) return std::nullopt;
  return Advice{
      AdviceKind::under_fitting,
      fmt::format(
          "under-fitting: training loss stands still ({} at epoch {}, {} at epoch {}) and validation loss "
          "({}) is "
          "near it, so nothing is left to learn for a model of this size; try a larger hidden_size, another "
          "layer or less dropout",
          brief(earlier.train_loss), earlier.epoch, brief(last.train_loss), last.epoch,
          brief(last.valid_loss))};
}

std::optional<Advice> more_epochs(const History& h) {
  if (h.epochs.size() < 2 || h.best_epoch() != &h.epochs.back()) return std::nullopt;
  const EpochDone &last = h.epochs.back(), &before = h.epochs[h.epochs.size() - 2];
  const double valid_fall = before.valid_loss - last.valid_loss,
               train_fall = before.train_loss - last.train_loss;
  const double by_chance = std::max(0.005 * std::abs(before.valid_loss), kTelling * valid_noise(h));
  if (!(valid_fall > by_chance && train_fall > 0)) return std::nullopt;
  return Advice{
      AdviceKind::more_epochs,
      fmt::format(
          "still learning at the end: in epoch {} training loss fell by {} to {} and validation loss by "
          "{} to {}; try epochs = {}",
          last.epoch, brief(train_fall), brief(last.train_loss), brief(valid_fall), brief(last.valid_loss),
          2 * last.epoch)};
}

std::optional<Advice> worse_than_baseline(const History& h) {
  const EpochDone* best = h.best_epoch();
  const BaselineScored* strongest = nullptr;
  for (const BaselineScored& b : h.baselines) {
    if (std::isfinite(b.loss) && (!strongest || b.loss < strongest->loss)) strongest = &b;
  }
  if (!best || !strongest || best->valid_loss < strongest->loss) return std::nullopt;
  return Advice{
      AdviceKind::worse_than_baseline,
      fmt::format("the model is not better than the {} baseline: validation loss {} at epoch {}, against {}",
                  strongest->baseline, brief(best->valid_loss), best->epoch, brief(strongest->loss))};
}

}  // namespace

std::vector<Advice> advise(const History& history) {
  if (const auto found = diverged(history)) return {*found};  // nothing else in such a curve means anything
  std::vector<Advice> out;
  const auto say = [&](const std::optional<Advice>& advice) {
    if (advice) out.push_back(*advice);
    return advice.has_value();
  };
  const std::vector<Stretch> train = training_loss(history);
  // A rate that is wrong explains what the later rules would see.
  const bool rate_is_wrong = say(rate_too_high(history, train)) || say(rate_too_low(history, train));
  if (!rate_is_wrong) say(over_fitting(history)) || say(under_fitting(history)) || say(more_epochs(history));
  say(worse_than_baseline(history));
  return out;
}

}  // namespace recur
