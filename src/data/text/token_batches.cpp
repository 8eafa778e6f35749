#include "data/text/token_batches.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/error.h"

namespace recur {

TokenBatches::TokenBatches(Tokens tokens, Shape shape, std::string_view name)
    : tokens_(std::move(tokens)), shape_(shape), length_((tokens_.size() - 1) / shape.streams) {
  check<DataError>(
      tokens_.size() > shape.steps,
      "{}: {} tokens, expected more than the {} of a sequence (use a longer text or shorter sequences)", name,
      tokens_.size(), shape.steps);
  check<DataError>(
      length_ >= shape.steps,
      "{}: {} tokens make {} streams of {}, shorter than a sequence of {} (a batch size of {} fits)", name,
      tokens_.size(), shape.streams, length_, shape.steps,
      streams_that_fit(tokens_.size(), shape.steps, shape.streams));
}

Index TokenBatches::streams_that_fit(Index size, Index steps, Index wanted) {
  return std::clamp<Index>((size - 1) / steps, 1, wanted);
}

Index TokenBatches::steps(Index chunk) const noexcept {
  return std::min(shape_.steps, length_ - chunk * shape_.steps);
}

void TokenBatches::read(Index chunk, std::span<std::int32_t> inputs, std::span<std::int32_t> targets) const {
  RECUR_ASSERT(0 <= chunk && chunk < size());
  const Index steps = this->steps(chunk), streams = shape_.streams;
  RECUR_ASSERT(static_cast<Index>(inputs.size()) == steps * streams && inputs.size() == targets.size());
  std::vector<std::int32_t> row(static_cast<std::size_t>(steps + 1));
  for (Index stream = 0; stream < streams; ++stream) {
    tokens_.read(stream * length_ + chunk * shape_.steps, row);
    for (Index t = 0; t < steps; ++t) {
      const auto to = static_cast<std::size_t>(t * streams + stream), from = static_cast<std::size_t>(t);
      inputs[to] = row[from];
      targets[to] = row[from + 1];
    }
  }
}

}  // namespace recur
