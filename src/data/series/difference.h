// Differences of a series, and the way back.
#pragma once

#include <span>
#include <vector>

#include "base/types.h"

namespace recur {

/// Differences at lags, one after another: z = (1 − B^l₁)(1 − B^l₂)… x, with B the step back. Lags {1, 12}
/// take trend and yearly season from months.
class Differences {
 public:
  explicit Differences(std::vector<Index> lags = {});

  const std::vector<Index>& lags() const { return lags_; }
  /// Steps back that a difference reads: the sum of the lags.
  Index reach() const { return reach_; }

  /// z of x; NaN for the first reach() steps.
  std::vector<double> of(std::span<const double> x) const;

  /// The next value after `history` where its difference is z: x_t = z + Σ a_k·x_{t−k}. REQUIRES: at least
  /// reach() values.
  double undo(std::span<const double> history, double z) const;
  /// The values after `history` whose differences are all `z`: what follows if nothing changes.
  std::vector<double> continued(std::span<const double> history, double z, Index horizon) const;

 private:
  struct Term {
    Index back;
    double factor;
  };
  std::vector<Index> lags_;
  Index reach_ = 0;
  std::vector<Term> terms_;  // of 1 − Π(1 − B^l)
};

}  // namespace recur
