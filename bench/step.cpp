// One step of batch 1: nanoseconds of Stream::step() for layers of several sizes, medians of many short runs.
//
//   step [CELL…]        one layer that reads as many numbers as it has units, and a head of one output
#include <recur/stream.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include "formats/model_file.h"
#include "kernels/cell_registry.h"

namespace recur {
namespace {

/// A model file of random weights.
std::string random_model(const Cell& cell, Index width) {
  std::mt19937 random(1);
  std::uniform_real_distribution<float> draw(-0.1F, 0.1F);
  ModelFile file{.task = "bench", .metrics = nlohmann::json::object(), .data_sha256 = "-", .isa = "-"};
  file.config["model"] = {{"cell", cell.name},   {"hidden_size", {width}}, {"head", nlohmann::json::array()},
                          {"proj_size", 0},      {"bidirectional", false}, {"residual", false},
                          {"layer_norm", false}, {"zoneout", 0.0}};
  const auto add = [&](const char* name, const Shape& shape) {
    Tensor t = Tensor::empty(shape);
    std::generate_n(t.data<float>(), t.size(), [&] { return draw(random); });
    if (t.size() > 0) file.tensors.push_back({name, t});
  };
  add("encoder.weight_ih_l0", {cell.x_gates() * width, width});
  add("encoder.weight_hh_l0", {cell.h_gates() * width, width});
  add("encoder.bias_l0", {static_cast<Index>(cell.gates.size()) * width});
  add("encoder.weight_unit_l0", {static_cast<Index>(cell.unit_weights.size()), width});
  add("head.0.weight", {1, width});
  add("head.0.bias", {1});
  return file.to_bytes();
}

double nanoseconds_a_step(Stream& stream, const std::vector<float>& x) {
  using Clock = std::chrono::steady_clock;
  constexpr int kSteps = 200, kRuns = 301;
  std::vector<double> runs;
  for (int run = 0; run < kRuns; ++run) {
    const auto begin = Clock::now();
    for (int i = 0; i < kSteps; ++i) stream.step(x);
    runs.push_back(std::chrono::duration<double, std::nano>(Clock::now() - begin).count() / kSteps);
  }
  std::nth_element(runs.begin(), runs.begin() + kRuns / 2, runs.end());
  return runs[kRuns / 2];
}

}  // namespace
}  // namespace recur

int main(int argc, char** argv) {
  using namespace recur;
  std::vector<std::string> cells(argv + 1, argv + argc);
  if (cells.empty()) cells = {"lstm", "gru"};
  std::printf("%s, ns a step\n", std::string(name(current_isa())).c_str());
  for (const std::string& cell : cells) {
    for (const Index width : {32, 64, 128, 256, 512}) {
      Stream stream(StreamModel::parse(random_model(find_cell(cell), width), "bench"));
      std::vector<float> x(static_cast<std::size_t>(width), 0.5F);
      std::printf("%-16s %4d %9.0f\n", cell.c_str(), static_cast<int>(width), nanoseconds_a_step(stream, x));
    }
  }
}
