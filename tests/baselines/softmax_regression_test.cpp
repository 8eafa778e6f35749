// Against Newton's method on dense matrices: regressions.py, beside this file, made the numbers.
#include "baselines/softmax_regression.h"

#include <gtest/gtest.h>

namespace recur {
namespace {

TEST(SoftmaxRegression, FindsTheMinimumThatNewtonFinds) {
  const std::vector<double> rows{0.5, -1, 1.5, 0, -0.5, 2, -1, 1, 0, 0.25, 2, -2};
  const SoftmaxRegression model(rows, 2, std::vector<std::int32_t>{0, 0, 1, 1, 2, 2}, 3, 2.0);
  const double expected[6][3] = {
      {0.415018833494, 0.036792859359, 0.548188307148}, {0.569624173328, 0.044844119729, 0.385531706943},
      {0.084201300698, 0.873817357731, 0.04198134157},  {0.124715581914, 0.768614316997, 0.106670101089},
      {0.382143138149, 0.274203597691, 0.34365326416},  {0.424296972418, 0.001727748493, 0.573975279089}};
  for (std::size_t i = 0; i < 6; ++i) {
    const std::vector<double> p = model.probabilities(std::span(rows).subspan(2 * i, 2));
    for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(p[c], expected[i][c], 1e-4);
  }
}

}  // namespace
}  // namespace recur
