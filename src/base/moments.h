// Count, mean, spread and range of numbers that come one after another.
#pragma once

#include <algorithm>
#include <cmath>

namespace recur {

/// Welford (1962): exact where the mean is far from 0.
struct Moments {
  double count = 0, mean = 0, squares = 0;  ///< squares: of distances from the mean, summed
  double low = 0, high = 0;

  void add(double x) {
    low = count == 0 ? x : std::min(low, x);
    high = count == 0 ? x : std::max(high, x);
    count += 1;
    const double d = x - mean;
    mean += d / count;
    squares += d * (x - mean);
  }
  /// Of all numbers, not of a sample of more; 0 if there are none.
  double deviation() const { return count > 0 ? std::sqrt(squares / count) : 0; }
};

}  // namespace recur
