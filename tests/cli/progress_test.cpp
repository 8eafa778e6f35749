#include "cli/progress.h"

#include <gtest/gtest.h>

namespace recur {
namespace {

StepDone step(Index number, double loss) {
  return {.step = number,
          .epoch = 1,
          .loss = loss,
          .tokens = number * 2048,
          .seconds = 0.04 * static_cast<double>(number)};
}

std::string drawn(const std::vector<Event>& events, const Progress::Style& style) {
  std::string text;
  Progress progress([&](std::string_view piece) { text += piece; }, style);
  for (const Event& event : events) progress(event);
  return text;
}

const RunStarted kStart{.task = "lm",
                        .model = "gru 256,256",
                        .loss_unit = "nats per character",
                        .parameters = 435'521,
                        .epochs = 10,
                        .steps_per_epoch = 1489,
                        .steps_total = 14'890};

TEST(Progress, TellsARunInPlainLines) {
  std::vector<Event> events{
      kStart, BaselineScored{.baseline = "6-gram", .loss = 1.8912, .metrics = {{"perplexity", 6.627}}}};
  for (Index i = 1; i <= 300; ++i) events.emplace_back(step(i, 2));
  events.emplace_back(EpochDone{.step = 1489,
                                .epoch = 1,
                                .train_loss = 1.75,
                                .valid_loss = 1.8,
                                .metrics = {{"bits_per_char", 2.597}},
                                .best = true,
                                .seconds = 59.6});
  events.emplace_back(CheckpointSaved{.step = 1489, .epoch = 1, .path = "runs/x/checkpoint.safetensors"});
  events.emplace_back(SampleWritten{.temperature = 0.8, .text = "ROMEO:\n\x1b[1mWhat"});
  events.emplace_back(Notice{.severity = Severity::warning, .text = "3 unknown characters"});
  events.emplace_back(RunStopped{.text = "done"});
  EXPECT_EQ(drawn(events, {}),
            "lm: gru 256,256, 435,521 parameters, 10 epochs of 1,489 steps\n"
            "baseline 6-gram: 1.8912 nats per character  perplexity 6.6270\n"
            "epoch 1/10  step 251/14,890  loss 2.0000  51,200 characters/s  9 min 46 s left\n"
            "epoch 1/10  train 1.7500  valid 1.8000  bits_per_char 2.5970  59.6 s  (best so far)\n"
            "sample at temperature 0.8:\n  ROMEO:\n  ?[1mWhat\n"
            "warning: 3 unknown characters\n"
            "done\n");
}

TEST(Progress, RedrawsAStatusLineThatFitsTheTerminal) {
  const std::string text = drawn({kStart, step(1, 4), step(2, 4), step(4, 2), step(5, 2), step(7, 2)},
                                 {.live = true, .width = 30});
  EXPECT_EQ(text.substr(text.find('\n') + 1),
            "epoch 1/10  step 4/14,890  lo"
            "\r\x1b[Kepoch 1/10  step 7/14,890  lo"
            "\r\x1b[K");
}

TEST(Progress, OtherLinesTakeTheStatusLinesPlace) {
  const std::string text =
      drawn({kStart, step(1, 4), step(4, 2), RunStopped{.text = "interrupted"}}, {.live = true, .width = 16});
  EXPECT_EQ(text.substr(text.find('\n') + 1), "epoch 1/10  ste\r\x1b[Kinterrupted\n");
}

TEST(Progress, SaysThatARunWasResumed) {
  RunStarted start = kStart;
  start.step = 2978;
  EXPECT_EQ(drawn({start}, {}),
            "lm: gru 256,256, 435,521 parameters, 10 epochs of 1,489 steps, resumed after step 2,978\n");
}

}  // namespace
}  // namespace recur
