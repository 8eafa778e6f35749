#include "train/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/check_limits.h"
#include "base/error.h"

namespace recur {

void validate(const ScheduleConfig& c) {
  check_limits(c);
  const ScheduleConfig usual;
  const auto refuse_unread = [&](bool given, const char* name, const char* whose, bool read) {
    check<ConfigError>(!given || read, "{} is given, but schedule = {} has none; it is an option of {}", name,
                       to_name(c.schedule), whose);
  };
  const bool stairs = c.schedule == Schedule::step || c.schedule == Schedule::exponential;
  const bool plateau = c.schedule == Schedule::plateau;
  refuse_unread(c.hold != usual.hold, "hold", "step, exponential and cosine",
                stairs || c.schedule == Schedule::cosine);
  refuse_unread(c.decay_every != usual.decay_every, "decay_every", "step and exponential", stairs);
  refuse_unread(c.decay_factor != usual.decay_factor, "decay_factor", "step, exponential and plateau",
                stairs || plateau);
  refuse_unread(c.plateau_patience != usual.plateau_patience, "plateau_patience", "plateau", plateau);
  refuse_unread(c.plateau_threshold != usual.plateau_threshold, "plateau_threshold", "plateau", plateau);
  check<ConfigError>(c.min_learning_rate <= c.learning_rate,
                     "min_learning_rate is {}, expected at most learning_rate, which is {}",
                     c.min_learning_rate, c.learning_rate);
}

double learning_rate_at(const ScheduleConfig& c, const ScheduleTime& time, const PlateauState& plateau) {
  const double unit =
      c.schedule_unit == ScheduleUnit::epochs ? static_cast<double>(time.steps_per_epoch) : 1.0;
  const double warmup = c.warmup * unit;
  const double step = static_cast<double>(time.step);

  const double start = warmup + c.hold * unit;
  const double t = std::max(0.0, step - start);
  double rate = c.learning_rate;
  switch (c.schedule) {
    case Schedule::constant:
      break;
    case Schedule::step:
      rate *= std::pow(c.decay_factor, std::floor(t / (c.decay_every * unit)));
      break;
    case Schedule::exponential:
      rate *= std::pow(c.decay_factor, t / (c.decay_every * unit));
      break;
    case Schedule::cosine: {
      // A run that goes on beyond its planned end stays at the floor.
      const double end = std::max(1.0, static_cast<double>(time.steps_total) - start);
      const double share = (1 + std::cos(std::numbers::pi * std::min(1.0, t / end))) / 2;
      rate = c.min_learning_rate + (c.learning_rate - c.min_learning_rate) * share;
      break;
    }
    case Schedule::plateau:
      rate *= plateau.factor;
      break;
  }
  rate = std::max(rate, c.min_learning_rate);
  // step + 1: the first step moves, and the last one of warm-up has the full rate.
  return step < warmup ? rate * std::min(1.0, (step + 1) / warmup) : rate;
}

bool observe_epoch(const ScheduleConfig& c, PlateauState& state, double valid_loss) {
  if (c.schedule != Schedule::plateau) return false;
  const bool first = std::isinf(state.best) && std::isfinite(valid_loss);
  if (first || valid_loss < state.best - c.plateau_threshold * std::abs(state.best)) {
    state.best = valid_loss;
    state.bad_epochs = 0;
    return false;
  }
  if (++state.bad_epochs <= c.plateau_patience) return false;
  state.bad_epochs = 0;
  const bool above_floor = c.learning_rate * state.factor > c.min_learning_rate;
  if (above_floor) state.factor *= c.decay_factor;
  return above_floor;
}

}  // namespace recur
