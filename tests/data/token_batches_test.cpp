#include "data/text/token_batches.h"

#include <numeric>

#include "tests/data/text_files.h"

namespace recur {
namespace {

using Ids = std::vector<std::int32_t>;

/// 0, 1, 2, …: each target is its input plus one.
Tokens counting(Index size) {
  Ids ids(static_cast<std::size_t>(size));
  std::iota(ids.begin(), ids.end(), 0);
  TokensWriter writer(size, {});
  writer.append(ids);
  return writer.finish();
}

TEST(TokenBatches, AreStreamsThatGoOnFromChunkToChunk) {
  const TokenBatches batches(counting(24), {.streams = 2, .steps = 4}, "a.txt");  // L = 11
  EXPECT_EQ(batches.size(), 3);
  Ids inputs(8), targets(8);
  batches.read(0, inputs, targets);
  EXPECT_EQ(inputs, (Ids{0, 11, 1, 12, 2, 13, 3, 14}));
  EXPECT_EQ(targets, (Ids{1, 12, 2, 13, 3, 14, 4, 15}));
  batches.read(1, inputs, targets);
  EXPECT_EQ(inputs, (Ids{4, 15, 5, 16, 6, 17, 7, 18}));
  EXPECT_EQ(batches.steps(2), 3);
  inputs.resize(6), targets.resize(6);
  batches.read(2, inputs, targets);
  EXPECT_EQ(targets, (Ids{9, 20, 10, 21, 11, 22}));
}

TEST(TokenBatches, PredictEachTokenOfAStreamOnce) {
  for (Index size : {5, 64, 65, 100, 1001}) {
    for (Index steps : {1, 3, 4}) {
      const TokenBatches batches(counting(size), {.streams = 1, .steps = steps}, "a.txt");
      Ids all;
      for (Index chunk = 0; chunk < batches.size(); ++chunk) {
        Ids inputs(static_cast<std::size_t>(batches.steps(chunk))), targets(inputs.size());
        batches.read(chunk, inputs, targets);
        all.insert(all.end(), targets.begin(), targets.end());
      }
      Ids expected(static_cast<std::size_t>(size - 1));
      std::iota(expected.begin(), expected.end(), 1);
      EXPECT_EQ(all, expected);
    }
  }
}

TEST(TokenBatches, SayWhatFitsAShortText) {
  const auto refusal = [](Index size, TokenBatches::Shape shape) {
    return message_of<DataError>([&] { TokenBatches(counting(size), shape, "a.txt (training part)"); });
  };
  EXPECT_EQ(refusal(64, {.streams = 1, .steps = 64}),
            "a.txt (training part): 64 tokens, expected more than the 64 of a sequence (use a longer text or "
            "shorter "
            "sequences)");
  EXPECT_EQ(refusal(1000, {.streams = 32, .steps = 64}),
            "a.txt (training part): 1000 tokens make 32 streams of 31, shorter than a sequence of 64 (a "
            "batch size of 15 "
            "fits)");
  EXPECT_NO_THROW(TokenBatches(counting(1000), {.streams = 15, .steps = 64}, ""));
  EXPECT_EQ(TokenBatches::streams_that_fit(10, 64, 32), 1);
  EXPECT_EQ(TokenBatches::streams_that_fit(10'000, 64, 32), 32);
}

}  // namespace
}  // namespace recur
