// The learning rate at a step: constant, step, exponential, cosine or on plateau, each after a linear
// warm-up.
#pragma once

#include <array>
#include <limits>
#include <string_view>
#include <tuple>

#include "base/fields.h"
#include "base/types.h"

namespace recur {

/// How the learning rate changes once warm-up and hold are over; t is counted from there.
enum class Schedule {
  constant,     ///< rate
  step,         ///< rate · factor^⌊t / every⌋: stairs
  exponential,  ///< rate · factor^(t / every): the same decay, smooth
  cosine,       ///< min + (rate − min) · (1 + cos(π t / t_end)) / 2
  plateau,  ///< rate · factor each time the validation loss has not improved for `plateau_patience` epochs
};
constexpr std::array<std::string_view, 5> names_of(Schedule) {
  return {"constant", "step", "exponential", "cosine", "plateau"};
}

/// What `warmup`, `hold` and `decay_every` count.
enum class ScheduleUnit { epochs, steps };
constexpr std::array<std::string_view, 2> names_of(ScheduleUnit) { return {"epochs", "steps"}; }

/// A learning-rate schedule. Its fields are named to stand among the other options of training.
struct ScheduleConfig {
  Schedule schedule = Schedule::constant;
  /// The rate after warm-up and before any decay.
  double learning_rate = 1e-3;
  ScheduleUnit schedule_unit = ScheduleUnit::epochs;
  /// Length of the linear rise from 0; the first step already has a rate above 0. Half an epoch is 0.5.
  double warmup = 0;
  /// Length of the time at the full rate between warm-up and decay (step, exponential, cosine).
  double hold = 0;
  /// Time between two multiplications by the factor (step), or over which one happens (exponential).
  double decay_every = 1;
  /// What the rate is multiplied by (step, exponential, plateau).
  double decay_factor = 0.5;
  /// The rate never falls below this, warm-up excepted, and cosine ends there.
  double min_learning_rate = 0;
  /// Epochs without improvement that are waited for; larger is more patient.
  Index plateau_patience = 2;
  /// A loss counts as better when it is lower than the best by more than this share of it.
  double plateau_threshold = 1e-4;

  static constexpr auto fields = std::tuple{
      field("learning_rate", &ScheduleConfig::learning_rate, "size of a step after warm-up, before decay")
          .more_than(0),
      field("schedule", &ScheduleConfig::schedule, "how the learning rate falls"),
      field("schedule_unit", &ScheduleConfig::schedule_unit, "what warmup, hold and decay_every count"),
      field("warmup", &ScheduleConfig::warmup, "length of the learning rate's linear rise at the start")
          .at_least(0),
      field("hold", &ScheduleConfig::hold, "time at the full learning rate before it falls").at_least(0),
      field("decay_every", &ScheduleConfig::decay_every,
            "step, exponential: time from one factor to the next")
          .more_than(0),
      field("decay_factor", &ScheduleConfig::decay_factor,
            "step, exponential, plateau: what the rate is multiplied by")
          .more_than(0)
          .at_most(1),
      field("min_learning_rate", &ScheduleConfig::min_learning_rate,
            "the rate never falls below it; cosine ends there")
          .at_least(0),
      field("plateau_patience", &ScheduleConfig::plateau_patience,
            "plateau: epochs without improvement to wait for")
          .at_least(0),
      field("plateau_threshold", &ScheduleConfig::plateau_threshold,
            "plateau: share of the loss that counts as better")
          .at_least(0),
  };
};

/// Throws ConfigError when a value is outside its range.
void validate(const ScheduleConfig& config);

/// Where a run stands. Everything the rate depends on besides the config, but for the plateau's state.
struct ScheduleTime {
  Index step = 0;             ///< optimiser steps already done: the first step of a run asks with 0
  Index steps_per_epoch = 1;  ///< ≥ 1
  Index steps_total = 1;      ///< of the whole run, as planned; cosine ends there
};

/// What "on plateau" remembers: a value, saved with a checkpoint. The other schedules remember nothing.
struct PlateauState {
  double best = std::numeric_limits<double>::infinity();  ///< lowest validation loss so far
  Index bad_epochs = 0;                                   ///< epochs since then or since the last cut
  double factor = 1;                                      ///< product of all cuts so far
  bool operator==(const PlateauState&) const = default;
};

/// The learning rate of the step after `time.step` steps: a pure function, so a resumed run continues
/// exactly.
double learning_rate_at(const ScheduleConfig& config, const ScheduleTime& time,
                        const PlateauState& plateau = {});

/// Tells the plateau schedule an epoch's validation loss (NaN counts as no improvement); true if the rate was
/// cut. Other schedules ignore it.
bool observe_epoch(const ScheduleConfig& config, PlateauState& state, double valid_loss);

}  // namespace recur
