// The season of a series, found by autocorrelation.
#pragma once

#include <span>

#include "base/types.h"

namespace recur {

/// A candidate and how strongly the series repeats at it.
struct Season {
  Index steps = 1;      ///< 1: there is none
  double strength = 0;  ///< autocorrelation at that lag of the series less its moving average over one season
};

/// The strongest of the candidates; of those nearly as strong the shortest; {1, 0} if none reaches 0.3 or the
/// series has less than two of any. The moving average takes the trend away.
Season find_season(std::span<const double> x, std::span<const Index> candidates);

}  // namespace recur
