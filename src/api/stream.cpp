// Stream: the scan, one step long, over a model that is opened.
#include <recur/stream.h>

#include <cstring>

#include "api/stream_parts.h"
#include "base/error.h"
#include "base/flush_to_zero.h"

namespace recur {
namespace {

/// In front of a saved state.
struct StateHeader {
  char magic[8] = {'r', 'e', 'c', 'u', 'r', 's', 't', '1'};
  std::uint64_t model = 0;  // its fingerprint
  std::uint64_t bytes = 0;  // that follow
};
static_assert(sizeof(StateHeader) == 24);

}  // namespace

std::size_t StreamModel::state_size() const noexcept {
  return sizeof(StateHeader) + static_cast<std::size_t>(parts_->state_floats) * sizeof(float);
}

Stream::Stream(std::shared_ptr<const StreamModel> model) {
  RECUR_ASSERT(model != nullptr);
  parts_ = std::make_unique<Parts>(std::move(model));
}
Stream::Stream(const Stream& other) {
  RECUR_ASSERT(other.parts_ != nullptr);  // not one that was moved from
  *this = other;
}
Stream::Stream(Stream&& other) noexcept = default;
Stream& Stream::operator=(Stream&& other) noexcept = default;
Stream::~Stream() = default;

Stream& Stream::operator=(const Stream& other) {
  if (this == &other) return *this;
  RECUR_ASSERT(other.parts_ != nullptr);
  if (parts_ == nullptr || parts_->model != other.parts_->model)
    parts_ = std::make_unique<Parts>(other.parts_->model);
  std::memcpy(parts_->buffer.data(), other.parts_->buffer.data(), parts_->bytes());
  return *this;
}

const std::shared_ptr<const StreamModel>& Stream::model() const noexcept { return parts_->model; }

std::span<const float> Stream::step(std::int32_t token) noexcept {
  const StreamModel::Parts& m = parts_->fixed();
  if (token < 0 || token >= m.tokens) return {};
  if (m.tabled()) {
    m.step(parts_->memory, nullptr, m.product_of(token).data());
  } else {
    m.step(parts_->memory, m.embedding_of(token).data(), nullptr);
  }
  return parts_->outputs();
}

std::span<const float> Stream::step(std::span<const float> x) noexcept {
  const StreamModel::Parts& m = parts_->fixed();
  if (m.inputs == 0 || static_cast<Index>(x.size()) != m.inputs) return {};
  m.step(parts_->memory, x.data(), nullptr);
  return parts_->outputs();
}

std::span<const float> Stream::outputs() const noexcept { return parts_->outputs(); }

void Stream::reset() noexcept {
  std::memset(parts_->buffer.data(), 0, parts_->state_bytes());
  parts_->resume();
}

bool Stream::save(std::span<std::byte> to) const noexcept {
  if (to.size() < model()->state_size()) return false;
  StateHeader header;
  header.model = parts_->fixed().fingerprint;
  header.bytes = parts_->state_bytes();
  std::memcpy(to.data(), &header, sizeof header);
  std::memcpy(to.data() + sizeof header, parts_->buffer.data(), parts_->state_bytes());
  return true;
}

std::vector<std::byte> Stream::save() const {
  std::vector<std::byte> state(model()->state_size());
  save(state);
  return state;
}

void Stream::restore(std::span<const std::byte> state) {
  StateHeader header;
  const StateHeader wanted;
  check<FormatError>(state.size() >= sizeof header, "a state of {} bytes, expected {}; was it cut off?",
                     state.size(), model()->state_size());
  std::memcpy(&header, state.data(), sizeof header);
  check<FormatError>(std::memcmp(header.magic, wanted.magic, sizeof header.magic) == 0,
                     "these {} bytes are not the saved state of a stream", state.size());
  check<FormatError>(header.model == parts_->fixed().fingerprint && header.bytes == parts_->state_bytes(),
                     "the state of a stream of another model; open the model that it was saved from");
  check<FormatError>(state.size() == model()->state_size(),
                     "a state of {} bytes, expected {}; was it cut off?", state.size(),
                     model()->state_size());
  std::memcpy(parts_->buffer.data(), state.data() + sizeof header, parts_->state_bytes());
  parts_->resume();
}

std::size_t StreamModel::stream_bytes() const noexcept {
  return sizeof(Stream::Parts) + static_cast<std::size_t>(parts_->stream_floats) * sizeof(float) +
         parts_->layers.size() * sizeof(ScanStep<float>) + parts_->head.size() * sizeof(float*);
}

}  // namespace recur
