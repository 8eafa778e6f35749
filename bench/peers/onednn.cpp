// The layers of `recur bench` by oneDNN's own recurrent primitives. Reads names from standard input, a line
// each, and answers with the seconds of one run: the best within a turn of TURN seconds (argument 1); "none"
// for what oneDNN has not. Weights are brought into its order once, outside the time; recur packs its weights
// again in each training step.
//
//   g++ -std=c++20 -O2 onednn.cpp -ldnnl -o onednn
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <limits>
#include <map>
#include <oneapi/dnnl/dnnl.hpp>
#include <optional>
#include <string>
#include <unordered_map>

namespace {

using dnnl::memory;
using Arguments = std::unordered_map<int, memory>;

const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
dnnl::stream stream(engine);

memory::desc any(const memory::dims& dims) { return {dims, memory::data_type::f32, memory::format_tag::any}; }

/// Memory of small random values: of zeros every product would be a special case.
memory random_memory(const memory::desc& desc) {
  memory m(desc, engine);
  auto* const values = static_cast<float*>(m.get_data_handle());
  std::uint32_t state = 1;
  for (std::size_t i = 0; i < desc.get_size() / sizeof(float); ++i) {
    state = state * 1664525 + 1013904223;
    values[i] = static_cast<float>(state >> 8) / (1 << 24) * 0.2F - 0.1F;
  }
  return m;
}

struct Task {
  std::string kind, cell;
  memory::dim hidden = 0, batch = 0, steps = 0;
};

/// "layer/lstm-256-b32-t64", "infer/lstm-128-b1-t100", without further options.
std::optional<Task> parse(const std::string& name) {
  char kind[16], cell[16], rest[2];
  long hidden, batch, steps;
  const int read = std::sscanf(name.c_str(), "%15[a-z]/%15[a-z]-%ld-b%ld-t%ld%1s", kind, cell, &hidden,
                               &batch, &steps, rest);
  if (read != 5) return std::nullopt;
  return Task{kind, cell, hidden, batch, steps};
}

/// A cell's primitives, which differ by its descriptors only.
struct Lstm {
  using Forward = dnnl::lstm_forward;
  using Backward = dnnl::lstm_backward;
  static constexpr memory::dim gates = 4, biases = 4;
};
struct Gru {  // reset after, as everywhere in PyTorch and recur
  using Forward = dnnl::lbr_gru_forward;
  using Backward = dnnl::lbr_gru_backward;
  static constexpr memory::dim gates = 3, biases = 4;
};
struct Rnn {
  using Forward = dnnl::vanilla_rnn_forward;
  using Backward = dnnl::vanilla_rnn_backward;
  static constexpr memory::dim gates = 1, biases = 1;
};

template <class Cell>
class Layer {
 public:
  explicit Layer(const Task& t) {
    const bool training = t.kind == "layer";
    const auto kind = training ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference;
    const auto direction = dnnl::rnn_direction::unidirectional_left2right;
    const memory::desc sequence({t.steps, t.batch, t.hidden}, memory::data_type::f32,
                                memory::format_tag::tnc);
    const memory::desc state({1, 1, t.batch, t.hidden}, memory::data_type::f32, memory::format_tag::ldnc);
    const auto weights = any({1, 1, t.hidden, Cell::gates, t.hidden});
    const memory::desc bias({1, 1, Cell::biases, t.hidden}, memory::data_type::f32, memory::format_tag::ldgo);
    const auto forward = [&] {
      if constexpr (std::is_same_v<Cell, Lstm>)
        return typename Cell::Forward::desc(kind, direction, sequence, state, state, weights, weights, bias,
                                            sequence, state, state);
      else if constexpr (std::is_same_v<Cell, Gru>)
        return typename Cell::Forward::desc(kind, direction, sequence, state, weights, weights, bias,
                                            sequence, state);
      else
        return typename Cell::Forward::desc(kind, dnnl::algorithm::eltwise_tanh, direction, sequence, state,
                                            weights, weights, bias, sequence, state);
    }();
    const typename Cell::Forward::primitive_desc made(forward, engine);
    forward_ = typename Cell::Forward(made);
    forward_arguments_ = {{DNNL_ARG_SRC_LAYER, random_memory(sequence)},
                          {DNNL_ARG_SRC_ITER, random_memory(state)},
                          {DNNL_ARG_WEIGHTS_LAYER, random_memory(made.weights_layer_desc())},
                          {DNNL_ARG_WEIGHTS_ITER, random_memory(made.weights_iter_desc())},
                          {DNNL_ARG_BIAS, random_memory(bias)},
                          {DNNL_ARG_DST_LAYER, random_memory(sequence)},
                          {DNNL_ARG_DST_ITER, random_memory(state)}};
    if constexpr (std::is_same_v<Cell, Lstm>) {
      forward_arguments_[DNNL_ARG_SRC_ITER_C] = random_memory(state);
      forward_arguments_[DNNL_ARG_DST_ITER_C] = random_memory(state);
    }
    if (!training) return;
    forward_arguments_[DNNL_ARG_WORKSPACE] = memory(made.workspace_desc(), engine);

    const auto backward = [&] {
      const auto back = dnnl::prop_kind::backward;
      if constexpr (std::is_same_v<Cell, Lstm>)
        return typename Cell::Backward::desc(back, direction, sequence, state, state, weights, weights, bias,
                                             sequence, state, state, sequence, state, state, weights, weights,
                                             bias, sequence, state, state);
      else if constexpr (std::is_same_v<Cell, Gru>)
        return
            typename Cell::Backward::desc(back, direction, sequence, state, weights, weights, bias, sequence,
                                          state, sequence, state, weights, weights, bias, sequence, state);
      else
        return typename Cell::Backward::desc(back, dnnl::algorithm::eltwise_tanh, direction, sequence, state,
                                             weights, weights, bias, sequence, state, sequence, state,
                                             weights, weights, bias, sequence, state);
    }();
    const typename Cell::Backward::primitive_desc made_back(backward, engine, made);
    backward_ = typename Cell::Backward(made_back);
    backward_arguments_ = forward_arguments_;
    backward_arguments_[DNNL_ARG_WEIGHTS_LAYER] = random_memory(made_back.weights_layer_desc());
    backward_arguments_[DNNL_ARG_WEIGHTS_ITER] = random_memory(made_back.weights_iter_desc());
    const auto both = [&](int what, const memory::desc& desc) {
      backward_arguments_[what] = random_memory(desc);
    };
    both(DNNL_ARG_DIFF_SRC_LAYER, sequence);
    both(DNNL_ARG_DIFF_SRC_ITER, state);
    both(DNNL_ARG_DIFF_WEIGHTS_LAYER, made_back.diff_weights_layer_desc());
    both(DNNL_ARG_DIFF_WEIGHTS_ITER, made_back.diff_weights_iter_desc());
    both(DNNL_ARG_DIFF_BIAS, bias);
    both(DNNL_ARG_DIFF_DST_LAYER, sequence);
    both(DNNL_ARG_DIFF_DST_ITER, state);
    if constexpr (std::is_same_v<Cell, Lstm>) {
      both(DNNL_ARG_DIFF_SRC_ITER_C, state);
      both(DNNL_ARG_DIFF_DST_ITER_C, state);
    }
  }

