// Seasons are found by autocorrelation, and not where there are none.
#include "data/series/season.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "base/random.h"

namespace recur {
namespace {

std::vector<double> wave(Index period, double trend, double noise) {
  Random random(7);
  std::vector<double> x;
  for (Index t = 0; t < 600; ++t)
    x.push_back(trend * static_cast<double>(t) + noise * random.normal() +
                std::sin(2 * std::numbers::pi * static_cast<double>(t) / static_cast<double>(period)));
  return x;
}

TEST(Season, IsFoundUnderTrendAndNoise) {
  const std::vector<Index> candidates{7, 12, 24, 168};
  EXPECT_EQ(find_season(wave(12, 0.05, 0.3), candidates).steps, 12);
  EXPECT_EQ(find_season(wave(24, -0.3, 0.3), candidates).steps, 24) << "also at 168, its multiple";
  EXPECT_EQ(find_season(wave(168, 0.0, 0.1), candidates).steps, 168);
  std::vector<double> small = wave(12, 0.05, 0.3);
  for (double& v : small) v *= 1e-13;
  EXPECT_EQ(find_season(small, candidates).steps, 12) << "of any unit";
}

TEST(Season, IsNotSeenWhereThereIsNone) {
  const std::vector<Index> candidates{4, 7, 12, 24, 52, 168};
  Random random(3);
  std::vector<double> walk{0}, white, constant(500, 3.25), line;
  for (int i = 0; i < 800; ++i) {
    walk.push_back(walk.back() + random.normal());
    white.push_back(random.normal());
    line.push_back(1e-13 * (5 + 0.1 * i));
  }
  EXPECT_EQ(find_season(walk, candidates).steps, 1);
  EXPECT_EQ(find_season(white, candidates).steps, 1);
  EXPECT_EQ(find_season(constant, candidates).steps, 1);
  EXPECT_EQ(find_season(line, candidates).strength, 0) << "but for rounding";
  EXPECT_EQ(find_season(wave(12, 0, 0), std::vector<Index>{}).steps, 1);
  EXPECT_EQ(find_season(std::vector<double>{1, 2, 1}, candidates).steps, 1);
}

}  // namespace
}  // namespace recur
