// The whole training step of a character language model against the machine's own GEMM, alternating in one
// run.
//
// Step: embedding 65→256, two LSTM layers of 256, linear to 65, cross-entropy at every step, 32 sequences of
// 64, clipping by norm 1, Adam. Peak: oneDNN's fp32 GEMM of 1024³ on the same number of threads. The work of
// a step is the arithmetic of its products, forward and twice that backward. The figure is the median of the
// ratios of neighbouring measurements.
#include <omp.h>
#include <oneapi/dnnl/dnnl.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "base/random.h"
#include "kernels/cell_registry.h"
#include "nn/losses.h"
#include "nn/model.h"
#include "train/clipping.h"
#include "train/optimizer.h"

namespace recur {
namespace {

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double median(std::vector<double> v) {
  std::nth_element(v.begin(), v.begin() + static_cast<std::ptrdiff_t>(v.size() / 2), v.end());
  return v[v.size() / 2];
}

/// Seconds of one call, the best of a few that take about 50 ms together.
template <class F>
double seconds(F&& f) {
  double best = 1e9, spent = 0;
  while (spent < 0.05) {
    const double begin = now();
    f();
    const double took = now() - begin;
    best = std::min(best, took);
    spent += took;
  }
  return best;
}

void run(const char* cell, Index threads, int rounds) {
  constexpr Index kV = 65, kH = 256, kN = 32, kT = 64;
  ThreadPool pool(threads);
  omp_set_num_threads(static_cast<int>(threads));
  ModelConfig config;
  config.cell = cell;
  config.embedding = kH;
  config.hidden_size = {kH, kH};
  Model model(config, {.tokens = kV, .outputs = kV});
  model.initialise(1);
  OptimizerConfig rule;
  Optimizer optimizer(rule, model.parameters());
  const Tensor ids = Tensor::empty({kT * kN}, DType::i32), targets = Tensor::empty({kT * kN}, DType::i32);
  Random random(1);
  for (Index i = 0; i < kT * kN; ++i) {
    ids.data<std::int32_t>()[i] = static_cast<std::int32_t>(random.next_below(kV));
    targets.data<std::int32_t>()[i] = static_cast<std::int32_t>(random.next_below(kV));
  }
  const LayoutPtr layout = Layout::dense(kT, kN);
  RecurrentState state = model.encoder().zero_state(kN);
  Tape tape;
  const auto step = [&] {
    model.parameters().zero_gradients();
    tape.clear();
    const Pass pass{.pool = pool, .tape = &tape, .training = true};
    ModelOutput out = model.forward(pass, ids, layout, state);
    state = out.state.detached();
    const Loss loss = cross_entropy(pass, out.y, targets);
    tape.backward(loss.value);
    const double norm = gradient_norms(model.parameters(), pool).total;
    optimizer.step({.learning_rate = 1e-3, .scale = clip_factor(norm, 1.0)}, pool);
  };
  const Cell& c = model.encoder().cell();
  const double products =
      2.0 * static_cast<double>(kH * kH * (c.x_gates() + c.h_gates())) * 2 + 2.0 * kH * kV;
  const double step_flop = 3.0 * products * kT * kN;

  const Index n = 1024;
  std::vector<float> a(static_cast<std::size_t>(n * n), 0.5F), b(a), y(a);
  const auto peak = [&] { dnnl_sgemm('N', 'N', n, n, n, 1, a.data(), n, b.data(), n, 0, y.data(), n); };
  const double peak_flop = 2.0 * n * n * n;
  step();
  step();
  peak();
  std::vector<double> ratios, times, rates;
  for (int round = 0; round < rounds; ++round) {
    const double before = seconds(peak), mine = seconds(step), after = seconds(peak);
    const double peak_rate = peak_flop / (0.5 * (before + after));
    times.push_back(mine);
    rates.push_back(peak_rate);
    ratios.push_back(step_flop / mine / peak_rate);
  }
  std::printf(
      "train/charlm-%s-2x256-b32-t64  threads %lld  %.1f ms a step  %.0f GFLOP/s  peak %.0f GFLOP/s  "
      "fraction %.3f\n",
      cell, static_cast<long long>(threads), 1e3 * median(times), 1e-9 * step_flop / median(times),
      1e-9 * median(rates), median(ratios));
}

}  // namespace
}  // namespace recur

int main(int count, char** arguments) {
  const int rounds = count > 1 ? std::atoi(arguments[1]) : 9;
  for (const char* cell : {"lstm", "gru"})
    for (const recur::Index threads : {recur::ThreadPool::available_cores(), recur::Index{1}})
      recur::run(cell, threads, rounds);
}
