#include "train/metrics.h"

#include <gtest/gtest.h>

#include <cmath>

namespace recur {
namespace {

TEST(Metrics, MeanWeighsBatchesByTheirTargets) {
  WeightedMean m;
  EXPECT_TRUE(std::isnan(m.value()));
  m.add(2.0, 30);
  m.add(5.0, 10);
  EXPECT_DOUBLE_EQ(m.value(), 2.75);
  EXPECT_EQ(m.count, 40);
}

TEST(Metrics, ABatchOfPaddingChangesNothing) {
  WeightedMean m;
  m.add(2.0, 30);
  m.add(std::nan(""), 0);
  EXPECT_DOUBLE_EQ(m.value(), 2.0);
}

TEST(Metrics, MillionsOfSmallBatchesKeepTheirDigits) {
  WeightedMean m;
  for (int i = 0; i < 1'000'000; ++i) m.add(0.1, 3);
  EXPECT_NEAR(m.value(), 0.1, 1e-11);  // a float sum would have lost its fourth digit by now
}

TEST(Metrics, PerplexityOfAUniformGuessIsTheVocabulary) { EXPECT_DOUBLE_EQ(perplexity(std::log(65.0)), 65); }

TEST(Metrics, BitsPerCharDoesNotDependOnWhatTheTextIsCutInto) {
  // "né, né": 6 characters, 8 bytes, predicted at 12 bits altogether.
  const double total = 12 * std::log(2.0);
  TextScore characters, bytes, words;
  characters.nats.add(total / 6, 6);
  bytes.nats.add(total / 8, 8);
  words.nats.add(total / 2, 2);
  for (TextScore* score : {&characters, &bytes, &words}) {
    score->characters = 6;
    EXPECT_DOUBLE_EQ(score->bits_per_char(), 2);
  }
  EXPECT_DOUBLE_EQ(characters.bits_per_char(), characters.nats.value() / std::log(2.0));
  EXPECT_TRUE(std::isnan(TextScore{}.bits_per_char()));
}

}  // namespace
}  // namespace recur
