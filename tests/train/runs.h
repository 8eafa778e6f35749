// Made-up runs for the tests of curves and advice.
#pragma once

#include <vector>

#include "train/history.h"

namespace recur {

/// A run whose epochs had these losses, 100 steps each.
inline History run_of_epochs(const std::vector<double>& train, const std::vector<double>& valid) {
  History h;
  h.add(RunStarted{.task = "lm",
                   .model = "gru 64",
                   .loss_unit = "nats per character",
                   .epochs = static_cast<Index>(train.size()),
                   .steps_per_epoch = 100});
  for (std::size_t i = 0; i < train.size(); ++i) {
    const auto epoch = static_cast<Index>(i) + 1;
    h.add(EpochDone{.step = 100 * epoch,
                    .epoch = epoch,
                    .train_loss = train[i],
                    .valid_loss = i < valid.size() ? valid[i] : kNotMeasured,
                    .learning_rate = 1e-3});
  }
  return h;
}

/// A run with these losses, one a step.
inline History run_of_steps(const std::vector<double>& losses) {
  History h;
  for (std::size_t i = 0; i < losses.size(); ++i) {
    h.add(StepDone{.step = static_cast<Index>(i) + 1, .epoch = 1, .loss = losses[i], .learning_rate = 1e-3});
  }
  return h;
}

}  // namespace recur
