// StreamBatch: the states of streams are gathered into rows, stepped as a batch, and given back.
#include <recur/stream_batch.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "api/stream_parts.h"
#include "base/error.h"

namespace recur {
namespace {

void copy_row(std::span<const float> from, float* to) noexcept {
  std::memcpy(to, from.data(), from.size_bytes());
}

}  // namespace

struct StreamBatch::Parts {
  std::shared_ptr<const StreamModel> model;
  std::vector<LayoutPtr> layouts;      // of 1, 2, … streams
  std::vector<StreamMemory> memories;  // of as many, in the same buffer
  AlignedBuffer<float> embedded;       // [together, width]: what is read of tokens, without a table
  AlignedBuffer<float> buffer;

  Parts(std::shared_ptr<const StreamModel> of, Index together) : model(std::move(of)) {
    for (Index rows = 1; rows <= together; ++rows) layouts.push_back(Layout::dense(1, rows));
    if (!fixed().tabled()) embedded.reserve(together * fixed().embedding_width);
    buffer.reserve(fixed().lay_out(*layouts.back(), nullptr).floats);
    for (const LayoutPtr& layout : layouts) memories.push_back(fixed().lay_out(*layout, buffer.data()));
  }

  const StreamModel::Parts& fixed() const noexcept { return *model->parts_; }
  Index together() const noexcept { return static_cast<Index>(layouts.size()); }

  bool all_of_model(std::span<Stream* const> streams) const noexcept {
    return std::all_of(streams.begin(), streams.end(),
                       [&](const Stream* s) { return s->parts_->model == model; });
  }

  /// Calls f(state of the batch, its row's width, where a stream keeps that row) for each state of each
  /// layer.
  template <class F>
  void for_each_state(const StreamMemory& memory, F f) const noexcept {
    for (std::size_t i = 0; i < memory.scans.size(); ++i) {
      const StreamLayer& layer = fixed().layers[i];
      for (std::size_t s = 0; s < fixed().cell->states.size(); ++s)
        f(memory.scans[i].state(s), s == 0 ? layer.width() : layer.weights.shape.hidden, layer.state[s]);
    }
  }

  /// Steps streams, not more than `together`, for which read(memory) brings what the first layer reads.
  template <class Read>
  void step(std::span<Stream* const> streams, Read read) noexcept {
    StreamMemory& memory = memories[streams.size() - 1];
    for_each_state(memory, [&](float* state, Index width, Index at) {
      for (const Stream* s : streams) {
        copy_row({s->parts_->buffer.data() + at, static_cast<std::size_t>(width)}, state);
        state += width;
      }
    });
    const float* const rows = read(memory);
    fixed().step(memory, rows, rows == nullptr ? memory.pre : nullptr);
    for_each_state(memory, [&](const float* state, Index width, Index at) {
      for (const Stream* s : streams) {
        copy_row({state, static_cast<std::size_t>(width)}, s->parts_->buffer.data() + at);
        state += width;
      }
    });
    const float* output = memory.linear.back();
    for (const Stream* s : streams) {
      copy_row({output, static_cast<std::size_t>(fixed().outputs)}, s->parts_->memory.linear.back());
      output += fixed().outputs;
    }
  }

  /// Cuts what is to be done into pieces: read(first, count, memory).
  template <class Read>
  void in_pieces(std::span<Stream* const> streams, Read read) noexcept {
    const auto most = static_cast<std::size_t>(together());
    for (std::size_t first = 0; first < streams.size(); first += most) {
      const std::size_t count = std::min(most, streams.size() - first);
      step(streams.subspan(first, count), [&](StreamMemory& memory) { return read(first, count, memory); });
    }
  }
};

StreamBatch::StreamBatch(std::shared_ptr<const StreamModel> model, std::int64_t together) {
  RECUR_ASSERT(model != nullptr);
  RECUR_ASSERT(together > 0 && together <= kMost);
  parts_ = std::make_unique<Parts>(std::move(model), together);
}
StreamBatch::~StreamBatch() = default;
StreamBatch::StreamBatch(StreamBatch&&) noexcept = default;
StreamBatch& StreamBatch::operator=(StreamBatch&&) noexcept = default;

bool StreamBatch::step(std::span<Stream* const> streams, std::span<const std::int32_t> tokens) noexcept {
  const StreamModel::Parts& m = parts_->fixed();
  const auto known = [&](std::int32_t token) { return token >= 0 && token < m.tokens; };
  if (tokens.size() != streams.size() || !std::all_of(tokens.begin(), tokens.end(), known) ||
      !parts_->all_of_model(streams))
    return false;
  parts_->in_pieces(streams, [&](std::size_t first, std::size_t count, StreamMemory& memory) -> const float* {
    const bool tabled = m.tabled();
    float* const to = tabled ? memory.pre : parts_->embedded.data();
    float* at = to;
    for (const std::int32_t token : tokens.subspan(first, count)) {
      const auto row = tabled ? m.product_of(token) : m.embedding_of(token);
      copy_row(row, at);
      at += row.size();
    }
    return tabled ? nullptr : to;
  });
  return true;
}

bool StreamBatch::step(std::span<Stream* const> streams, std::span<const float> x) noexcept {
  const auto inputs = static_cast<std::size_t>(parts_->fixed().inputs);
  if (inputs == 0 || x.size() != streams.size() * inputs || !parts_->all_of_model(streams)) return false;
  parts_->in_pieces(streams,
                    [&](std::size_t first, std::size_t, StreamMemory&) { return x.data() + first * inputs; });
  return true;
}

std::size_t StreamBatch::bytes() const noexcept {
  const auto& [model, layouts, memories, embedded, buffer] = *parts_;
  std::size_t bytes =
      sizeof(Parts) + static_cast<std::size_t>(buffer.size() + embedded.size()) * sizeof(float);
  for (const StreamMemory& memory : memories) bytes += sizeof memory + memory.bytes();
  for (const LayoutPtr& layout : layouts)
    bytes +=
        sizeof layout + sizeof *layout + static_cast<std::size_t>(3 * layout->batch() + 2) * sizeof(Index);
  return bytes;
}

}  // namespace recur
