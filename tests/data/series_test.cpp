#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "data/series/feature_scaler.h"
#include "data/series/fill_missing.h"

namespace recur {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
using Values = std::vector<float>;

FeatureScaler fit(Scaling scaling, const std::vector<Values>& series, Index features) {
  std::vector<std::span<const float>> spans(series.begin(), series.end());
  return FeatureScaler::fit(scaling, spans, features);
}

TEST(FeatureScaler, BringsEachFeatureToMeanZeroAndDeviationOne) {
  // Features 1, 3, 5 (mean 3, deviation √(8/3)) and 7, 7, 7, of series of unequal length.
  const FeatureScaler scaler = fit(Scaling::standard, {{1, 7, 3, 7}, {5, 7}}, 2);
  Values x{3, 7, 5, 8};
  scaler.apply(x);
  EXPECT_FLOAT_EQ(x[0], 0);
  EXPECT_FLOAT_EQ(x[1], 0);
  EXPECT_FLOAT_EQ(x[2], static_cast<float>(2 / std::sqrt(8 / 3.0)));
  EXPECT_FLOAT_EQ(x[3], 0);  // constant in training
}

TEST(FeatureScaler, BringsEachFeatureToTheUnitInterval) {
  Values x{2, -4, 6};
  fit(Scaling::minmax, {x}, 1).apply(x);
  EXPECT_EQ(x, (Values{0.6F, 0, 1}));
}

TEST(FeatureScaler, LeavesMissingValuesOut) {
  const FeatureScaler scaler = fit(Scaling::standard, {{1, kNan, kNan, kNan, 3, kNan}}, 2);
  EXPECT_FLOAT_EQ(scaler.shift[0], 2);
  EXPECT_FLOAT_EQ(scaler.scale[0], 1);
  EXPECT_EQ(scaler.shift[1], 0);
  EXPECT_EQ(scaler.scale[1], 1);
}

TEST(FeatureScaler, KeepsSmallDeviationsAroundALargeMean) {
  const FeatureScaler scaler = fit(Scaling::standard, {{100000.0F, 100000.5F, 100001.0F}}, 1);
  EXPECT_NEAR(scaler.scale[0], 1 / std::sqrt(1 / 6.0), 1e-6);
}

TEST(FeatureScaler, DoesNothingIfAsked) {
  Values x{2, -4, 6};
  fit(Scaling::none, {x}, 3).apply(x);
  EXPECT_EQ(x, (Values{2, -4, 6}));
}

Values filled(Values values, FillMissing how, const Values& means) {
  fill_missing(values, how, means);
  return values;
}

TEST(FillMissing, DrawsStraightLinesOverGaps) {
  EXPECT_EQ(filled({kNan, 1, kNan, kNan, 4, kNan}, FillMissing::interpolate, {9}),
            (Values{1, 1, 2, 3, 4, 4}));
  // Two features, interleaved.
  EXPECT_EQ(filled({0, 10, kNan, kNan, 2, 30}, FillMissing::interpolate, {9, 9}),
            (Values{0, 10, 1, 20, 2, 30}));
}

TEST(FillMissing, HoldsTheLastKnownValue) {
  EXPECT_EQ(filled({kNan, 1, kNan, kNan, 4, kNan}, FillMissing::forward, {9}), (Values{1, 1, 1, 1, 4, 4}));
}

TEST(FillMissing, TakesTheMeanOfTheTrainingData) {
  EXPECT_EQ(filled({kNan, 1, kNan}, FillMissing::mean, {9}), (Values{9, 1, 9}));
  EXPECT_EQ(filled({kNan, 1, kNan, 2}, FillMissing::interpolate, {9, 8}), (Values{9, 1, 9, 2}));
}

}  // namespace
}  // namespace recur
