// Forecasting by segments: its gradient, and that a series has the same bits alone and among others.
#include "nn/segment_rnn.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "nn/losses.h"
#include "support.h"

namespace recur {
namespace {

const SegmentShape kShape{.lookback = 6, .horizon = 4, .segment = 2, .channels = 3, .outputs = 2};

TEST(SegmentRnn, GradientAgreesWithFiniteDifferences) {
  ThreadPool pool(2);
  for (const Index channels : {0, 3}) {
    SegmentShape shape = kShape;
    shape.channels = channels;
    Parameters parameters(DType::f64);
    SegmentRnn net({.cell = "gru", .hidden_size = {5, 4}}, shape, parameters);
    Random random(3);
    test::fill_normal(parameters, random);
    const Tensor x = test::normal({4, 6}, DType::f64, random);
    test::expect_gradients(
        Pass{.pool = pool}, parameters, {},
        [&](const Pass& pass, const std::vector<Var>&) {
          return net.forward(pass, x, {0, 2, 1, 0});
        },
        1e-7);
  }
}

TEST(SegmentRnn, ASeriesHasTheSameBitsAloneAndAmongOthers) {
  ThreadPool pool(2);
  Parameters parameters;
  SegmentRnn net({.cell = "lstm", .hidden_size = {7}}, kShape, parameters);
  net.initialise(1, parameters);
  Random random(3);
  const Tensor x = test::normal({5, 6}, DType::f32, random);
  const Tensor all = net.forward(Pass{.pool = pool}, x, {0, 1, 2, 1, 0}).value;
  ASSERT_EQ(all.shape(), (Shape{10, 4}));
  const Tensor alone = net.forward(Pass{.pool = pool}, x.rows(3, 4).clone(), {1}).value;
  test::expect_same_bits(all.rows(6, 8).clone(), alone, "row 3");
}

TEST(SegmentRnn, RefusesSegmentsThatDoNotFit) {
  for (const auto& [segment, lookback, horizon] : {std::tuple{4, 6, 4}, {4, 8, 6}, {0, 8, 4}}) {
    Parameters parameters;
    EXPECT_THROW(SegmentRnn({}, {.lookback = lookback, .horizon = horizon, .segment = segment}, parameters),
                 ConfigError);
  }
  Parameters parameters;
  EXPECT_THROW(SegmentRnn({.bidirectional = true}, kShape, parameters), ConfigError);
}

TEST(SegmentRnn, PointAndQuantilesAreScoredTogether) {
  ThreadPool pool(1);
  Tape tape;
  const Var prediction = tape.leaf(test::tensor_of<double>(std::vector<double>{1, 0.5, 3, 2, 5, 1}, {1, 6}));
  const Tensor targets = test::tensor_of<double>(std::vector<double>{2, 4}, {1, 2});
  const Loss loss =
      point_and_quantiles({.pool = pool, .tape = &tape}, prediction, targets, PointLoss::mse, {0.1, 0.9});
  // Of 2: (1 − 2)², 0.1·1.5, 0.1·1; of 4: (2 − 4)², 0.9·1, 0.9·3.
  EXPECT_DOUBLE_EQ(loss.sum, 1 + 0.15 + 0.1 + 4 + 0.9 + 2.7);
  EXPECT_EQ(loss.count, 6);
}

}  // namespace
}  // namespace recur
