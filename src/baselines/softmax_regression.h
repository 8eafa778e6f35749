// Multinomial logistic regression on a few dense features.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/types.h"

namespace recur {

/// p(c | x) = softmax(W x + b)_c, with W and b at the minimum of −Σ log p(label) + ‖W‖²/(2·strength).
class SoftmaxRegression {
 public:
  /// rows [N, width], labels in [0, classes).
  SoftmaxRegression(std::span<const double> rows, Index width, std::span<const std::int32_t> labels,
                    Index classes, double strength = 1);

  /// [classes], of x [width].
  std::vector<double> probabilities(std::span<const double> x) const;

 private:
  Index width_, classes_;
  std::vector<double> weights_;  // [classes, width + 1], the bias last
};

}  // namespace recur
