// Learning-rate schedules against PyTorch's.
#include <gtest/gtest.h>

#include "golden/golden.h"
#include "train/schedule.h"

namespace recur {
namespace {

constexpr double kTolerance = 1e-12;  // double on both sides; PyTorch multiplies step by step

TEST(GoldenSchedule, RatesOfEveryStep) {
  const Golden golden("optimizers");
  int seen = 0;
  for (const std::string& name : golden.cases()) {
    const auto settings = golden.settings(name);
    if (!settings.contains("schedule") || settings["schedule"] == "plateau") continue;
    ++seen;
    const std::string kind = settings["schedule"];
    const auto schedule = from_name<Schedule>(kind);
    ASSERT_TRUE(schedule.has_value()) << kind;
    const ScheduleConfig config{.schedule = *schedule,
                                .learning_rate = settings["learning_rate"],
                                .schedule_unit = ScheduleUnit::steps,
                                .warmup = settings["warmup"],
                                .decay_every = settings.value("every", 1.0),
                                .decay_factor = settings.value("factor", 1.0),
                                .min_learning_rate = settings.value("min_rate", 0.0)};
    const Index end = settings["warmup"].get<Index>() + settings.value("period", Index{1000});
    std::vector<double> rates;
    for (Index step = 0; step < golden.shape(name, "rates")[0]; ++step)
      rates.push_back(learning_rate_at(config, {.step = step, .steps_total = end}));
    golden.expect_near(rates, name, "rates", kTolerance);
  }
  EXPECT_EQ(seen, 8);
}

TEST(GoldenSchedule, PlateauCutsAfterTheSameEpochs) {
  const Golden golden("optimizers");
  const std::string name = "schedule_plateau";
  const auto settings = golden.settings(name);
  const ScheduleConfig config{.schedule = Schedule::plateau,
                              .learning_rate = settings["learning_rate"],
                              .decay_factor = settings["factor"],
                              .min_learning_rate = settings["min_lr"],
                              .plateau_patience = settings["patience"],
                              .plateau_threshold = settings["threshold"]};
  PlateauState state;
  std::vector<double> rates{learning_rate_at(config, {}, state)};
  for (const double loss : golden.values<double>(name, "losses")) {
    observe_epoch(config, state, loss);
    rates.push_back(learning_rate_at(config, {}, state));
  }
  golden.expect_near(rates, name, "rates", kTolerance);
}

}  // namespace
}  // namespace recur
