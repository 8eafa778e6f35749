#include "baselines/lbfgs.h"

#include <gtest/gtest.h>

#include <cmath>

namespace recur {
namespace {

TEST(Lbfgs, FindsTheBottomOfRosenbrocksValley) {
  std::vector<double> x{-1.2, 1};
  const LbfgsResult result =
      minimise(x, {.tolerance = 1e-9}, [](std::span<const double> at, std::span<double> g) {
        const double a = 1 - at[0], b = at[1] - at[0] * at[0];
        g[0] = -2 * a - 400 * at[0] * b;
        g[1] = 200 * b;
        return a * a + 100 * b * b;
      });
  EXPECT_TRUE(result.converged);
  EXPECT_LT(result.iterations, 60);
  EXPECT_NEAR(x[0], 1, 1e-6);
  EXPECT_NEAR(x[1], 1, 1e-6);
}

TEST(Lbfgs, SolvesASystemOfManyScales) {
  std::vector<double> x(50, 0.0);
  const auto quadratic = [](std::span<const double> at, std::span<double> g) {
    double value = 0;
    for (std::size_t i = 0; i < at.size(); ++i) {
      const double scale = std::pow(10, static_cast<double>(i % 5)), d = at[i] - static_cast<double>(i);
      value += scale * d * d / 2;
      g[i] = scale * d;
    }
    return value;
  };
  EXPECT_TRUE(minimise(x, {.tolerance = 1e-12}, quadratic).converged);
  for (std::size_t i = 0; i < x.size(); ++i) EXPECT_NEAR(x[i], static_cast<double>(i), 1e-5);
}

TEST(Lbfgs, StaysAtAMinimum) {
  std::vector<double> x{3};
  const LbfgsResult result = minimise(x, {}, [](std::span<const double> at, std::span<double> g) {
    g[0] = 2 * (at[0] - 3);
    return (at[0] - 3) * (at[0] - 3);
  });
  EXPECT_EQ(result.iterations, 0);
  EXPECT_EQ(x[0], 3);
}

}  // namespace
}  // namespace recur
