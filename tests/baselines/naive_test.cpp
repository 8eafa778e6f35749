// Forecasts that need no training, against values worked out by hand.
#include "baselines/naive.h"

#include <gtest/gtest.h>

#include <cmath>

namespace recur {
namespace {

using Values = std::vector<double>;

TEST(Naive, Forecasts) {
  const Values x{1, 2, 4, 3, 5, 9};
  EXPECT_EQ(last_value(x, 2), (Values{9, 9}));
  EXPECT_EQ(seasonal_naive(x, 3, 5), (Values{3, 5, 9, 3, 5}));
  EXPECT_EQ(seasonal_naive(x, 7, 2), (Values{9, 9}));
  EXPECT_EQ(drift(x, 2), (Values{9 + 1.6, 9 + 3.2}));
  EXPECT_EQ(drift(Values{4}, 2), (Values{4, 4}));
}

TEST(Naive, SeasonalWalkOnLogs) {
  // As much above its predecessor as a season ago: 9·(3/4), then ·(5/3), then ·(9/5).
  const auto found = seasonal_log_walk(Values{1, 2, 4, 3, 5, 9}, 3, 3);
  ASSERT_TRUE(found.has_value());
  EXPECT_NEAR((*found)[0], 9 * 3.0 / 4, 1e-12);
  EXPECT_NEAR((*found)[1], 9 * 3.0 / 4 * 5 / 3, 1e-12);
  EXPECT_NEAR((*found)[2], 9 * 3.0 / 4 * 5 / 3 * 9 / 5, 1e-12);
  EXPECT_FALSE(seasonal_log_walk(Values{1, 2, 0, 3, 5, 9}, 3, 3).has_value() &&
               seasonal_log_walk(Values{1, 2, 0, 3, 5, 9}, 5, 3).has_value());
  EXPECT_FALSE(seasonal_log_walk(Values{1, 2, 3}, 3, 1).has_value());
}

TEST(Naive, SeasonIsTestedAndTakenOut) {
  Values seasonal;
  const Values pattern{0.5, 1.5, 1.25, 0.75};
  for (int t = 0; t < 24; ++t) seasonal.push_back((100 + 2 * t) * pattern[static_cast<std::size_t>(t % 4)]);
  ASSERT_TRUE(is_seasonal(seasonal, 4));
  const Values indices = seasonal_indices(seasonal, 4);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(indices[i], pattern[i], 0.01) << i;
  const Values found = naive2(seasonal, 4, 5);
  for (std::size_t h = 0; h < 5; ++h) EXPECT_NEAR(found[h], 146 * pattern[h % 4], 2) << h;

  const Values plain{3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7};
  EXPECT_FALSE(is_seasonal(plain, 4));
  EXPECT_EQ(naive2(plain, 4, 2), (Values{7, 7}));
  EXPECT_FALSE(is_seasonal(Values{1, 2, 1, 2, 1}, 2)) << "fewer than three seasons";
  EXPECT_FALSE(is_seasonal(plain, 1));
}

TEST(Naive, ASeasonWithAStepOfZeroesIsNotTakenOut) {
  Values x;  // nothing is sold on Sundays, the last of which ends the series
  for (int week = 0; week < 6; ++week) x.insert(x.end(), {5, 6, 7, 8, 9, 4, 0});
  ASSERT_TRUE(is_seasonal(x, 7));
  EXPECT_EQ(naive2(x, 7, 2), (Values{0, 0}));
}

}  // namespace
}  // namespace recur
