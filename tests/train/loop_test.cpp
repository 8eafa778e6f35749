// The training loop on a job that is one number: what a step does can be computed by hand.
#include "train/loop.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"
#include "base/file.h"
#include "base/settings.h"
#include "nn/ops.h"
#include "tests/base/temporary_folder.h"
#include "train/metrics_log.h"

namespace recur {
namespace {

/// Draws one weight to targets: the loss of batch i is (w − goal_i)², the mean of so many targets.
class OneWeight final : public TrainingJob {
 public:
  OneWeight(std::vector<double> goals, std::vector<Index> targets)
      : goals_(std::move(goals)), targets_(std::move(targets)) {
    weight_ = &parameters_.add("weight", ParameterKind::kernel, {1});
  }
  std::string task() const override { return "one"; }
  std::string model() const override { return "one weight"; }
  std::string loss_unit() const override { return "squares"; }
  Parameters& parameters() override { return parameters_; }
  std::vector<std::string> notes() const override { return {}; }
  Index batches_per_epoch() const override { return static_cast<Index>(goals_.size()); }
  Index targets(Index, Index number) override { return targets_[static_cast<std::size_t>(number)]; }
  BatchLoss batch(const Pass& pass, Index, Index number) override {
    Tensor goal = Tensor::empty({1});
    *goal.data<float>() = static_cast<float>(-goals_[static_cast<std::size_t>(number)]);
    const Var error = add(pass, pass.use(*weight_), Var(goal));
    return {multiply(pass, error, error), targets(0, number)};
  }
  Score validate(ThreadPool&) override {
    return {.loss = next_valid_.empty() ? weight() : pop(next_valid_),
            .chosen_by = next_choice_.empty() ? kNotMeasured : pop(next_choice_)};
  }
  std::vector<BaselineScored> baselines(ThreadPool&) override {
    if (std::isnan(simple_)) return {};
    return {{.baseline = "simple", .loss = simple_}};
  }
  ModelFile model_file(ThreadPool&, const nlohmann::json& metrics) override {
    return {.task = "one",
            .config = {{"train", {{"epochs", epochs_}}}},
            .metrics = metrics,
            .data_sha256 = "-",
            .isa = "-",
            .tensors = {{"weight", weight_->value}}};
  }
  Report final_report(ThreadPool&) override { return {}; }

  double weight() const { return static_cast<double>(*weight_->value.data<float>()); }
  void compare_with(double simple) { simple_ = simple; }
  void plan(Index epochs) { epochs_ = epochs; }
  void say_when_validated(std::vector<double> losses) { next_valid_ = std::move(losses); }
  void choose_by(std::vector<double> errors) { next_choice_ = std::move(errors); }

 private:
  static double pop(std::vector<double>& list) {
    const double first = list.front();
    list.erase(list.begin());
    return first;
  }
  std::vector<double> goals_, next_valid_, next_choice_;
  std::vector<Index> targets_;
  Index epochs_ = 0;
  double simple_ = std::nan("");
  Parameters parameters_;
  Parameter* weight_;
};

class Loop : public testing::Test {
 protected:
  static TrainConfig config(Index epochs) {
    TrainConfig c;
    c.optimizer = OptimizerKind::sgd;
    c.learning_rate = 0.25;
    c.clip_norm = 0;
    c.epochs = epochs;
    return c;
  }
  LoopResult run(
      TrainingJob& job, const TrainConfig& c, bool resume = false,
      std::function<bool()> stop = [] { return false; }) {
    std::vector<Event>* const events = &events_;
    return run_training(job, c,
                        {.model_file = folder_ / "model.safetensors",
                         .checkpoint_file = folder_ / "checkpoint.safetensors",
                         .resume = resume,
                         .sink = [events](const Event& e) { events->push_back(e); },
                         .stop_requested = std::move(stop)},
                        pool_);
  }
  template <class E>
  std::vector<E> all() const {
    std::vector<E> out;
    for (const Event& e : events_)
      if (const E* one = std::get_if<E>(&e)) out.push_back(*one);
    return out;
  }

