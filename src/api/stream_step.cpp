// Where streams that step together keep what, and their step: all layers and the head.
#include <algorithm>

#include "api/stream_model.h"
#include "base/flush_to_zero.h"

namespace recur {

StreamMemory StreamModel::Parts::lay_out(const Layout& layout, float* base) const {
  const Index rows = layout.batch();
  StreamMemory memory{.rows = rows, .floats = rows * state_floats};
  const auto take = [&](Index size) {
    float* const at = base == nullptr ? nullptr : base + memory.floats;
    memory.floats += padded(size);
    return at;
  };
  std::vector<ScanArgs<float>> scans;
  Index work = 0;
  for (const StreamLayer& layer : layers) {
    const Index hidden = layer.weights.shape.hidden;
    ScanArgs<float> a{.weights = &layer.weights, .layout = &layout};
    a.y = take(rows * layer.width());
    if (layer.whole_input) a.pre = take(rows * cell->x_gates() * hidden);
    for (std::size_t s = 0; s < cell->states.size(); ++s) {
      a.zoneout[s] = zoneout;
      if (s > 0 && zoneout > 0) a.states[s] = take(rows * hidden);
      if (base != nullptr) a.initial[s] = a.final_state[s] = base + rows * layer.state[s];
    }
    work = std::max(work, scan_workspace(a));
    scans.push_back(a);
  }
  memory.linear.reserve(head.size());
  memory.scans.reserve(layers.size());
  for (const StreamLinear& layer : head) memory.linear.push_back(take(rows * layer.output));
  float* const workspace = take(work);
  memory.pre = scans[0].pre;
  if (base != nullptr)
    for (const ScanArgs<float>& a : scans) memory.scans.emplace_back(a, workspace);
  return memory;
}

void StreamModel::Parts::step(StreamMemory& memory, const float* x, const float* pre) const noexcept {
  const FlushToZero guard;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    ScanStep<float>& scan = memory.scans[i];
    scan.read(x, i == 0 ? pre : nullptr);
    if (layers[i].residual) k.add(memory.rows * layers[i].width(), x, scan.y());
    x = scan.y();
  }
  answer(memory, x);
}

void StreamModel::Parts::answer(StreamMemory& memory, const float* x) const noexcept {
  for (std::size_t i = 0; i < head.size(); ++i) {
    const StreamLinear& layer = head[i];
    float* const y = memory.linear[i];
    k.gemm({.rows = memory.rows,
            .a = x,
            .a_stride = layer.input,
            .b = layer.panels,
            .bias = layer.bias.data(),
            .y = y,
            .y_stride = layer.output});
    if (i + 1 < head.size()) k.activate(Activation::relu, memory.rows * layer.output, y, y);
    x = y;
  }
}

}  // namespace recur
