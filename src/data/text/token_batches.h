// A long sequence as batches for truncated backpropagation: parallel streams, cut into chunks of time.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/types.h"
#include "data/text/tokens.h"

namespace recur {

/// Cuts a sequence into `streams` contiguous parts of equal length L = ⌊(size − 1) / streams⌋, and time into
/// chunks of `steps`; the last chunk of a pass may be shorter. State is carried from chunk to chunk and
/// starts anew with chunk 0. A chunk is a function of its number, so a run resumes at any one. What does not
/// fill a stream's last step, fewer than `streams` tokens at the end, is not used.
class TokenBatches {
 public:
  struct Shape {
    Index streams = 32;  // N
    Index steps = 64;    // T
  };

  /// `name` stands for the sequence in messages: "input.txt (training part)". Errors: DataError if a stream
  /// would be shorter than a chunk.
  TokenBatches(Tokens tokens, Shape shape, std::string_view name);

  /// The most streams, up to `wanted`, that give each at least `steps` tokens; at least 1.
  static Index streams_that_fit(Index size, Index steps, Index wanted);

  Index streams() const noexcept { return shape_.streams; }
  /// Chunks of one pass.
  Index size() const noexcept { return (length_ + shape_.steps - 1) / shape_.steps; }
  /// Steps of a chunk: T but for the last.
  Index steps(Index chunk) const noexcept;

  /// Fills inputs and targets, both [steps(chunk), N]: targets are the inputs one step later.
  void read(Index chunk, std::span<std::int32_t> inputs, std::span<std::int32_t> targets) const;

 private:
  Tokens tokens_;
  Shape shape_;
  Index length_;  // of a stream, in predictions
};

}  // namespace recur
