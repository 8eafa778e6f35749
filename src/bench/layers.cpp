// One recurrent layer alone: forward and backward for training, forward for inference.
#include "base/random.h"
#include "bench/random_data.h"
#include "bench/workload.h"
#include "kernels/cell_registry.h"
#include "nn/losses.h"
#include "nn/recurrent.h"

namespace recur {
namespace {

struct LayerSpec {
  std::string name;
  RecurrentConfig layer;
  Index batch, steps;
  bool ragged = false, training = true;
};

LayoutPtr layout_of(const LayerSpec& spec) {
  if (!spec.ragged) return Layout::dense(spec.steps, spec.batch);
  Random random(7);
  std::vector<Index> lengths;
  for (Index n = 0; n < spec.batch; ++n) lengths.push_back(1 + random.next_below(spec.steps));
  return Layout::ragged(lengths);
}

class Layer {
 public:
  Layer(const LayerSpec& spec, ThreadPool& pool)
      : spec_(spec),
        pool_(pool),
        recurrent_(spec.layer, parameters_),
        layout_(layout_of(spec)),
        x_(random_values({layout_->rows(), spec.layer.input_size}, 1)),
        dx_(Tensor::zeros(x_.shape())),
        dy_(random_values({layout_->rows(), recurrent_.output_size()}, 2)) {
    std::uint64_t seed = 3;
    for (Parameter& p : parameters_) fill_random(p.value, 0.1, seed++);
    cell_ = &recurrent_.cell();
  }

  void run() {
    if (!spec_.training) {
      recurrent_.forward(Pass{.pool = pool_}, {Var(x_), layout_}, recurrent_.zero_state(spec_.batch));
      return;
    }
    tape_.clear();
    const Pass pass{.pool = pool_, .tape = &tape_, .training = true};
    const RecurrentOutput out =
        recurrent_.forward(pass, {tape_.leaf(x_, dx_), layout_}, recurrent_.zero_state(spec_.batch));
    // A loss whose gradient is dy, as a layer above would hand it down.
    const Var loss =
        record(Tensor::zeros({1}), {&out.y.rows}, [&, y = out.y.rows](Gradients& g, const Tensor&) {
          std::copy_n(dy_.data<float>(), dy_.size(), g.of(y).data<float>());
        });
    tape_.backward(loss);
    for (Parameter& p : parameters_) ++p.version;  // in training weights change, and are packed again
  }

  double flop() const {
    const auto h = static_cast<double>(spec_.layer.hidden_size[0]),
               i = static_cast<double>(spec_.layer.input_size);
    return (spec_.training ? 3.0 : 1.0) * static_cast<double>(layout_->rows()) * 2 * h *
           (static_cast<double>(cell_->x_gates()) * i + static_cast<double>(cell_->h_gates()) * h);
  }
  double rows() const { return static_cast<double>(layout_->rows()); }

 private:
  LayerSpec spec_;
  ThreadPool& pool_;
  Parameters parameters_;
  Recurrent recurrent_;
  const Cell* cell_ = nullptr;
  LayoutPtr layout_;
  Tensor x_, dx_, dy_;
  Tape tape_;
};

Workload workload_of(const LayerSpec& spec) {
  return {.name = spec.name, .prepare = [spec](ThreadPool& pool) {
            const auto layer = std::make_shared<Layer>(spec, pool);
            return PreparedWork{
                .run = [layer] { layer->run(); }, .items = layer->rows(), .flop = layer->flop()};
          }};
}

RecurrentConfig square(const char* cell, Index width) {
  return {.cell = cell, .input_size = width, .hidden_size = {width}};
}

}  // namespace

std::vector<Workload> layer_workloads() {
  std::vector<Workload> list;
  struct Size {
    Index steps, batch, width;
  };
  for (const std::string cell : {"lstm", "gru", "rnn_tanh"})
    for (const Size& s : {Size{64, 32, 256}, {35, 20, 650}, {50, 50, 512}, {20, 20, 200}, {60, 32, 50}}) {
      const std::string size = "layer/" + cell.substr(0, cell.find('_')) + "-" + std::to_string(s.width) +
                               "-b" + std::to_string(s.batch) + "-t" + std::to_string(s.steps);
      const auto add = [&](const char* suffix, auto&& change) {
        LayerSpec spec{.name = size + suffix,
                       .layer = square(cell.c_str(), s.width),
                       .batch = s.batch,
                       .steps = s.steps};
        change(spec);
        list.push_back(workload_of(spec));
      };
      add("", [](LayerSpec&) {});
      add("-ragged", [](LayerSpec& l) { l.ragged = true; });
      add("-ln", [](LayerSpec& l) { l.layer.layer_norm = true; });
      add("-dropout", [](LayerSpec& l) { l.layer.recurrent_dropout = 0.25; });
      add("-zoneout", [](LayerSpec& l) { l.layer.zoneout = 0.1; });
      add("-ln-dropout-zoneout", [](LayerSpec& l) {
        l.layer.layer_norm = true;
        l.layer.recurrent_dropout = 0.25;
        l.layer.zoneout = 0.1;
      });
    }
  return list;
}

std::vector<Workload> inference_workloads() {
  std::vector<Workload> list;
  for (const Index width : {128, 256, 512})
    for (const Index batch : {1, 4, 32})
      list.push_back(
          workload_of({.name = "infer/lstm-" + std::to_string(width) + "-b" + std::to_string(batch) + "-t100",
                       .layer = square("lstm", width),
                       .batch = batch,
                       .steps = 100,
                       .training = false}));
  return list;
}

}  // namespace recur
