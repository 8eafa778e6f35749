#include "train/schedule.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/error.h"
#include "tests/base/temporary_folder.h"

namespace recur {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

double rate(const ScheduleConfig& config, Index step, Index per_epoch = 10, Index total = 100) {
  return learning_rate_at(config, {.step = step, .steps_per_epoch = per_epoch, .steps_total = total});
}

TEST(Schedule, ConstantStaysAndWarmUpRisesToIt) {
  ScheduleConfig c{.learning_rate = 0.4, .schedule_unit = ScheduleUnit::steps, .warmup = 4};
  EXPECT_DOUBLE_EQ(rate(c, 0), 0.1);  // not 0: the first step moves
  EXPECT_DOUBLE_EQ(rate(c, 1), 0.2);
  EXPECT_DOUBLE_EQ(rate(c, 3), 0.4);
  EXPECT_DOUBLE_EQ(rate(c, 4), 0.4);
  EXPECT_DOUBLE_EQ(rate(c, 99), 0.4);
  c.schedule_unit = ScheduleUnit::epochs;
  c.warmup = 0.4;  // of 10 steps
  EXPECT_DOUBLE_EQ(rate(c, 1), 0.2);
  EXPECT_DOUBLE_EQ(rate(c, 4), 0.4);
}

TEST(Schedule, WarmUpShorterThanAStepIsNone) {
  const ScheduleConfig c{.learning_rate = 0.4, .schedule_unit = ScheduleUnit::steps, .warmup = 0.5};
  EXPECT_DOUBLE_EQ(rate(c, 0), 0.4);
}

TEST(Schedule, StepIsStairs) {
  const ScheduleConfig c{
      .schedule = Schedule::step, .learning_rate = 1, .hold = 1, .decay_every = 2, .decay_factor = 0.1};
  EXPECT_DOUBLE_EQ(rate(c, 0), 1);
  EXPECT_DOUBLE_EQ(rate(c, 29), 1);  // one epoch held, then two to the first cut
  EXPECT_DOUBLE_EQ(rate(c, 30), 0.1);
  EXPECT_DOUBLE_EQ(rate(c, 49), 0.1);
  EXPECT_DOUBLE_EQ(rate(c, 50), 0.01);
}

TEST(Schedule, ExponentialMeetsTheStairsAndIsSmooth) {
  const ScheduleConfig c{
      .schedule = Schedule::exponential, .learning_rate = 1, .decay_every = 1, .decay_factor = 0.25};
  EXPECT_DOUBLE_EQ(rate(c, 0), 1);
  EXPECT_DOUBLE_EQ(rate(c, 5), 0.5);
  EXPECT_DOUBLE_EQ(rate(c, 10), 0.25);
  EXPECT_DOUBLE_EQ(rate(c, 20), 0.0625);
}

TEST(Schedule, CosineGoesFromTheRateToItsFloor) {
  const ScheduleConfig c{.schedule = Schedule::cosine,
                         .learning_rate = 1,
                         .schedule_unit = ScheduleUnit::steps,
                         .warmup = 20,
                         .min_learning_rate = 0.2};
  EXPECT_DOUBLE_EQ(rate(c, 9), 0.5);
  EXPECT_DOUBLE_EQ(rate(c, 20), 1);
  EXPECT_NEAR(rate(c, 60), 0.6, 1e-15);  // half way
  EXPECT_NEAR(rate(c, 40), 0.2 + 0.8 * (1 + std::sqrt(0.5)) / 2, 1e-15);
  EXPECT_DOUBLE_EQ(rate(c, 100), 0.2);
  EXPECT_DOUBLE_EQ(rate(c, 1000), 0.2) << "beyond the planned end it does not rise again";
  for (Index step = 20; step < 100; ++step) EXPECT_GT(rate(c, step), rate(c, step + 1));
}

TEST(Schedule, CosineWhoseWarmUpIsLongerThanTheRunStillRises) {
  const ScheduleConfig c{.schedule = Schedule::cosine, .learning_rate = 1, .warmup = 20};
  EXPECT_DOUBLE_EQ(rate(c, 0), 1.0 / 200);
  EXPECT_DOUBLE_EQ(rate(c, 99), 0.5);
}

TEST(Schedule, NoDecayFallsBelowTheFloor) {
  for (Schedule s : {Schedule::step, Schedule::exponential}) {
    const ScheduleConfig c{.schedule = s, .learning_rate = 1, .decay_factor = 0.1, .min_learning_rate = 0.05};
    EXPECT_DOUBLE_EQ(rate(c, 90), 0.05);
  }
}

TEST(Schedule, PlateauCutsWhenPatienceIsUsedUp) {
  const ScheduleConfig c{.schedule = Schedule::plateau,
                         .learning_rate = 1,
                         .decay_factor = 0.5,
                         .min_learning_rate = 0.2,
                         .plateau_patience = 1};
  PlateauState state;
  const auto rate_now = [&] { return learning_rate_at(c, {.step = 50}, state); };
  EXPECT_FALSE(observe_epoch(c, state, 2.0));
  EXPECT_FALSE(observe_epoch(c, state, 1.5));
  EXPECT_EQ(state, (PlateauState{.best = 1.5, .bad_epochs = 0, .factor = 1}));
  EXPECT_FALSE(observe_epoch(c, state, 1.49999)) << "less than the threshold is waited for";
  EXPECT_DOUBLE_EQ(rate_now(), 1);
  EXPECT_TRUE(observe_epoch(c, state, nan)) << "NaN is no improvement";
  EXPECT_DOUBLE_EQ(rate_now(), 0.5);
  EXPECT_FALSE(observe_epoch(c, state, 1.6));
  EXPECT_TRUE(observe_epoch(c, state, 1.6));
  EXPECT_TRUE(!observe_epoch(c, state, 1.6) && observe_epoch(c, state, 1.6));
  EXPECT_DOUBLE_EQ(rate_now(), 0.2) << "the floor, not 0.125";
  EXPECT_TRUE(!observe_epoch(c, state, 1.6) && !observe_epoch(c, state, 1.6)) << "nothing left to cut";
  EXPECT_FALSE(observe_epoch(c, state, 1.0));
  EXPECT_EQ(state.best, 1.0);
}

TEST(Schedule, PlateauCountsOnFromASavedState) {
  const ScheduleConfig c{.schedule = Schedule::plateau, .plateau_patience = 2};
  PlateauState whole, first;
  for (double loss : {3.0, 3.0}) observe_epoch(c, first, loss);
  PlateauState resumed = first;
  for (double loss : {3.0, 3.0}) observe_epoch(c, resumed, loss);
  for (double loss : {3.0, 3.0, 3.0, 3.0}) observe_epoch(c, whole, loss);
  EXPECT_EQ(resumed, whole);
  EXPECT_EQ(resumed.factor, 0.5);
}

TEST(Schedule, OtherSchedulesIgnoreTheLoss) {
  PlateauState state;
  for (int i = 0; i < 9; ++i) EXPECT_FALSE(observe_epoch({.schedule = Schedule::cosine}, state, 1));
  EXPECT_EQ(state, PlateauState{});
}

TEST(Schedule, ValuesOutOfRangeAreRefusedWithTheirName) {
  EXPECT_NO_THROW(validate(ScheduleConfig{}));
  const auto message = [](const ScheduleConfig& c) { return message_of<ConfigError>([&] { validate(c); }); };
  EXPECT_EQ(message({.learning_rate = 0}), "learning_rate is 0, expected more than 0");
  EXPECT_NE(message({.learning_rate = nan}), "");
  EXPECT_EQ(message({.warmup = -1}), "warmup is -1, expected at least 0");
  EXPECT_NE(message({.hold = nan}), "");
  EXPECT_NE(message({.decay_every = 0}), "");
  EXPECT_EQ(message({.decay_factor = 1.5}), "decay_factor is 1.5, expected more than 0 and at most 1");
  EXPECT_EQ(message({.learning_rate = 1e-3, .min_learning_rate = 0.1}),
            "min_learning_rate is 0.1, expected at most learning_rate, which is 0.001");
  EXPECT_NE(message({.plateau_patience = -1}), "");
  EXPECT_NE(message({.plateau_threshold = -1}), "");
}

}  // namespace
}  // namespace recur
