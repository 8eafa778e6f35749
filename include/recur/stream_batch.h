// Many streams of one model that step together: the weights are read once for all of them.
//
//   recur::StreamBatch batch(model);
//   std::vector<recur::Stream*> ready = …;   // those that have something to read
//   batch.step(ready, tokens);               // a token each; ready[i]->outputs() has the answer
#pragma once

#include <recur/stream.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace recur {

/// Steps streams together, `together` at a time: what a step of one costs in reading weights, so many share.
/// The streams stay what they are, and each gets the bits that it would get alone, whatever the others read.
///
/// step() allocates nothing, locks nothing and calls no system. A batch, and the streams that it steps, are
/// used by one thread at a time; a server has a batch for each of its threads.
class StreamBatch {
 public:
  /// More at a time are no faster, and take memory that grows with the square.
  static constexpr std::int64_t kMost = 256;

  /// REQUIRES: model is not null; 0 < together ≤ kMost.
  explicit StreamBatch(std::shared_ptr<const StreamModel> model, std::int64_t together = 32);
  ~StreamBatch();
  StreamBatch(StreamBatch&&) noexcept;
  StreamBatch& operator=(StreamBatch&&) noexcept;

  /// Each stream reads a token. False, and none has read anything, if there are not as many tokens as
  /// streams, a token is outside the vocabulary, or a stream is of another model.
  /// REQUIRES: no stream stands there twice.
  bool step(std::span<Stream* const> streams, std::span<const std::int32_t> tokens) noexcept;
  /// Each stream reads a row of `x` [streams, inputs()]. False: as above.
  bool step(std::span<Stream* const> streams, std::span<const float> x) noexcept;

  /// Bytes of memory that the batch takes beside its streams.
  std::size_t bytes() const noexcept;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace recur
