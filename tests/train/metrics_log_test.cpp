#include "train/metrics_log.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "base/error.h"
#include "tests/base/temporary_folder.h"

namespace recur {
namespace {

struct MetricsLogTest : ::testing::Test {
  std::string text() const { return read_file(path); }
  void put(const std::string& bytes) const { std::ofstream(path, std::ios::binary) << bytes; }

  TemporaryFolder folder;
  std::filesystem::path path = folder / "metrics.jsonl";
};

/// Everything that a run of `steps` steps, two an epoch, tells about its steps after `done`.
std::vector<Event> told(Index done, Index steps, double seconds_a_step) {
  std::vector<Event> out{RunStarted{.step = done, .task = "lm", .steps_per_epoch = 2, .steps_total = steps},
                         BaselineScored{.step = 0, .baseline = "5-gram", .loss = 1.7}};
  for (Index step = done + 1; step <= steps; ++step) {
    const double seconds = seconds_a_step * static_cast<double>(step);
    out.push_back(StepDone{
        .step = step, .epoch = (step + 1) / 2, .loss = 4.0 / static_cast<double>(step), .seconds = seconds});
    if (step % 2 == 0)
      out.push_back(EpochDone{.step = step, .epoch = step / 2, .train_loss = 2, .seconds = seconds});
    if (step % 2 == 0) out.push_back(CheckpointSaved{.step = step, .epoch = step / 2, .path = "c"});
  }
  return out;
}

void write_all(MetricsLog& log, const std::vector<Event>& events) {
  for (const Event& e : events) log.write(e);
}

TEST(Events, ALineIsReadToADepth) {
  EXPECT_TRUE(parse_json_line(R"({"event":"notice","later":{"a":{"b":1}}})").has_value());
  EXPECT_THROW(parse_json_line(R"({"event":)" + std::string(1'000'000, '[')), FormatError);
}

TEST(Events, EveryKindSurvivesTheLine) {
  const NamedNumbers numbers{{"z", 0.1}, {"a", 1e-300}};
  const std::vector<Event> events{
      RunStarted{.step = 3,
                 .task = "lm",
                 .model = "gru 64",
                 .loss_unit = "nats",
                 .parameters = 1'000'000'000'000,
                 .epochs = 9,
                 .steps_per_epoch = 7,
                 .steps_total = 63},
      BaselineScored{.baseline = "5-gram", .loss = 1.5, .metrics = numbers},
      StepDone{.step = 1,
               .epoch = 1,
               .loss = 1 / 3.0,
               .learning_rate = 1e-3,
               .gradient_norm = 0.7,
               .gradient_norms = numbers,
               .tokens = 2048,
               .seconds = 0.25},
      EpochDone{.step = 7,
                .epoch = 1,
                .train_loss = 2.5,
                .valid_loss = 2.25,
                .metrics = numbers,
                .best = true,
                .learning_rate = 0.5,
                .tokens = 9,
                .seconds = 3},
      CheckpointSaved{.step = 7, .epoch = 1, .path = "checkpoint.safetensors"},
      SampleWritten{.step = 7, .epoch = 1, .temperature = 0.8, .text = "two\nlines, \"quoted\", é"},
      Notice{.step = 7, .severity = Severity::warning, .text = "careful"},
      RunStopped{.step = 8,
                 .epoch = 2,
                 .reason = StopReason::interrupted,
                 .text = "resume with --resume",
                 .best_epoch = 1,
                 .best_loss = 2.25,
                 .seconds = 4}};
  ASSERT_EQ(events.size(), std::variant_size_v<Event>);
  for (const Event& event : events) {
    const std::string line = to_json_line(event);
    EXPECT_EQ(line.find('\n'), std::string::npos);
    const auto read = parse_json_line(line);
    ASSERT_TRUE(read.has_value()) << line;
    EXPECT_EQ(read->index(), event.index());
    EXPECT_EQ(to_json_line(*read), line);
  }
}

TEST(Events, AreWrittenInTheOrderOfTheirFields) {
  const StepDone e{.step = 1,
                   .epoch = 1,
                   .loss = 0.1,
                   .learning_rate = 0.001,
                   .gradient_norm = 2,
                   .gradient_norms = {{"w", 1.5}, {"b", 0.5}},
                   .tokens = 64,
                   .seconds = 0.5};
  EXPECT_EQ(to_json_line(e),
            R"({"event":"step_done","step":1,"epoch":1,"loss":0.1,"learning_rate":0.001,"gradient_norm":2.0,)"
            R"("gradient_norms":{"w":1.5,"b":0.5},"tokens":64,"seconds":0.5})");
  EXPECT_EQ(
      to_json_line(RunStopped{.step = 2, .epoch = 1, .reason = StopReason::early}),
      R"({"event":"run_stopped","step":2,"epoch":1,"reason":"early","text":"","best_epoch":0,"best_loss":null,)"
      R"("seconds":0.0})");
}

TEST(Events, WhatJsonCannotHoldIsNullOrReplaced) {
  const auto read = parse_json_line(to_json_line(StepDone{.loss = INFINITY, .gradient_norms = {{"w", NAN}}}));
  const auto& step = std::get<StepDone>(read.value());
  EXPECT_TRUE(std::isnan(step.loss));
  EXPECT_TRUE(std::isnan(step.gradient_norms.at(0).second));
  EXPECT_NE(to_json_line(SampleWritten{.text = "half a \xc3"}).find("half a \xef\xbf\xbd"),
            std::string::npos);
}

TEST(Events, NewerEventsAndFieldsAreIgnoredAndOlderOnesFilledIn) {
  EXPECT_FALSE(parse_json_line(R"({"event":"moon_rose","step":3})").has_value());
  const auto read = parse_json_line(R"({"event":"step_done","step":3,"phase":"full"})");
  EXPECT_EQ(std::get<StepDone>(read.value()).step, 3);
  EXPECT_TRUE(std::isnan(std::get<StepDone>(read.value()).loss));
}

TEST(Events, WrongLinesAreFormatErrors) {
  for (const char* line :
       {"", "{", "[]", "3", "{}", R"({"event":3})", R"({"event":"step_done","step":"x"})",
        R"({"event":"step_done","loss":[]})", R"({"event":"step_done","gradient_norms":[1]})",
        R"({"event":"run_stopped","reason":"bored"})", R"({"event":"step_done","step":-1})",
        R"({"event":"step_done","step":1.5})", R"({"event":"step_done","step":1e300})",
        R"({"event":"step_done","step":18446744073709551615})",
        R"({"event":"epoch_done","epoch":9223372036854775807})"}) {
    EXPECT_THROW(parse_json_line(line), FormatError) << line;
  }
}

TEST(Events, TokensPerSecondIsOverTheTimeBetween) {
  EXPECT_EQ(tokens_per_second({.tokens = 100, .seconds = 1}, {.tokens = 400, .seconds = 3}), 150);
  EXPECT_EQ(tokens_per_second({.tokens = 100, .seconds = 1}, {.tokens = 400, .seconds = 1}), 0);
}

TEST_F(MetricsLogTest, KeepsAllButCheckpoints) {
  MetricsLog log(path);
  write_all(log, told(0, 4, 1));
  const auto events = read_metrics(path);
  ASSERT_EQ(events.size(), 8u);
  EXPECT_EQ(std::get<RunStarted>(events[0]).steps_total, 4);
  EXPECT_EQ(std::get<StepDone>(events[5]).loss, 4.0 / 3);
  EXPECT_EQ(std::get<EpochDone>(events[7]).epoch, 2);
}

TEST_F(MetricsLogTest, EachLineIsThereAtOnce) {
  MetricsLog log(path);
  log.write(Notice{.text = "a"});
  EXPECT_EQ(read_metrics(path).size(), 1u);
}

TEST_F(MetricsLogTest, ANewRunReplacesAnOlderFile) {
  put("something else\n");
  MetricsLog log(path);
  log.write(Notice{.text = "a"});
  EXPECT_EQ(read_metrics(path).size(), 1u);
}

TEST_F(MetricsLogTest, KilledAnywhereAndResumedHasTheSameBytes) {
  std::string whole;
  {
    MetricsLog log(path);
    write_all(log, told(0, 6, 0));
    log.write(RunStopped{.step = 6, .epoch = 3});
    whole = text();
  }
  for (std::size_t killed_at = 0; killed_at < whole.size(); killed_at += 31) {
    for (Index checkpoint : {2, 4}) {
      // A checkpoint is saved after the lines of its step, so the file holds at least those.
      if (killed_at < whole.find("\"step\":" + std::to_string(checkpoint + 1))) continue;
      put(whole.substr(0, killed_at));
      MetricsLog log(path, checkpoint);
      write_all(log, told(checkpoint, 6, 0));
      log.write(RunStopped{.step = 6, .epoch = 3});
      ASSERT_EQ(text(), whole) << killed_at << ' ' << checkpoint;
    }
  }
}

TEST_F(MetricsLogTest, ResumingTakesTheEndBackAndWritesItAgain) {
  {
    MetricsLog log(path);
    write_all(log, told(0, 2, 1));
    log.write(RunStopped{.step = 2, .epoch = 1, .reason = StopReason::interrupted});
  }
  const std::string before = text();
  MetricsLog log(path, 2);
  EXPECT_EQ(before.find(text()), 0u);
  EXPECT_EQ(text().find("run_stopped"), std::string::npos);
  log.write(
      RunStopped{.step = 2, .epoch = 1, .reason = StopReason::finished});  // there was nothing left to do
  EXPECT_EQ(std::get<RunStopped>(read_metrics(path).back()).reason, StopReason::finished);
}

TEST_F(MetricsLogTest, AnEpochInterruptedBeforeItsValidationIsToldOnResuming) {
  {
    MetricsLog log(path);
    log.write(RunStarted{});
    log.write(StepDone{.step = 2, .epoch = 1});
    log.write(RunStopped{.step = 2, .reason = StopReason::interrupted});
  }
  for (int resumed = 0; resumed < 2; ++resumed) {  // the second time, the epoch is in the file
    MetricsLog log(path, 2);
    log.write(RunStarted{.step = 2});
    log.write(EpochDone{.step = 2, .epoch = 1});
    log.write(SampleWritten{.step = 2, .epoch = 1});
    const auto events = read_metrics(path);
    ASSERT_EQ(events.size(), 4u);
    EXPECT_TRUE(std::holds_alternative<EpochDone>(events[2]));
    EXPECT_TRUE(std::holds_alternative<SampleWritten>(events[3]));
  }
}

TEST_F(MetricsLogTest, AMissingFileBeginsAnew) {
  MetricsLog log(path, 4);
  write_all(log, told(4, 6, 1));
  const auto events = read_metrics(path);
  EXPECT_EQ(std::get<RunStarted>(events.at(0)).step, 4) << "the curves need to know the length of an epoch";
  EXPECT_EQ(events.size(), 5u);
}

TEST_F(MetricsLogTest, ADamagedFileIsKeptUpToTheDamage) {
  put(to_json_line(StepDone{.step = 1}) + "\ngarbage\n" + to_json_line(StepDone{.step = 2}) + "\n");
  MetricsLog log(path, 2);
  EXPECT_EQ(text(), to_json_line(StepDone{.step = 1}) + "\n");
}

TEST_F(MetricsLogTest, ATornLastLineIsLeftOut) {
  put(to_json_line(StepDone{.step = 1}) + "\n" + to_json_line(StepDone{.step = 2}));
  EXPECT_EQ(read_metrics(path).size(), 1u);
  put("{\"event\":\"st");
  EXPECT_EQ(read_metrics(path).size(), 0u);
}

TEST_F(MetricsLogTest, ADamagedLineIsReportedWithItsPlace) {
  put(to_json_line(StepDone{.step = 1}) + "\n{}\n" + to_json_line(StepDone{.step = 2}) + "\n");
  EXPECT_EQ(
      message_of<FormatError>([&] { read_metrics(path); }).find(path.string() + ":2: expected an event"), 0u);
  EXPECT_THROW(read_metrics(folder / "none.jsonl"), IoError);
  EXPECT_THROW(MetricsLog(folder / "no folder" / "metrics.jsonl"), IoError);
}

}  // namespace
}  // namespace recur
