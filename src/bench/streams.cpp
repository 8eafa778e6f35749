// One step of one stream, as a program that embeds a model takes it.
#include <recur/stream.h>

#include <chrono>

#include "bench/random_data.h"
#include "bench/workload.h"
#include "formats/model_file.h"
#include "kernels/cell_registry.h"

namespace recur {
namespace {

enum class Weights { fp32, bf16, int8 };

/// A model file of random weights: one layer that reads as many numbers as it has units, one output.
std::string random_model(const Cell& cell, Index width, Weights weights) {
  ModelFile file{.task = "bench", .metrics = nlohmann::json::object(), .data_sha256 = "-", .isa = "-"};
  file.config["model"] = {{"cell", cell.name},   {"hidden_size", {width}}, {"head", nlohmann::json::array()},
                          {"proj_size", 0},      {"bidirectional", false}, {"residual", false},
                          {"layer_norm", false}, {"zoneout", 0.0}};
  const auto add = [&](const char* name, const Shape& shape) {
    const Tensor t = Tensor::empty(shape);
    fill_random(t, 0.1, file.tensors.size() + 1);
    if (t.size() == 0) return;
    NamedTensor& added = file.tensors.emplace_back(NamedTensor{name, t});
    if (shape.rank() < 2) return;
    if (weights == Weights::bf16) added.bf16 = true;
    if (weights == Weights::int8 && added.name.starts_with("encoder.")) {
      added.scales = Tensor::empty({shape[0]});
      std::fill_n(added.scales.data<float>(), shape[0], 0.1F / 127);
    }
  };
  add("encoder.weight_ih_l0", {cell.x_gates() * width, width});
  add("encoder.weight_hh_l0", {cell.h_gates() * width, width});
  add("encoder.bias_l0", {static_cast<Index>(cell.gates.size()) * width});
  add("encoder.weight_unit_l0", {static_cast<Index>(cell.unit_weights.size()), width});
  add("head.0.weight", {1, width});
  add("head.0.bias", {1});
  return file.to_bytes();
}

struct Steps {
  static constexpr Index kSteps = 200;      // of a run
  static constexpr Index kTimed = 100'000;  // single steps, for the tails

  Steps(const Cell& cell, Index width, Weights weights)
      : stream(StreamModel::parse(random_model(cell, width, weights), "bench")),
        x(static_cast<std::size_t>(width), 0.5F) {}
  Stream stream;
  std::vector<float> x;
};

Workload stream_workload(const char* name, Index width, Weights weights) {
  const char* const suffix = weights == Weights::bf16 ? "-bf16" : weights == Weights::int8 ? "-int8" : "";
  return {.name = "stream/" + std::string(name) + "-" + std::to_string(width) + suffix,
          .prepare = [=](ThreadPool&) {
            const Cell& cell = find_cell(name);
            const auto steps = std::make_shared<Steps>(cell, width, weights);
            const auto h = static_cast<double>(width);
            return PreparedWork{
                .run =
                    [steps] {
                      for (Index i = 0; i < Steps::kSteps; ++i) steps->stream.step(steps->x);
                    },
                .items = static_cast<double>(Steps::kSteps),
                .flop = static_cast<double>(Steps::kSteps) * 2 * h * h *
                        static_cast<double>(cell.x_gates() + cell.h_gates()),
                .steps = Steps::kSteps,
                .time_steps =
                    [steps](std::vector<double>& seconds) {
                      using Clock = std::chrono::steady_clock;
                      for (Index i = 0; i < Steps::kTimed; ++i) {
                        const auto begin = Clock::now();
                        steps->stream.step(steps->x);
                        seconds.push_back(std::chrono::duration<double>(Clock::now() - begin).count());
                      }
                    }};
          }};
}

}  // namespace

std::vector<Workload> stream_workloads() {
  std::vector<Workload> list;
  for (const char* name : {"lstm", "gru"})
    for (const Weights weights : {Weights::fp32, Weights::bf16, Weights::int8})
      for (const Index width : {16, 32, 64, 128, 256, 512})
        list.push_back(stream_workload(name, width, weights));
  return list;
}

}  // namespace recur
