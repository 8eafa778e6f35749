// Advice after training, from the run's own numbers: what its curves say went wrong, and what to try.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "train/history.h"

namespace recur {

enum class AdviceKind {
  diverged,             ///< a loss was NaN or infinite
  rate_too_high,        ///< training loss gave back more than a tenth of what it had gained
  rate_too_low,         ///< training loss fell by less than 2 %
  over_fitting,         ///< validation loss rose by more than 1 % from its lowest while training loss fell
  under_fitting,        ///< training loss is flat, and validation loss is within 5 % of it
  more_epochs,          ///< both losses were still falling at the end, validation by more than 0.5 % an epoch
  worse_than_baseline,  ///< the best validation loss is not lower than a baseline's
};
constexpr std::array<std::string_view, 7> names_of(AdviceKind) {
  return {"diverged",      "rate_too_high", "rate_too_low",       "over_fitting",
          "under_fitting", "more_epochs",   "worse_than_baseline"};
}

struct Advice {
  AdviceKind kind{};
  std::string text{};  ///< one line: what was seen, with its numbers, and what to try
};

/// What there is to say about a run, the most pressing first; often nothing. A pure function of its curves.
std::vector<Advice> advise(const History& history);

}  // namespace recur
