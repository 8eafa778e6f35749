// Stacks of recurrent layers as a model uses them, on the tape, against every golden case that needs no given
// masks.
#include "nn/recurrent.h"

#include <gtest/gtest.h>

#include <cstring>

#include "golden/cell_case.h"

namespace recur {
namespace {

template <class T>
Tensor tensor_of(const std::vector<T>& values, const Shape& shape) {
  Tensor t = Tensor::empty(shape, kDType<T>);
  RECUR_ASSERT(t.size() == static_cast<Index>(values.size()));
  std::copy(values.begin(), values.end(), t.data<T>());
  return t;
}
template <class T>
std::vector<T> values_of(const Tensor& t) {
  return {t.data<T>(), t.data<T>() + t.size()};
}

/// L = Σ_k <outputs_k, upstream_k>, so that what goes back from it is `upstream`.
template <class T>
Var projection(Tape& tape, const std::vector<Var>& outputs, const std::vector<Tensor>& upstream) {
  return record<1>(&tape, {Tensor::zeros({}, kDType<T>)}, [=](Gradients& g, const std::array<Tensor, 1>&) {
    for (std::size_t k = 0; k < outputs.size(); ++k) {
      const Tensor d = g.of(outputs[k]);
      for (Index j = 0; d.defined() && j < d.size(); ++j) d.data<T>()[j] += upstream[k].template data<T>()[j];
    }
  })[0];
}

template <class T>
void check_case(const CellCase& info, ThreadPool& pool) {
  const auto& s = info.settings;
  const std::string merge = s["merge"];
  Parameters parameters(kDType<T>);
  Recurrent layers({.cell = s["cell"],
                    .input_size = s["input_size"],
                    .hidden_size = s["hidden_size"],
                    .bidirectional = s["bidirectional"],
                    .merge = merge == "sum"   ? Merge::sum
                             : merge == "ave" ? Merge::ave
                             : merge == "mul" ? Merge::mul
                                              : Merge::concat,
                    .residual = s["residual"],
                    .layer_norm = s["layer_norm"],
                    .proj_size = s["proj_size"],
                    .zoneout = s["zoneout"]},
                   parameters);
  for (Parameter& p : parameters) {
    ASSERT_TRUE(info.has(p.name)) << info.name << "/" << p.name;
    p.value = tensor_of(info.values<T>(p.name), p.value.shape());
    ++p.version;
  }

  Tape tape;
  const Pass pass{.pool = pool, .tape = &tape};
  const Index I = s["input_size"], rows = info.layout->rows();
  const Var x = tape.leaf(tensor_of(info.pack(info.values<T>("x")), {rows, I}));
  RecurrentState initial = layers.zero_state(info.batch());
  // "h_l0" is called h_0_l0 before the first step and h_n_l0 after the last.
  const auto state_at = [&](std::size_t part, const char* when) {
    std::string name = layers.state_name(part);
    return name.insert(name.find("_l"), when);
  };
  for (std::size_t k = 0; k < initial.parts.size(); ++k) {
    const std::string name = state_at(k, "_0");
    EXPECT_EQ(info.has(name), s["initial_state"].get<bool>()) << name;
    if (info.has(name))
      initial.parts[k] = tape.leaf(tensor_of(info.values<T>(name), initial.parts[k].shape()));
  }

  const RecurrentOutput out = layers.forward(pass, {x, info.layout}, initial);
  info.expect_near(info.unpack(values_of<T>(out.y.rows.value), layers.output_size()), "y");
  std::vector<Var> outputs{out.y.rows};
  std::vector<Tensor> upstream{tensor_of(info.pack(info.values<T>("dy")), out.y.rows.shape())};
  for (std::size_t k = 0; k < out.state.parts.size(); ++k) {
    const std::string name = state_at(k, "_n");
    info.expect_near(values_of<T>(out.state.parts[k].value), name);
    outputs.push_back(out.state.parts[k]);
    upstream.push_back(tensor_of(info.values<T>("d" + name), out.state.parts[k].shape()));
  }

  tape.backward(projection<T>(tape, outputs, upstream));
  const auto gradient = [&](const Var& leaf) {
    const Tensor g = tape.gradient(leaf);
    return g.defined() ? values_of<T>(g) : std::vector<T>(static_cast<std::size_t>(leaf.value.size()));
  };
  info.expect_near(info.unpack(gradient(x), I), "dx");
  for (std::size_t k = 0; k < initial.parts.size(); ++k)
    if (const std::string name = "d" + state_at(k, "_0"); info.has(name))
      info.expect_near(gradient(initial.parts[k]), name);
  std::size_t compared = 0;
  for (const Parameter& p : parameters) {
    info.expect_near(values_of<T>(p.gradient), "d" + p.name);
    ++compared;
  }
  EXPECT_GE(compared, 2U);
}

template <class T>
void check_cell(const char* cell, ThreadPool& pool) {
  const Golden golden(cell);
  int seen = 0;
  for (const std::string& name : golden.cases()) {
    const CellCase info(golden, name);
    if (info.settings["zoneout_training"] || info.settings["recurrent_dropout"] > 0) continue;
    ++seen;
    check_case<T>(info, pool);
  }
  EXPECT_GE(seen, 10);
}

class GoldenRecurrent : public testing::TestWithParam<const char*> {
 protected:
  ThreadPool alone_{1};
};

TEST_P(GoldenRecurrent, Float) { check_cell<float>(GetParam(), alone_); }
TEST_P(GoldenRecurrent, Double) { check_cell<double>(GetParam(), alone_); }

/// More threads than some cases have sequences: the scan and the weights are cut into slices.
TEST(GoldenRecurrentThreads, Five) {
  ThreadPool pool(5);
  check_cell<double>("gru_reset_before", pool);
}

INSTANTIATE_TEST_SUITE_P(Cells, GoldenRecurrent,
                         testing::Values("rnn_tanh", "rnn_relu", "lstm", "lstm_peephole", "lstm_coupled",
                                         "gru", "gru_reset_before", "mingru", "minlstm"),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace recur
