// What a stream is made of.
#pragma once

#include <cstring>

#include "api/stream_model.h"
#include "base/flush_to_zero.h"

namespace recur {

struct Stream::Parts {
  std::shared_ptr<const StreamModel> model;
  AlignedBuffer<float> buffer;
  StreamMemory memory;

  explicit Parts(std::shared_ptr<const StreamModel> of)
      : model(std::move(of)),
        buffer(fixed().stream_floats),
        memory(fixed().lay_out(*fixed().one_step, buffer.data())) {
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

  /// What the last layer gave last. It is a function of the states, so no state holds it.
  const float* top() noexcept {
    const float* x = nullptr;
    for (std::size_t i = 0; i < memory.scans.size(); ++i) {
      const StreamLayer& layer = fixed().layers[i];
      float* const y = memory.scans[i].y();
      std::memcpy(y, memory.scans[i].state(0), static_cast<std::size_t>(layer.width()) * sizeof(float));
      if (layer.residual) fixed().k.add(layer.width(), x, y);
      x = y;
    }
    return x;
  }

  void resume() noexcept {
    const FlushToZero guard;
    fixed().answer(memory, top());
  }
};

}  // namespace recur
