// Stream: the scan, one step long, over a model that is opened.
#include <recur/stream.h>

#include <cstring>

#include "api/stream_model.h"
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

struct Stream::Parts {
  std::shared_ptr<const StreamModel> model;
  AlignedBuffer<float> buffer;
  StreamMemory memory;

  explicit Parts(std::shared_ptr<const StreamModel> of)
      : model(std::move(of)), buffer(fixed().stream_floats), memory(fixed().lay_out(buffer.data())) {
    std::memset(buffer.data(), 0, bytes());
    resume();
  }

  const StreamModel::Parts& fixed() const noexcept { return *model->parts_; }
  std::size_t bytes() const noexcept { return static_cast<std::size_t>(buffer.size()) * sizeof(float); }
  std::size_t state_bytes() const noexcept {
    return static_cast<std::size_t>(fixed().state_floats) * sizeof(float);
  }

  std::span<const float> outputs() const noexcept {
    return {memory.linear.back(), static_cast<std::size_t>(fixed().outputs)};
  }

  /// One step of all layers; x is null where the first layer's input product lies ready at `pre`.
  void read(const float* x, const float* pre) noexcept {
    const FlushToZero guard;
    const Kernels<float>& k = kernels<float>();
    for (std::size_t i = 0; i < memory.scans.size(); ++i) {
      const StreamLayer& layer = fixed().layers[i];
      ScanArgs<float>& a = memory.scans[i];
      a.x = x;
      a.weights_last_first = !a.weights_last_first;
      if (i == 0 && pre != nullptr) {
        a.pre = const_cast<float*>(pre);  // read only: scan_inputs() alone writes it
      } else if (layer.whole_input) {
        scan_inputs(a, memory.workspace);
      }
      scan_steps(a, memory.workspace);
      if (layer.residual) k.add(layer.width(), x, a.y);
      x = a.y;
    }
    answer(x);
  }

  /// What the last layer gave. It is a function of the states, so no state holds it.
  const float* top() noexcept {
    const Kernels<float>& k = kernels<float>();
    const float* x = nullptr;
    for (std::size_t i = 0; i < memory.scans.size(); ++i) {
      const StreamLayer& layer = fixed().layers[i];
      std::memcpy(memory.scans[i].y, memory.scans[i].initial[0],
                  static_cast<std::size_t>(layer.width()) * sizeof(float));
      if (layer.residual) k.add(layer.width(), x, memory.scans[i].y);
      x = memory.scans[i].y;
    }
    return x;
  }

  /// The head, of what the last layer gave.
  void answer(const float* x) noexcept {
    const Kernels<float>& k = kernels<float>();
    for (std::size_t i = 0; i < memory.linear.size(); ++i) {
      const StreamLinear& layer = fixed().head[i];
      k.gemm({.rows = 1,
              .a = x,
              .a_stride = layer.input,
              .b = layer.panels,
              .bias = layer.bias.data(),
              .y = memory.linear[i],
              .y_stride = layer.output});
      if (i + 1 < memory.linear.size())
        k.activate(Activation::relu, layer.output, memory.linear[i], memory.linear[i]);
      x = memory.linear[i];
    }
  }

  void resume() noexcept {
    const FlushToZero guard;
    answer(top());
  }
};

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
  const AlignedBuffer<float>& table = m.layers[0].table;
  if (table.size() > 0) {
    parts_->read(nullptr, table.data() + token * (table.size() / m.tokens));
  } else {
    parts_->read(m.embedding.data() + token * m.embedding_width, nullptr);
  }
  return parts_->outputs();
}

std::span<const float> Stream::step(std::span<const float> x) noexcept {
  const StreamModel::Parts& m = parts_->fixed();
  if (m.inputs == 0 || static_cast<Index>(x.size()) != m.inputs) return {};
  parts_->read(x.data(), nullptr);
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
  return static_cast<std::size_t>(parts_->stream_floats) * sizeof(float);
}

}  // namespace recur
