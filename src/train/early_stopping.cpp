#include "train/early_stopping.h"

#include "base/error.h"

namespace recur {

void validate(const EarlyStoppingConfig& c) {
  check<ConfigError>(c.patience >= 0, "patience is {}, expected 0 (never stop early) or more epochs",
                     c.patience);
  check<ConfigError>(c.min_delta >= 0, "min_delta is {}, expected 0 or more", c.min_delta);
}

EpochVerdict observe_epoch(const EarlyStoppingConfig& c, EarlyStoppingState& state, Index epoch,
                           double valid_loss) {
  EpochVerdict verdict;
  if (valid_loss < state.best_loss) {
    state.best_loss = valid_loss;
    state.best_epoch = epoch;
    verdict.best = true;
  }
  if (valid_loss < state.reference - c.min_delta) {
    state.reference = valid_loss;
    state.bad_epochs = 0;
  } else {
    ++state.bad_epochs;
  }
  verdict.stop = c.patience > 0 && state.bad_epochs >= c.patience;
  return verdict;
}

}  // namespace recur
