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

Tensor some_ids(Index count, Index vocabulary) {
  Random random(8);
  Tensor ids = Tensor::empty({count}, DType::i32);
  for (Index i = 0; i < count; ++i)
    ids.data<std::int32_t>()[i] = static_cast<std::int32_t>(random.next_below(vocabulary));
  return ids;
}

// Everything of a language model at once, its activations' penalties included, in training.
TEST(Model, GradientsOfTiedWeightsAgreeWithFiniteDifferences) {
  ThreadPool pool(1);
  for (const bool tied : {false, true}) {
    Model model({.embedding = 4,
                 .embedding_dropout = 0.2,
                 .hidden_size = {6, 4},
                 .variational_dropout = {0.1, 0.2, 0.3},
                 .weight_drop = 0.3},
                {.tokens = 7, .outputs = 7, .tied = tied}, DType::f64);
    EXPECT_EQ(model.parameters().find("head.0.weight") == nullptr, tied);
    EXPECT_NE(model.parameters().find("head.0.bias"), nullptr);
    Random random(5);
    test::fill_normal(model.parameters(), random);
    const Tensor ids = some_ids(10, 7);
    const LayoutPtr layout = Layout::dense(5, 2);
    test::expect_gradients(
        Pass{.pool = pool, .training = true, .seed = 3, .step = 4}, model.parameters(), {},
        [&](const Pass& pass, const std::vector<Var>&) {
          const ModelOutput out = model.forward(pass, ids, layout, model.encoder().zero_state(2));
          return concat(pass, concat(pass, out.y, out.read), out.encoded);
        },
        1e-7);
    test::expect_same_bits_on_threads(
        Pass{.pool = pool, .training = true, .seed = 3, .step = 4}, model.parameters(), {},
        [&](const Pass& pass, const std::vector<Var>&) {
          return model.forward(pass, ids, layout, model.encoder().zero_state(2)).y;
        });
  }
}

TEST(Model, AGradientOfTheChangesBetweenSteps) {
  ThreadPool pool(1);
  Random random(6);
  Parameters none(DType::f64);
  const auto changes = [](const Pass& pass, const std::vector<Var>& in) {
    return steps_between(pass, in[0], 3);
  };
  const Tensor x = test::normal({9, 4}, DType::f64, random);
  test::expect_gradients(Pass{.pool = pool}, none, {x}, changes);
  const Tensor y = changes(Pass{.pool = pool}, {Var(x)}).value;
  EXPECT_EQ(y.shape(), (Shape{6, 4}));
  EXPECT_EQ(y.data<double>()[5], x.data<double>()[17] - x.data<double>()[5]);
  test::expect_same_bits_on_threads(Pass{.pool = pool}, none, {test::normal({900, 7}, DType::f64, random)},
                                    changes);
}

TEST(Model, DroppedWeightsAreThoseOfOneMaskABatchAndOfTrainingAlone) {
  ThreadPool pool(2);
  Model model({.hidden_size = {6}, .weight_drop = 0.5}, {.features = 3, .outputs = 2});
  Random random(5);
  test::fill_normal(model.parameters(), random);
  const Tensor x = test::normal({8, 3}, DType::f32, random);
  const auto run = [&](bool training, std::uint64_t step) {
    const Pass pass{.pool = pool, .training = training, .seed = 1, .step = step};
    return model.forward(pass, Sequence{Var(x), Layout::dense(4, 2)}, model.encoder().zero_state(2)).y.value;
  };
  const Tensor whole = run(false, 1);
  EXPECT_NE(test::values_of(run(true, 1)), test::values_of(whole));
  EXPECT_NE(test::values_of(run(true, 1)), test::values_of(run(true, 2)));
  test::expect_same_bits(run(true, 1), run(true, 1), "the same step");
  test::expect_same_bits(run(false, 2), whole, "after training");
}

TEST(Model, WhatCannotBeTiedOrDroppedIsRefused) {
  const auto message = [](const ModelConfig& config, const ModelShape& shape) -> std::string {
    try {
      Model(config, shape);
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "";
  };
  const ModelShape tied{.tokens = 7, .outputs = 7, .tied = true};
  EXPECT_NE(message({.embedding = 4, .hidden_size = {6}}, tied).find("it is 6 wide and the embedding 4"),
            std::string::npos);
  EXPECT_EQ(message({.embedding = 4, .hidden_size = {6}, .proj_size = 4}, tied), "");
  EXPECT_EQ(message({.embedding = 4, .hidden_size = {6}, .head = {4}}, tied), "");
  EXPECT_NE(message({.embedding_dropout = 0.1}, {.features = 3, .outputs = 2}).find("embedding_dropout"),
            std::string::npos);
  EXPECT_NE(
      message({.cell = "minlstm", .weight_drop = 0.1}, {.features = 3, .outputs = 2}).find("no gate of"),
      std::string::npos);
  EXPECT_NE(message({.hidden_size = {4, 4}, .variational_dropout = {0.1, 0.2}}, {.features = 3, .outputs = 2})
                .find("has 2 numbers, expected one for all places, or 3"),
            std::string::npos);
}

}  // namespace
}  // namespace recur
