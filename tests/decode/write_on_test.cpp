#include "decode/write_on.h"

#include <gtest/gtest.h>

#include <vector>

namespace recur {
namespace {

// A reader for which the number after a token is the next of a circle of five.
TEST(WriteOn, ReadsThePromptOnceAndThenWhatItDrew) {
  std::vector<std::int32_t> read, written;
  std::vector<float> logits(5);
  Sampler sampler({.temperature = 0});
  const std::vector<std::int32_t> prompt{0, 2};
  write_on(
      prompt, 4, sampler,
      [&](std::span<const std::int32_t> tokens) -> std::span<const float> {
        read.insert(read.end(), tokens.begin(), tokens.end());
        std::fill(logits.begin(), logits.end(), 0.0F);
        logits[static_cast<std::size_t>(tokens.back() + 1) % 5] = 1;
        return logits;
      },
      [&](std::int32_t token) { written.push_back(token); });
  EXPECT_EQ(read, (std::vector<std::int32_t>{0, 2, 3, 4, 0}));
  EXPECT_EQ(written, (std::vector<std::int32_t>{3, 4, 0, 1}));
}

}  // namespace
}  // namespace recur
