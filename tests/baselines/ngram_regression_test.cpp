// Against Newton's method on dense matrices: regressions.py, beside this file, made the numbers.
#include "baselines/ngram_regression.h"

#include <gtest/gtest.h>

namespace recur {
namespace {

using Ids = NgramRegression::Ids;

const std::vector<Ids> kTexts{{0, 1, 2}, {0, 1, 3}, {4, 1, 2}, {4, 5}, {5, 4, 3, 3}, {2, 5, 4}, {}};
const std::vector<Ids> kQueries{{0, 1, 2}, {4, 5}, {3}, {9, 0}, {}};

TEST(NgramIndex, NumbersTheDifferentNgramsOfAText) {
  NgramIndex index(2);
  EXPECT_EQ(index.find(Ids{7, 8, 7, 8}, true), (Ids{0, 1, 2, 3}));  // 7, 7 8, 8, 8 7
  EXPECT_EQ(index.find(Ids{8, 9}, false), Ids{2});
  EXPECT_EQ(index.find(Ids{9, 7}, false), Ids{0});
  EXPECT_EQ(index.find(Ids{8, 8}, true), (Ids{2, 4}));
  EXPECT_EQ(index.size(), 5);
}

TEST(NgramIndex, LongerNgramsAreOfEveryLengthUpToTheOrder) {
  NgramIndex index(3);
  index.find(Ids{1, 2, 3, 4}, true);
  EXPECT_EQ(index.size(), 4 + 3 + 2);
}

TEST(NgramRegression, PartsTwoClassesAsNewtonDoes) {
  ThreadPool pool(2);
  const std::vector<Ids> labels{{1}, {1}, {1}, {0}, {0}, {0}, {0}};
  const NgramRegression model(kTexts, labels, 2, {}, pool);
  const double expected[]{0.6865933834190384, -1.6690674371065835, -0.9088339064931296, -0.5926089113424962,
                          -0.9023978826203721};
  for (std::size_t i = 0; i < kQueries.size(); ++i) {
    const std::vector<double> scores = model.scores(kQueries[i]);
    EXPECT_NEAR(scores[1], expected[i], 1e-3);
    EXPECT_EQ(scores[0], -scores[1]);
  }
}

TEST(NgramRegression, TakesEachOfManyLabelsAgainstTheRest) {
  ThreadPool pool(1);
  const std::vector<Ids> labels{{0, 2}, {1}, {}, {0}, {1}, {2}, {0}};
  const NgramRegression model(kTexts, labels, 3, {}, pool);
  const double expected[]{-0.016950902194530104, 0.03819030490454589, -0.3344970210891373,
                          -0.13494463474896062, -0.19071349113016414};
  for (std::size_t i = 0; i < kQueries.size(); ++i)
    EXPECT_NEAR(model.scores(kQueries[i])[0], expected[i], 1e-3);
}

TEST(NgramRegression, IsTheSameOnAnyNumberOfThreads) {
  const std::vector<Ids> labels{{1}, {1}, {1}, {0}, {0}, {0}, {0}};
  ThreadPool one(1), three(3);
  const NgramRegression a(kTexts, labels, 2, {}, one), b(kTexts, labels, 2, {}, three);
  for (const Ids& text : kQueries) EXPECT_EQ(a.scores(text), b.scores(text));
}

}  // namespace
}  // namespace recur
