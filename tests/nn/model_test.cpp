#include "nn/model.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/flush_to_zero.h"
#include "nn/ops.h"
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

TEST(Model, PooledHasOneRowASequenceInTheirOrderAloneOrInABatch) {
  for (const Pool pool : {Pool::last, Pool::mean, Pool::max, Pool::attention}) {
    ThreadPool threads(2);
    Model model({.cell = "gru", .hidden_size = {5}, .bidirectional = true, .head = {4}},
                {.features = 3, .outputs = 2, .pool = PoolConfig{.pool = pool, .attention_size = 6}});
    Random random(5);
    test::fill_normal(model.parameters(), random);
    const std::vector<Index> lengths{3, 7, 0, 4};
    const auto run = [&](std::span<const Index> wanted, const Tensor& padded) {
      const LayoutPtr layout = Layout::ragged(wanted);
      return model
          .forward(Pass{.pool = threads}, Sequence{Var(pack_rows(padded, *layout)), layout},
                   model.encoder().zero_state(static_cast<Index>(wanted.size())))
          .y.value;
    };
    const Tensor padded = test::normal({7, 4, 3}, DType::f32, random);
    const Tensor together = run(lengths, padded);
    EXPECT_EQ(together.shape(), (Shape{4, 2}));
    for (Index n = 0; n < 4; ++n) {
      const Tensor alone = Tensor::empty({7, 1, 3});
      for (Index t = 0; t < 7; ++t)
        std::copy_n(padded.data<float>() + (t * 4 + n) * 3, 3, alone.data<float>() + t * 3);
      test::expect_same_bits(run(std::span(lengths).subspan(static_cast<std::size_t>(n), 1), alone),
                             together.rows(n, n + 1), "alone");
    }
  }
}

TEST(Model, InitialisesWhatPools) {
  Model model(
      {.hidden_size = {5}},
      {.features = 3, .outputs = 2, .pool = PoolConfig{.pool = Pool::attention, .attention_size = 6}});
  model.initialise(1);
  const Tensor& w = model.parameters().find("pool.weight")->value;
  EXPECT_TRUE(std::any_of(w.data<float>(), w.data<float>() + w.size(), [](float x) { return x != 0; }));
}

// A text may be empty, and be all of a batch.
TEST(Model, ABatchOfEmptySequencesGoesThrough) {
  for (const Merge merge : {Merge::concat, Merge::sum, Merge::mul}) {
    ThreadPool pool(2);
    Model model({.hidden_size = {6, 5}, .bidirectional = true, .merge = merge, .dropout = 0.5, .head = {4}},
                {.features = 3, .outputs = 2});
    for (const Index batch : {1, 3}) {
      Tape tape;
      const ModelOutput out = model.forward(Pass{.pool = pool, .tape = &tape, .training = true},
                                            Sequence{Var(Tensor::empty({0, 3})), Layout::dense(0, batch)},
                                            model.encoder().zero_state(batch));
      EXPECT_EQ(out.y.shape(), (Shape{0, 2}));
      EXPECT_EQ(out.state.parts.back().shape(), (Shape{batch, 5}));
    }
  }
}

}  // namespace
}  // namespace recur
