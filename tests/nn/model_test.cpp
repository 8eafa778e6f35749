#include "nn/model.h"

#include <gtest/gtest.h>

#include "base/flush_to_zero.h"
#include "support.h"

namespace recur {
namespace {

TEST(Model, BitsDoNotDependOnTheFloatingPointModeAroundIt) {
  for (const char* cell : {"gru", "rnn_relu", "lstm_peephole"}) {
    ThreadPool pool(2);
    Model model({.cell = cell, .hidden_size = {6, 6}, .residual = true, .layer_norm = false, .head = {4}},
                {.features = 3, .outputs = 2});
    Random random(5);
    test::fill_normal(model.parameters(), random);
    for (Parameter& p : model.parameters())  // every product and sum comes near the smallest numbers
      for (Index i = 0; i < p.value.size(); ++i) p.value.data<float>()[i] *= 1e-19F;
    Tensor x = test::normal({8, 3}, DType::f32, random);
    for (Index i = 0; i < x.size(); ++i) x.data<float>()[i] *= 1e-19F;
    const auto run = [&] {
      return model
          .forward(Pass{.pool = pool}, Sequence{Var(x), Layout::dense(4, 2)}, model.encoder().zero_state(2))
          .y.value;
    };
    const Tensor plain = run();
    const FlushToZero flush;
    test::expect_same_bits(run(), plain, cell);
  }
}

}  // namespace
}  // namespace recur
