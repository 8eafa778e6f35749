// Scores of classes against numbers computed apart from us: classification.py, beside this file, made them.
#include "metrics/classification.h"

#include <gtest/gtest.h>

namespace recur {
namespace {

using Labels = std::vector<std::int32_t>;

TEST(ClassificationScore, AgreesWithTheDefinitions) {
  const Labels truth{0, 0, 0, 0, 1, 1, 1, 2, 2, 3}, guess{0, 0, 1, 2, 1, 1, 0, 2, 2, 2};
  ClassificationScore score(5);  // class 4 never occurs
  for (std::size_t i = 0; i < truth.size(); ++i) score.add(truth[i], guess[i]);
  EXPECT_EQ(score.examples(), 10);
  EXPECT_DOUBLE_EQ(score.accuracy(), 0.6);
  EXPECT_DOUBLE_EQ(score.f1_micro(), 0.6);
  EXPECT_DOUBLE_EQ(score.f1_macro(), 0.47619047619047616);
  const std::vector<double> precision{2 / 3.0, 2 / 3.0, 0.5, 0, 0}, recall{0.5, 2 / 3.0, 1, 0, 0},
      f1{0.5714285714285715, 2 / 3.0, 2 / 3.0, 0, 0};
  const std::vector<Index> support{4, 3, 2, 1, 0};
  for (Index c = 0; c < 5; ++c) {
    const auto i = static_cast<std::size_t>(c);
    EXPECT_DOUBLE_EQ(score.of(c).precision(), precision[i]);
    EXPECT_DOUBLE_EQ(score.of(c).recall(), recall[i]);
    EXPECT_DOUBLE_EQ(score.of(c).f1(), f1[i]);
    EXPECT_EQ(score.of(c).support, support[i]);
  }
  const Labels confusion{2, 1, 1, 0, 0, 1, 2, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0};
  for (Index t = 0; t < 5; ++t)
    for (Index p = 0; p < 5; ++p)
      EXPECT_EQ(score.confused(t, p), confusion[static_cast<std::size_t>(5 * t + p)]);
}

TEST(ClassificationScore, CountsAnyNumberOfLabelsAnExample) {
  const std::vector<Labels> truth{{0, 1}, {2}, {0}, {}}, guess{{0}, {2}, {1, 0}, {}};
  ClassificationScore score(3);
  for (std::size_t i = 0; i < truth.size(); ++i) score.add(truth[i], guess[i]);
  EXPECT_DOUBLE_EQ(score.accuracy(), 0.5);  // the example without labels is right without any
  EXPECT_DOUBLE_EQ(score.f1_micro(), 0.75);
  EXPECT_DOUBLE_EQ(score.f1_macro(), 2 / 3.0);
}

TEST(ClassificationScore, OfNothingIsZero) {
  const ClassificationScore score(2);
  EXPECT_EQ(score.accuracy(), 0);
  EXPECT_EQ(score.f1_macro(), 0);
  EXPECT_EQ(score.f1_micro(), 0);
}

TEST(WilsonInterval, HoldsTheSharesThatTheCountDoesNotRefute) {
  const auto expect = [](Index correct, Index count, double low, double high) {
    const ShareInterval i = wilson_interval(correct, count);
    EXPECT_NEAR(i.low, low, 1e-12);
    EXPECT_NEAR(i.high, high, 1e-12);
  };
  expect(0, 10, 0, 0.2775327998628892);
  expect(7, 10, 0.3967781474611452, 0.892208732593699);
  expect(10, 10, 0.7224672001371111, 1);
  expect(812, 1000, 0.7866068125887828, 0.8350052901162308);
  expect(0, 0, 0, 1);
}

TEST(BestThreshold, PartsWhatCanBeParted) {
  const std::vector<float> p{0.9F, 0.25F, 0.5F, 0.125F};
  EXPECT_EQ(best_threshold(p, std::vector<std::uint8_t>{1, 1, 1, 0}, ThresholdAim::f1), 0.1875);
  EXPECT_EQ(best_threshold(p, std::vector<std::uint8_t>{1, 1, 1, 0}, ThresholdAim::accuracy), 0.1875);
  // F1 of 0.5: 2·1/(2 + 1) = 2/3; of a cut at 0.7: 1.
  EXPECT_NEAR(best_threshold(p, std::vector<std::uint8_t>{1, 0, 0, 0}, ThresholdAim::f1), 0.7, 1e-7);
}

TEST(BestThreshold, StaysAtOneHalfWithoutAReasonToMove) {
  EXPECT_EQ(best_threshold({}, {}, ThresholdAim::f1), 0.5);
  const std::vector<float> p{0.9F, 0.6F, 0.4F};
  EXPECT_EQ(best_threshold(p, std::vector<std::uint8_t>{1, 1, 0}, ThresholdAim::f1), 0.5);
  EXPECT_EQ(best_threshold(p, std::vector<std::uint8_t>{0, 0, 0}, ThresholdAim::f1), 0.5);
}

TEST(BestThreshold, MayGiveALabelToNoneOrToAll) {
  const std::vector<float> p{0.75F, 0.625F};
  EXPECT_EQ(best_threshold(p, std::vector<std::uint8_t>{0, 0}, ThresholdAim::accuracy), 0.875);
  const std::vector<float> q{0.25F, 0.25F};
  EXPECT_EQ(best_threshold(q, std::vector<std::uint8_t>{1, 1}, ThresholdAim::f1), 0.125);
}

TEST(BestThreshold, NeverPartsEqualProbabilities) {
  const std::vector<float> p{0.25F, 0.25F, 0.25F, 0.125F};
  // All three or none: 3 of 4 are right at 0.1875, two above it.
  EXPECT_EQ(best_threshold(p, std::vector<std::uint8_t>{1, 0, 1, 0}, ThresholdAim::accuracy), 0.1875);
}

}  // namespace
}  // namespace recur