  ThreadPool pool_{1};
  TemporaryFolder folder_;
  std::vector<Event> events_;
};

TEST_F(Loop, AStepFollowsTheGradient) {
  OneWeight job({3.0}, {10});
  run(job, config(1));
  EXPECT_FLOAT_EQ(static_cast<float>(job.weight()), 0.25F * 2 * 3);  // w − rate·2(w − 3) from w = 0
}

// The gradient of accumulated batches is that of the mean over all their targets, short batches included.
TEST_F(Loop, AccumulatedBatchesWeighAsMuchAsTheirTargets) {
  OneWeight job({4.0, 8.0, 1.0}, {30, 10, 5});
  TrainConfig c = config(1);
  c.accumulate = 2;
  run(job, c);
  const double first = 0.25 * 2 * (30 * 4.0 + 10 * 8.0) / 40;
  EXPECT_NEAR(job.weight(), first - 0.25 * 2 * (first - 1.0), 1e-6);
  const auto steps = all<StepDone>();
  ASSERT_EQ(steps.size(), 2U);
  EXPECT_NEAR(steps[0].loss, (30 * 16.0 + 10 * 64.0) / 40, 1e-6);
  EXPECT_EQ(steps[0].tokens, 40);
}

TEST_F(Loop, ARunWithoutFilesEndsWithTheBestEpochsWeights) {
  OneWeight job({3.0}, {10});
  job.say_when_validated({1.0, 2.0});  // the first epoch is the best
  const LoopResult result = run_training(job, config(2), {}, pool_);
  EXPECT_EQ(result.stopped.reason, StopReason::finished);
  EXPECT_EQ(result.stopped.best_epoch, 1);
  EXPECT_FLOAT_EQ(static_cast<float>(job.weight()), 1.5F);
}

TEST_F(Loop, ATaskMayChooseTheBestEpochByMoreThanTheLoss) {
  OneWeight job({3.0}, {10});
  job.say_when_validated({1.0, 2.0, 3.0});
  job.choose_by({0.5, 0.2, 0.4});
  const LoopResult result = run_training(job, config(3), {}, pool_);
  EXPECT_EQ(result.stopped.best_epoch, 2);
}

TEST_F(Loop, ARunThatStoppedEarlyIsOverWhenItIsResumed) {
  TrainConfig c = config(9);
  c.patience = 2;
  OneWeight job({3.0}, {1});
  job.say_when_validated({1.0, 2.0, 2.0});
  EXPECT_EQ(run(job, c).stopped.reason, StopReason::early);
  const std::string bytes = read_file(folder_ / "model.safetensors");
  OneWeight again({3.0}, {1});
  const LoopResult result = run(again, c, /*resume=*/true);
  EXPECT_EQ(result.stopped.reason, StopReason::early);
  EXPECT_EQ(result.stopped.epoch, 3);
  EXPECT_EQ(result.stopped.best_epoch, 1);
  EXPECT_TRUE(read_file(folder_ / "model.safetensors") == bytes);
}

TEST_F(Loop, StoppingAtTheEndOfAnEpochLeavesItsScoreToTheNextSession) {
  TrainConfig c = config(3);
  c.schedule = Schedule::exponential;
  OneWeight job({3.0, 5.0}, {1, 1});
  int steps = 0;
  run(job, c, false, [&] { return ++steps == 2; });
  EXPECT_EQ(all<EpochDone>().size(), 0U);
  EXPECT_EQ(all<RunStopped>().back().reason, StopReason::interrupted);
  EXPECT_EQ(all<RunStopped>().back().step, 2);
  OneWeight again({3.0, 5.0}, {1, 1});
  run(again, c, true);
  const std::vector<EpochDone> epochs = all<EpochDone>();
  ASSERT_EQ(epochs.size(), 3U);
  EXPECT_EQ(all<RunStopped>().back().reason, StopReason::finished);

  events_.clear();
  OneWeight whole({3.0, 5.0}, {1, 1});
  std::filesystem::remove(folder_ / "checkpoint.safetensors");
  run(whole, c);
  EXPECT_EQ(whole.weight(), again.weight());
  for (std::size_t e = 0; e < 3; ++e) {
    EXPECT_EQ(all<EpochDone>()[e].learning_rate, epochs[e].learning_rate) << e;
    EXPECT_EQ(all<EpochDone>()[e].train_loss, epochs[e].train_loss) << e;
  }
}

TEST_F(Loop, AValidationLossThatIsNotANumberStopsTheRunBeforeItIsSaved) {
  OneWeight job({3.0}, {1});
  job.say_when_validated({1.0, std::nan("")});
  EXPECT_EQ(run(job, config(5)).stopped.reason, StopReason::diverged);
  EXPECT_EQ(all<EpochDone>().size(), 1U);
  EXPECT_EQ(all<CheckpointSaved>().back().epoch, 1);
}

TEST_F(Loop, AScheduleThatIsStretchedIsTold) {
  TrainConfig c = config(4);
  c.schedule = Schedule::cosine;
  OneWeight job({3.0}, {1});
  job.plan(4);
  run(job, c);
  EXPECT_TRUE(all<Notice>().empty());
  c.epochs = 8;
  job.plan(8);
  run(job, c, /*resume=*/true);
  ASSERT_EQ(all<Notice>().size(), 1U);
  EXPECT_EQ(all<Notice>()[0].text,
            "the cosine schedule was planned for 4 epochs and is now stretched over 8: the learning rate "
            "goes on with "
            "0.125, not 0");
  EXPECT_EQ(all<Notice>()[0].step, all<RunStarted>().back().step + 1)
      << "a log that is cut at the step keeps it";
  c.schedule = Schedule::constant;
  c.epochs = 9;
  job.plan(9);
  run(job, c, /*resume=*/true);
  EXPECT_EQ(all<Notice>().size(), 1U) << "a constant rate is what it was";
}

TEST_F(Loop, AHugeFiniteLossIsNoBestSoFar) {
  OneWeight job({3.0}, {1});
  job.compare_with(2.0);
  job.say_when_validated({1.9e6, 2.1e6});
  const LoopResult result = run(job, config(5));
  EXPECT_EQ(result.stopped.reason, StopReason::diverged);
  EXPECT_EQ(result.stopped.epoch, 1);
  EXPECT_NE(result.stopped.text.find("baseline, 2, "), std::string::npos) << result.stopped.text;
}

TEST_F(Loop, FewerEpochsThanAreDoneAreRefused) {
  OneWeight job({3.0}, {1});
  run(job, config(4));
  EXPECT_THROW(run(job, config(3), true), ConfigError);
}

// Steps, sequences of an update: their products stay in range, whatever is asked for.
TEST(TrainConfig, CountsHaveLimits) {
  for (const char* text : {"epochs=9223372036854775807", "epochs=0", "accumulate=4097", "accumulate=0",
                           "batch_size=1048577", "batch_size=0"}) {
    TrainConfig c;
    const Setting setting = parse_setting(text);
    EXPECT_THROW(set_options({&setting, 1}, options_of(c)), ConfigError) << text;
  }
}

// Merity et al. 2018, algorithm 1: by hand.
TEST_F(Loop, WeightsAreAveragedFromWhenTheLossNoLongerImproves) {
  TrainConfig c = config(6);
  c.average_patience = 2;
  // Epoch 4 (from 1) is above the lowest of more than two ago, epoch 1; the mean is that of the steps of 5
  // and 6.
  const std::vector<double> losses{3.0, 2.9, 2.8, 3.1, 2.0, 1.9};
  std::vector<double> weights;
  for (Index epochs = 1; epochs <= 6; ++epochs) {
    OneWeight one({3.0}, {1});
    one.say_when_validated({6, 5, 4, 3, 2, 1});
    run_training(one, config(epochs), {}, pool_);
    weights.push_back(one.weight());
  }
  OneWeight job({3.0}, {1});
  job.say_when_validated(losses);
  run(job, c);
  ASSERT_EQ(all<Notice>().size(), 1U);
  EXPECT_EQ(all<Notice>()[0].step, 4);
  EXPECT_FLOAT_EQ(static_cast<float>(job.weight()), static_cast<float>((weights[4] + weights[5]) / 2));
  const std::string bytes = read_file(folder_ / "model.safetensors");

  // The same in two sessions, cut at every step.
  for (int cut = 1; cut < 6; ++cut) {
    std::filesystem::remove(folder_ / "checkpoint.safetensors");
    OneWeight first({3.0}, {1}), second({3.0}, {1});
    first.say_when_validated(losses);
    int steps = 0;
    run(first, c, false, [&] { return ++steps == cut; });
    second.say_when_validated({losses.begin() + cut - 1, losses.end()});
    run(second, c, true);
    EXPECT_EQ(second.weight(), job.weight()) << cut;
    EXPECT_TRUE(read_file(folder_ / "model.safetensors") == bytes) << cut;
  }
}

}  // namespace
}  // namespace recur
