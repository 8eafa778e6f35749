#include "train/early_stopping.h"

#include "base/check_limits.h"

namespace recur {

void validate(const EarlyStoppingConfig& config) { check_limits(config); }

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
  verdict.stop = patience_is_used_up(c, state);
  return verdict;
}

bool patience_is_used_up(const EarlyStoppingConfig& config, const EarlyStoppingState& state) {
  return config.patience > 0 && state.bad_epochs >= config.patience;
}

}  // namespace recur