  void run() {
    forward_.execute(stream, forward_arguments_);
    if (backward_) backward_.execute(stream, backward_arguments_);
    stream.wait();
  }

 private:
  dnnl::primitive forward_, backward_;
  Arguments forward_arguments_, backward_arguments_;
};

template <class Cell>
double best_seconds(const Task& task, double turn) {
  Layer<Cell> layer(task);
  layer.run();
  double best = std::numeric_limits<double>::infinity(), spent = 0;
  do {
    const auto begin = std::chrono::steady_clock::now();
    layer.run();
    const double took = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    best = std::min(best, took);
    spent += took;
  } while (spent < turn);
  return best;
}

}  // namespace

int main(int argc, char** argv) {
  const double turn = argc > 1 ? std::atof(argv[1]) : 0.1;
  for (std::string name; std::getline(std::cin, name);) {
    const auto task = parse(name);
    if (name == "version") {
      const dnnl_version_t* v = dnnl_version();
      std::printf("%d.%d.%d\n", v->major, v->minor, v->patch);
    } else if (!task || (task->cell != "lstm" && task->cell != "gru" && task->cell != "rnn")) {
      std::puts("none");
    } else {
      std::printf("%.9f\n", task->cell == "lstm"  ? best_seconds<Lstm>(*task, turn)
                            : task->cell == "gru" ? best_seconds<Gru>(*task, turn)
                                                  : best_seconds<Rnn>(*task, turn));
    }
    std::fflush(stdout);
  }
}
