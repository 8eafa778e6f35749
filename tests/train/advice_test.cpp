#include "train/advice.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/train/runs.h"

namespace recur {
namespace {

std::vector<AdviceKind> kinds(const History& h) {
  std::vector<AdviceKind> out;
  for (const Advice& a : advise(h)) {
    EXPECT_EQ(a.text.find('\n'), std::string::npos);
    out.push_back(a.kind);
  }
  return out;
}

using Kinds = std::vector<AdviceKind>;

/// `count` losses that fall smoothly from `from` towards `to`, with a ripple as batches have it.
std::vector<double> falling(int count, double from, double to) {
  std::vector<double> out;
  for (int i = 0; i < count; ++i)
    out.push_back(to + (from - to) * std::exp(-8.0 * i / count) + 0.03 * std::sin(i * 2.1));
  return out;
}

TEST(Advice, NothingToSayAboutNothing) {
  EXPECT_EQ(kinds({}), Kinds{});
  EXPECT_EQ(kinds(run_of_epochs({2.0}, {2.1})), Kinds{});
  EXPECT_EQ(kinds(run_of_steps({4.0, 3.0})), Kinds{});
}

TEST(Advice, NothingToSayAboutAGoodRun) {
  EXPECT_EQ(kinds(run_of_epochs({2.0, 1.6, 1.50, 1.45, 1.42}, {1.9, 1.6, 1.55, 1.541, 1.540})), Kinds{});
  EXPECT_EQ(kinds(run_of_steps(falling(2000, 4.2, 1.5))), Kinds{});
}

TEST(Advice, OverFittingCitesTheCurve) {
  const auto advice = advise(run_of_epochs({2.0, 1.5, 1.3, 1.1, 0.9}, {1.9, 1.6, 1.55, 1.6, 1.7}));
  ASSERT_EQ(advice.size(), 1u);
  EXPECT_EQ(advice[0].kind, AdviceKind::over_fitting);
  EXPECT_EQ(advice[0].text,
            "over-fitting: validation loss was lowest at epoch 3 (1.55) and has risen by 0.15 since, to 1.7 "
            "at epoch 5, while "
            "training loss fell from 1.3 to 0.9; try dropout, weight decay, a smaller model or more data "
            "(the weights of "
            "epoch 3 are kept)");
}

TEST(Advice, ASlightRiseIsNotOverFitting) {
  EXPECT_EQ(kinds(run_of_epochs({2.0, 1.5, 1.4, 1.35}, {1.9, 1.6, 1.55, 1.56})), Kinds{});
}

TEST(Advice, BothStillFallingAsksForMoreEpochs) {
  const auto advice = advise(run_of_epochs({2.5, 2.0, 1.8}, {2.4, 2.1, 1.9}));
  ASSERT_EQ(advice.size(), 1u);
  EXPECT_EQ(advice[0].text,
            "still learning at the end: in epoch 3 training loss fell by 0.2 to 1.8 and validation loss by "
            "0.2 to 1.9; try "
            "epochs = 6");
}

TEST(Advice, NoiseIsNoReasonForAdvice) {
  EXPECT_EQ(kinds(run_of_epochs({2.5, 2.0}, {2.4, 2.1})), Kinds{}) << "two epochs are no curve";
  EXPECT_EQ(kinds(run_of_epochs({2.5, 2.2, 2.0, 1.9, 1.8, 1.7}, {2.4, 2.1, 1.9, 2.05, 1.9, 2.04})), Kinds{})
      << "it rose before, and fell again";
  EXPECT_EQ(kinds(run_of_epochs({2.5, 2.2, 2.0, 1.9, 1.8, 1.7}, {2.4, 2.1, 1.9, 2.05, 1.9, 1.85})), Kinds{});
  // Losses of steps that differ as much as they did while anything was learnt.
  std::vector<double> losses;
  for (int i = 0; i < 60; ++i) losses.push_back(2.0 - 0.01 * i + ((i * 7919) % 13 - 6) * 0.15);
  EXPECT_EQ(kinds(run_of_steps(losses)), Kinds{});
}

TEST(Advice, UnderFittingIsFlatWithoutAGap) {
  EXPECT_EQ(kinds(run_of_epochs({2.5, 2.003, 2.001, 2.0}, {2.5, 2.04, 2.041, 2.04})),
            Kinds{AdviceKind::under_fitting});
  EXPECT_EQ(kinds(run_of_epochs({2.5, 2.003, 2.001, 2.0}, {2.5, 2.34, 2.341, 2.34})), Kinds{})
      << "a gap: not that";
}

TEST(Advice, RisingTrainingLossAsksForALowerRate) {
  std::vector<double> losses = falling(1000, 4.0, 2.0);
  for (std::size_t i = 700; i < losses.size(); ++i) losses[i] += 0.5;
  const auto advice = advise(run_of_steps(losses));
  ASSERT_EQ(advice.size(), 1u);
  EXPECT_EQ(advice[0].kind, AdviceKind::rate_too_high);
  EXPECT_NE(advice[0].text.find("(steps 651–700) to "), std::string::npos) << advice[0].text;
  EXPECT_NE(advice[0].text.find("try a learning rate of 0.0003 (it was 0.001)"), std::string::npos)
      << advice[0].text;
}

TEST(Advice, OscillatingEpochsAskForALowerRateToo) {
  EXPECT_EQ(kinds(run_of_epochs({2.0, 1.5, 1.8, 1.5, 1.7}, {2, 1.6, 1.9, 1.6, 1.8})),
            Kinds{AdviceKind::rate_too_high});
}

TEST(Advice, ALossThatOnlyRoseIsARateTooHigh) {
  EXPECT_EQ(kinds(run_of_epochs({2.0, 3.0, 4.0}, {2.5, 3.5, 4.5})), Kinds{AdviceKind::rate_too_high});
}

TEST(Advice, ALossThatHardlyMovedAsksForAHigherRate) {
  const auto advice = advise(run_of_epochs({4.17, 4.16, 4.15}, {4.17, 4.16, 4.15}));
  ASSERT_EQ(advice.size(), 1u);
  EXPECT_EQ(advice[0].kind, AdviceKind::rate_too_low);
  EXPECT_NE(advice[0].text.find(
                "from 4.17 (epoch 1) to 4.15 (epoch 3): try a learning rate of 0.003 (it was 0.001)"),
            std::string::npos)
      << advice[0].text;
}

TEST(Advice, DivergenceIsAllThereIsToSay) {
  History h = run_of_steps({4.0, 3.5, std::numeric_limits<double>::quiet_NaN()});
  const auto advice = advise(h);
  ASSERT_EQ(advice.size(), 1u);
  EXPECT_EQ(advice[0].text,
            "the loss was no longer finite at step 3: try a learning rate of 0.0001 (it was 0.001), or "
            "clip_norm = 1 if it "
            "is off");
  History stopped = run_of_epochs({2, 1}, {2, 1});
  stopped.add(RunStopped{.step = 250, .reason = StopReason::diverged});
  EXPECT_EQ(kinds(stopped), Kinds{AdviceKind::diverged});
}

TEST(Advice, AModelBehindItsStrongestBaselineIsToldSo) {
  History h = run_of_epochs({2.5, 2.0, 1.8}, {2.4, 2.1, 1.9});
  h.add(BaselineScored{.baseline = "accuracy only"});
  h.add(BaselineScored{.baseline = "1-gram", .loss = 3.3});
  EXPECT_EQ(kinds(h), Kinds{AdviceKind::more_epochs});
  h.add(BaselineScored{.baseline = "5-gram", .loss = 1.7});
  const auto advice = advise(h);
  ASSERT_EQ(advice.size(), 2u);
  EXPECT_EQ(advice[1].text,
            "the model is not better than the 5-gram baseline: validation loss 1.9 at epoch 3, against 1.7");
}

TEST(Advice, NoValidationNoGuessing) { EXPECT_EQ(kinds(run_of_epochs({2.5, 2.0, 1.8}, {})), Kinds{}); }

}  // namespace
}  // namespace recur
