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

TEST(PairedBootstrap, OfNeighboursThatShareTheirErrorsIsAsWideAsTheirNumberIsSmall) {
  // 100 independent differences, each told 25 times over: only blocks see that there are 100.
  Random random(11);
  std::vector<double> a, b;
  for (int i = 0; i < 100; ++i) {
    const double shared = random.normal();
    for (int copy = 0; copy < 25; ++copy) {
      a.push_back(0);
      b.push_back(shared);
    }
  }
  const double half = 1.96 / std::sqrt(100);
  const DifferenceInterval alone = paired_bootstrap(a, b), blocks = paired_bootstrap(a, b, {.block = 50});
  EXPECT_LT(alone.high - alone.low, 0.5 * half);
  EXPECT_NEAR(blocks.high - blocks.low, 2 * half, 0.5 * half);
}

TEST(PairedBootstrap, IsAFunctionOfItsSeed) {
  Random random(3);
  std::vector<double> a, b;
  for (int i = 0; i < 50; ++i) a.push_back(random.normal()), b.push_back(random.normal());
  EXPECT_EQ(paired_bootstrap(a, b).low, paired_bootstrap(a, b).low);
  EXPECT_NE(paired_bootstrap(a, b).low, paired_bootstrap(a, b, {.seed = 2}).low);
}

}  // namespace
}  // namespace recur
