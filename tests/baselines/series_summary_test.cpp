#include "baselines/series_summary.h"

#include <gtest/gtest.h>

#include <cmath>

namespace recur {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

TEST(Summarise, HasSevenNumbersAFeature) {
  // 1, 3, 8 by hand: mean 4, variance (9 + 1 + 16)/3, slope (−3·−1 + 4·1)/2.
  const std::vector<double> s = summarise(std::vector<float>{1, 5, 3, 5, 8, 5}, 2);
  const std::vector<double> expected{4, std::sqrt(26 / 3.0), 1, 8, 1, 8, 3.5, 5, 0, 5, 5, 5, 5, 0};
  ASSERT_EQ(s.size(), expected.size());
  for (std::size_t i = 0; i < s.size(); ++i) EXPECT_NEAR(s[i], expected[i], 1e-12) << i;
}

TEST(Summarise, LeavesMissingValuesOut) {
  const std::vector<double> s = summarise(std::vector<float>{kNan, 1, kNan, 5, kNan}, 1);
  const std::vector<double> expected{3, 2, 1, 5, 1, 5, 2};  // from (1, 1) to (3, 5)
  for (std::size_t i = 0; i < s.size(); ++i) EXPECT_NEAR(s[i], expected[i], 1e-12) << i;
}

TEST(Summarise, OfNothingIsZero) {
  for (const double v : summarise(std::vector<float>{kNan, kNan}, 1)) EXPECT_EQ(v, 0);
  EXPECT_EQ(summarise({}, 2), std::vector<double>(14, 0.0));
  EXPECT_EQ(summarise(std::vector<float>{2}, 1), (std::vector<double>{2, 0, 2, 2, 2, 2, 0}));
}

TEST(Standardiser, BringsColumnsToMeanZeroAndDeviationOne) {
  std::vector<double> rows{1, 0.1, 3, 0.1, 5, 0.1};
  Standardiser(rows, 2).apply(rows);
  const double d = std::sqrt(1.5);
  const std::vector<double> expected{-d, 0, 0, 0, d, 0};
  for (std::size_t i = 0; i < rows.size(); ++i) EXPECT_NEAR(rows[i], expected[i], 1e-12);
}

TEST(NearestCentroid, FindsTheNearestMean) {
  const std::vector<double> rows{0, 0, 2, 2, 10, 10};
  const NearestCentroid model(rows, 2, std::vector<std::int32_t>{0, 0, 2}, 4);
  EXPECT_EQ(model.predict(std::vector<double>{1, 1}), 0);
  EXPECT_EQ(model.predict(std::vector<double>{6, 6}), 2);
  EXPECT_EQ(model.predict(std::vector<double>{5.5, 5.5}), 0);  // as far from both: the first
}

}  // namespace
}  // namespace recur
