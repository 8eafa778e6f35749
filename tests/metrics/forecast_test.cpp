// Scores of forecasts against values worked out by hand.
#include "metrics/forecast.h"

#include <gtest/gtest.h>

#include <cmath>

namespace recur {
namespace {

TEST(ForecastScores, ByHand) {
  ForecastSums sums;
  sums.add(100, 110, 20);  // e 10
  sums.add(50, 30, 20);    // e −20
  EXPECT_DOUBLE_EQ(sums.mae(), 15);
  EXPECT_DOUBLE_EQ(sums.mse(), 250);
  EXPECT_DOUBLE_EQ(sums.rmse(), std::sqrt(250.0));
  EXPECT_DOUBLE_EQ(sums.smape(), (2000.0 / 210 + 4000.0 / 80) / 2);
  EXPECT_DOUBLE_EQ(sums.mae_scaled(), 0.75);
  EXPECT_DOUBLE_EQ(sums.mse_scaled(), (0.25 + 1) / 2);
  EXPECT_DOUBLE_EQ(sums.rse(), std::sqrt(500.0 / 1250));  // mean 75
  ForecastSums twice = sums;
  twice.add(sums);
  EXPECT_DOUBLE_EQ(twice.rse(), sums.rse());
  EXPECT_DOUBLE_EQ(twice.smape(), sums.smape());
}

TEST(ForecastScores, ZeroesAndConstantsAreNoTrap) {
  ForecastSums sums;
  sums.add(0, 0, 1);
  EXPECT_EQ(sums.smape(), 0);
  EXPECT_TRUE(std::isnan(sums.rse()));
}

TEST(ForecastScores, MaseDividesByTheSeasonalNaive) {
  const std::vector<double> training{1, 5, 2, 8, 4};
  EXPECT_DOUBLE_EQ(mase_scale(training, 1), (4 + 3 + 6 + 4) / 4.0);
  EXPECT_DOUBLE_EQ(mase_scale(training, 2), (1 + 3 + 2) / 3.0);
  EXPECT_DOUBLE_EQ(mase_scale(std::vector<double>{1, 2, std::nan(""), 4, 7}, 1), (1 + 3) / 2.0);
  EXPECT_TRUE(std::isnan(mase_scale(training, 5)));
  EXPECT_TRUE(std::isnan(mase_scale(std::vector<double>{3, 3, 3}, 1)));
}

TEST(ForecastScores, OwaOfNaive2IsOne) {
  EXPECT_DOUBLE_EQ(owa(18.38, 2.395, 18.38, 2.395), 1);
  // The winner of M4 on hourly series, as published: 0.440.
  EXPECT_NEAR(owa(9.328, 0.893, 18.383, 2.395), 0.440, 5e-4);
}

TEST(ForecastScores, QuantilesAndTheirIntervals) {
  EXPECT_DOUBLE_EQ(pinball(0.9, 10, 8), 1.8);
  EXPECT_DOUBLE_EQ(pinball(0.9, 8, 10), 0.2);
  QuantileSums sums({0.1, 0.5, 0.9});
  sums.add(5, std::vector<double>{4, 5, 7});
  sums.add(8, std::vector<double>{4, 5, 7});
  sums.add(7, std::vector<double>{4, 5, 7});
  sums.add(0, std::vector<double>{4, 5, 7});
  const auto intervals = sums.intervals();
  ASSERT_EQ(intervals.size(), 1U);
  EXPECT_DOUBLE_EQ(intervals[0].nominal, 0.8);
  EXPECT_DOUBLE_EQ(intervals[0].coverage, 0.5);
  const double by_hand = (0.1 + 0 + 0.2) + (0.4 + 1.5 + 0.9) + (0.3 + 1 + 0) + (0.9 * 4 + 2.5 + 0.7);
  EXPECT_NEAR(sums.pinball(), by_hand / 12, 1e-12);
}

}  // namespace
}  // namespace recur
