// Autocorrelation, moving averages and moments against values worked out by hand.
#include "base/along_series.h"

#include <gtest/gtest.h>

#include "base/moments.h"

namespace recur {
namespace {

using Values = std::vector<double>;

TEST(AlongSeries, AutocorrelationIsThatOfR) {
  // Mean 3, deviations −2, 0, −1, 2, 1, whose squares sum to 10.
  const Values x{1, 3, 2, 5, 4}, expected{0.0, 0.1, -0.4, -0.2};
  for (Index lag = 1; lag <= 4; ++lag)
    EXPECT_NEAR(autocorrelation(x, lag), expected[static_cast<std::size_t>(lag - 1)], 1e-15) << lag;
  EXPECT_EQ(autocorrelation(Values(50, 0.1), 3), 0) << "a constant";
  Values small = x;
  for (double& v : small) v *= 1e-13;
  EXPECT_NEAR(autocorrelation(small, 1), autocorrelation(x, 1), 1e-12) << "of any unit";
}

TEST(AlongSeries, AMovingAverageOfAnEvenPeriodHasHalfWeightsAtItsEnds) {
  EXPECT_EQ(moving_average(Values{1, 2, 6, 4}, 3), (Values{3, 4}));
  EXPECT_EQ(moving_average(Values{1, 2, 6, 4, 8, 2}, 4),
            (Values{(0.5 + 2 + 6 + 4 + 4) / 4, (1 + 6 + 4 + 8 + 1) / 4.0}));
  EXPECT_EQ(moving_average(Values{1, 2}, 3), Values{});
}

TEST(Moments, AreExactFarFromZero) {
  Moments m;
  EXPECT_EQ(m.deviation(), 0);
  for (const double x : {1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16}) m.add(x);
  EXPECT_EQ(m.count, 4);
  EXPECT_EQ(m.mean, 1e9 + 10);
  EXPECT_NEAR(m.deviation() * m.deviation(), 22.5, 1e-9);
  EXPECT_EQ(m.low, 1e9 + 4);
  EXPECT_EQ(m.high, 1e9 + 16);
}

}  // namespace
}  // namespace recur
