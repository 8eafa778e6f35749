// The state of a batch as a value: sequences chosen from it, and begun anew.
#include <gtest/gtest.h>

#include "nn/recurrent.h"
#include "nn/support.h"

namespace recur {
namespace {

using namespace test;

struct StateTest : testing::Test {
  StateTest() {
    Random random(3);
    for (const Index width : {2, 3}) state.parts.emplace_back(normal({3, width}, DType::f32, random));
  }
  RecurrentState state;
};

TEST_F(StateTest, ResettingSequencesLeavesTheOthersAndTheCopies) {
  const RecurrentState before = state.select({0, 1, 2}), shared = state;
  state.reset({0, 2});
  for (std::size_t part = 0; part < 2; ++part) {
    const Tensor& now = state.parts[part].value;
    const Index width = now.dim(1);
    for (const Index row : {0, 2})
      EXPECT_EQ(values_of(now.rows(row, row + 1)), std::vector<double>(static_cast<std::size_t>(width), 0.0));
    expect_same_bits(now.rows(1, 2), before.parts[part].value.rows(1, 2), "the sequence that goes on");
    expect_same_bits(shared.parts[part].value, before.parts[part].value, "a copy made before");
  }
}

TEST_F(StateTest, SelectingMayRepeat) {
  const RecurrentState chosen = state.select({2, 0, 2});
  for (std::size_t part = 0; part < 2; ++part) {
    const Tensor &from = state.parts[part].value, &to = chosen.parts[part].value;
    expect_same_bits(to.rows(0, 1), from.rows(2, 3), "first");
    expect_same_bits(to.rows(1, 2), from.rows(0, 1), "second");
    expect_same_bits(to.rows(2, 3), from.rows(2, 3), "third");
  }
}

TEST_F(StateTest, AfterAResetASequenceGoesOnAsANewOne) {
  ThreadPool pool(1);
  for (const char* cell : {"lstm", "gru_reset_before"}) {
    Random random(4);
    Parameters parameters;
    Recurrent stack({.cell = cell, .input_size = 2, .hidden_size = {4, 3}}, parameters);
    fill_normal(parameters, random);
    const auto run = [&](RecurrentState from, const Tensor& x, Index batch) {
      return stack.forward(Pass{.pool = pool}, Sequence{Var(x), Layout::dense(3, batch)}, from);
    };
    RecurrentState after = run(stack.zero_state(2), normal({6, 2}, DType::f32, random), 2).state;
    after.reset({1});
    const Tensor x = normal({6, 2}, DType::f32, random), alone = Tensor::empty({3, 2});
    for (Index t = 0; t < 3; ++t)
      std::copy_n(x.data<float>() + (t * 2 + 1) * 2, 2, alone.data<float>() + t * 2);
    const Tensor together = run(after, x, 2).y.rows.value,
                 anew = run(stack.zero_state(1), alone, 1).y.rows.value;
    for (Index t = 0; t < 3; ++t)
      expect_same_bits(together.rows(t * 2 + 1, t * 2 + 2), anew.rows(t, t + 1), cell);
  }
}

}  // namespace
}  // namespace recur
