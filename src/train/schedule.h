// The learning rate at a step: constant, step, exponential, cosine or on plateau, each after a linear
// warm-up.
#pragma once

#include <array>
#include <limits>
#include <string_view>

#include "base/types.h"

namespace recur {

/// How the learning rate changes once warm-up is over.
enum class Schedule {
  constant,     ///< rate
  step,         ///< rate · factor^⌊t / every⌋: stairs
  exponential,  ///< rate · factor^(t / every): the same decay, smooth
  cosine,       ///< min_rate + (rate − min_rate) · (1 + cos(π t / t_end)) / 2
  plateau,      ///< rate · factor each time the validation loss has not improved for `patience` epochs
};
/// The names of the schedules, in the order of the enum.
inline constexpr std::array<std::string_view, 5> schedule_names{"constant", "step", "exponential", "cosine",
                                                                "plateau"};

/// What `warmup`, `hold` and `every` count.
enum class ScheduleUnit { epochs, steps };
inline constexpr std::array<std::string_view, 2> schedule_unit_names{"epochs", "steps"};

/// A learning-rate schedule. Time t is counted from the end of warm-up and hold.
struct ScheduleConfig {
  Schedule schedule = Schedule::constant;
  /// The rate after warm-up and before any decay; > 0.
  double learning_rate = 1e-3;
  /// What the three lengths below count. They need not be whole: half an epoch of warm-up is 0.5.
  ScheduleUnit unit = ScheduleUnit::epochs;
  /// Length of the linear rise from 0 to `learning_rate`; the first step already has a rate above 0.
  double warmup = 0;
  /// Length of the time at the full rate between warm-up and decay (step, exponential, cosine).
  double hold = 0;
  /// Time between two multiplications by `factor` (step), or over which one happens (exponential); > 0.
  double every = 1;
  /// What the rate is multiplied by (step, exponential, plateau); in (0, 1].
  double factor = 0.5;
  /// The rate never falls below this (warm-up excepted), and cosine ends there.
  double min_rate = 0;
  /// Plateau: epochs without improvement that are waited for; larger is more patient.
  Index plateau_patience = 2;
  /// Plateau: a loss counts as better when it is lower than the best by more than this share of it.
  double plateau_threshold = 1e-4;
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
