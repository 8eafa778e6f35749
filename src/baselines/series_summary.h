// A series in a few numbers, for classifiers that know no time.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/types.h"

namespace recur {

/// Numbers that summarise() gives a feature.
inline constexpr Index kSummaryNumbers = 7;

/// Of each feature of values [steps, features]: mean, standard deviation, least, greatest, first, last, slope
/// (least squares, a step). NaN is left out; of nothing all are 0.
std::vector<double> summarise(std::span<const float> values, Index features);

/// Mean and standard deviation of each column, and rows brought to 0 and 1 by them. A constant column stays
/// 0.
struct Standardiser {
  std::vector<double> mean, inverse;

  /// rows [N, width]
  Standardiser(std::span<const double> rows, Index width);
  void apply(std::span<double> rows) const;
};

/// The mean of each class, to which an example is near or far.
class NearestCentroid {
 public:
  /// rows [N, width], labels in [0, classes).
  NearestCentroid(std::span<const double> rows, Index width, std::span<const std::int32_t> labels,
                  Index classes);

  /// The class whose mean is nearest to x by Euclid; of equals the first. Classes without examples never.
  std::int32_t predict(std::span<const double> x) const;

 private:
  Index width_;
  std::vector<double> means_;   // [classes, width]
  std::vector<Index> members_;  // [classes]
};

}  // namespace recur
