// The bootstrap: how far a difference of means may be chance.
#pragma once

#include <cstdint>
#include <span>

#include "base/types.h"

namespace recur {

/// A difference of two means and the interval that holds it in 95 of 100 resamplings.
struct DifferenceInterval {
  double difference = 0, low = 0, high = 0;
};

struct BootstrapOptions {
  Index block =
      1;  ///< neighbours drawn together, where they are not independent; the last is followed by the first
  int resamples = 2000;
  std::uint64_t seed = 1;
};

/// mean(b) − mean(a) of paired scores, a[i] and b[i] of the same example, with the percentile interval of
/// bootstrap samples of the pairs (Efron, Tibshirani 1993, chapter 13), drawn in circular blocks (Politis,
/// Romano 1992). A function of the seed. REQUIRES: equal sizes, at least 1; block ≥ 1.
DifferenceInterval paired_bootstrap(std::span<const double> a, std::span<const double> b,
                                    const BootstrapOptions& options = {});

}  // namespace recur
