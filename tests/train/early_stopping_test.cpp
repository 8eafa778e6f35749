#include "train/early_stopping.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/error.h"

namespace recur {
namespace {

TEST(EarlyStopping, StopsAfterPatienceAndKnowsTheBestEpoch) {
  const EarlyStoppingConfig c{.patience = 2};
  EarlyStoppingState s;
  EXPECT_TRUE(observe_epoch(c, s, 1, 2.0).best);
  EXPECT_TRUE(observe_epoch(c, s, 2, 1.5).best);
  EpochVerdict third = observe_epoch(c, s, 3, 1.6);
  EXPECT_FALSE(third.best || third.stop);
  EpochVerdict fourth = observe_epoch(c, s, 4, 1.5);
  EXPECT_TRUE(fourth.stop);
  EXPECT_FALSE(fourth.best) << "an equal loss keeps the earlier epoch";
  EXPECT_EQ(s.best_epoch, 2);
  EXPECT_EQ(s.best_loss, 1.5);
}

TEST(EarlyStopping, SmallFallsMoveTheBestEpochButNotPatience) {
  const EarlyStoppingConfig c{.patience = 2, .min_delta = 0.1};
  EarlyStoppingState s;
  observe_epoch(c, s, 1, 1.0);
  EpochVerdict second = observe_epoch(c, s, 2, 0.95);
  EXPECT_TRUE(second.best);
  EXPECT_FALSE(second.stop);
  EpochVerdict third = observe_epoch(c, s, 3, 0.92);
  EXPECT_TRUE(third.best);
  EXPECT_TRUE(third.stop);
  EXPECT_EQ(s.best_epoch, 3);
}

TEST(EarlyStopping, SlowButSteadyFallsAddUp) {
  const EarlyStoppingConfig c{.patience = 2, .min_delta = 0.1};
  EarlyStoppingState s;
  double loss = 1.0;
  for (Index epoch = 1; epoch <= 9; ++epoch, loss -= 0.06)
    EXPECT_FALSE(observe_epoch(c, s, epoch, loss).stop);
}

TEST(EarlyStopping, ZeroPatienceNeverStops) {
  EarlyStoppingState s;
  for (Index epoch = 1; epoch <= 50; ++epoch) EXPECT_FALSE(observe_epoch({}, s, epoch, 1.0).stop);
  EXPECT_EQ(s.best_epoch, 1);
}

TEST(EarlyStopping, NanIsNeverBestAndUsesUpPatience) {
  EarlyStoppingState s;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_FALSE(observe_epoch({.patience = 2}, s, 1, nan).best);
  EXPECT_TRUE(observe_epoch({.patience = 2}, s, 2, nan).stop);
  EXPECT_EQ(s.best_epoch, 0);
}

TEST(EarlyStopping, ValuesOutOfRangeAreRefused) {
  EXPECT_NO_THROW(validate(EarlyStoppingConfig{}));
  EXPECT_THROW(validate(EarlyStoppingConfig{.patience = -1}), ConfigError);
  EXPECT_THROW(validate(EarlyStoppingConfig{.min_delta = -0.1}), ConfigError);
}

}  // namespace
}  // namespace recur
