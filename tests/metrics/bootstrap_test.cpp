#include "metrics/bootstrap.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/random.h"

namespace recur {
namespace {

TEST(PairedBootstrap, FindsTheIntervalOfANormalDifference) {
  // Differences of mean 0.3 and deviation 1: the interval is ±1.96/√n.
  Random random(7);
  std::vector<double> a, b;
  const int n = 4000;
  for (int i = 0; i < n; ++i) {
    a.push_back(10 * random.normal());  // what the pairs share cancels
    b.push_back(a.back() + 0.3 + random.normal());
  }
  const DifferenceInterval found = paired_bootstrap(a, b);
  const double half = 1.96 / std::sqrt(n);
  EXPECT_NEAR(found.difference, 0.3, 3 * half);
  EXPECT_NEAR(found.high - found.difference, half, 0.15 * half);
  EXPECT_NEAR(found.difference - found.low, half, 0.15 * half);
}

TEST(PairedBootstrap, OfEqualScoresIsZero) {
  const std::vector<double> a{1, 0, 1, 1};
  const DifferenceInterval found = paired_bootstrap(a, a);
  EXPECT_EQ(found.difference, 0);
  EXPECT_EQ(found.low, 0);
  EXPECT_EQ(found.high, 0);
}

TEST(PairedBootstrap, IsAFunctionOfItsSeed) {
  const std::vector<double> a{1, 0, 1, 1, 0, 0, 1}, b{1, 1, 1, 0, 0, 1, 1};
  EXPECT_EQ(paired_bootstrap(a, b).low, paired_bootstrap(a, b).low);
}

}  // namespace
}  // namespace recur
