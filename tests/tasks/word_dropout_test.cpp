// Word dropout: which words are left out, how often, and that the rest of a row stays.
#include "tasks/word_dropout.h"

#include <gtest/gtest.h>

namespace recur {
namespace {

TEST(WordDropout, LeavesEachWordOutAsOftenAsItIsAsked) {
  constexpr Index kSteps = 4000;
  const Tensor rows = Tensor::empty({kSteps, 2}, DType::i32);
  for (Index t = 0; t < kSteps; ++t) {
    rows.data<std::int32_t>()[2 * t] = static_cast<std::int32_t>(1 + t % 4);
    rows.data<std::int32_t>()[2 * t + 1] = 7;
  }
  ThreadPool pool(1);
  const Pass pass{.pool = pool};
  const auto share_of = [](std::int32_t word) { return word == 1 ? 0 : word == 2 ? 1 : 0.25 * (word - 2); };
  const Tensor dropped = drop_words(rows, share_of, /*unknown=*/0, pass, 3);
  Index gone[5]{};
  for (Index t = 0; t < kSteps; ++t) {
    const std::int32_t word = dropped.data<std::int32_t>()[2 * t];
    EXPECT_TRUE(word == 0 || word == 1 + t % 4);
    gone[1 + t % 4] += word == 0;
    EXPECT_EQ(dropped.data<std::int32_t>()[2 * t + 1], 7);
  }
  EXPECT_EQ(gone[1], 0);
  EXPECT_EQ(gone[2], kSteps / 4);
  EXPECT_NEAR(static_cast<double>(gone[3]), 250, 50);
  EXPECT_NEAR(static_cast<double>(gone[4]), 500, 60);
  EXPECT_EQ(rows.data<std::int32_t>()[0], 1) << "what was given stays";
}

}  // namespace
}  // namespace recur
