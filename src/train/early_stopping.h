// When to stop a run whose validation loss no longer improves, and which epoch was the best.
#pragma once

#include <limits>
#include <tuple>

#include "base/fields.h"
#include "base/types.h"

namespace recur {

struct EarlyStoppingConfig {
  /// Epochs without improvement after which the run stops; 0 never stops it. Larger is more patient.
  Index patience = 0;
  /// By how much the loss must fall below its reference to count as an improvement, in the loss's own unit; ≥
  /// 0.
  double min_delta = 0;

  static constexpr auto fields = std::tuple{
      field("patience", &EarlyStoppingConfig::patience,
            "epochs without improvement before training stops; 0: never")
          .at_least(0),
      field("min_delta", &EarlyStoppingConfig::min_delta,
            "fall of the validation loss that counts as improvement")
          .at_least(0),
  };
};

/// Throws ConfigError when a value is outside its range.
void validate(const EarlyStoppingConfig& config);

/// What early stopping remembers: a value, saved with a checkpoint.
///
/// Two things are kept apart: the best epoch is simply the one with the lowest loss (its weights are the
/// model), while patience is counted from the last fall by more than `min_delta`.
struct EarlyStoppingState {
  double best_loss = std::numeric_limits<double>::infinity();
  Index best_epoch = 0;                                        ///< from 1; 0: no epoch had a finite loss yet
  double reference = std::numeric_limits<double>::infinity();  ///< loss that must be beaten by `min_delta`
  Index bad_epochs = 0;                                        ///< epochs since the reference was beaten
  bool operator==(const EarlyStoppingState&) const = default;
};

/// Whether so many epochs without improvement have passed that the run is over.
bool patience_is_used_up(const EarlyStoppingConfig& config, const EarlyStoppingState& state);

struct EpochVerdict {
  bool best = false;  ///< the lowest loss so far: keep these weights
  bool stop = false;  ///< patience is used up
};

/// Takes note of an epoch's validation loss. Lower is better: hand in −accuracy to maximise accuracy. NaN is
/// never an improvement.
EpochVerdict observe_epoch(const EarlyStoppingConfig& config, EarlyStoppingState& state, Index epoch,
                           double valid_loss);

}  // namespace recur
