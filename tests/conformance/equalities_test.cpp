// What is equal, to the bit: outputs, states and gradients of every cell with every pair of options, however
// the batch is composed, cut in time, or spread over threads.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/conformance/run.h"

namespace recur::conformance {
namespace {

constexpr Index kSteps = 6, kBatch = 5;
const std::vector<Index> kLengths{4, 0, 6, 1, 6};

struct Result {
  Tensor y;  // [T,N,·], padded
  RecurrentState state;
  std::vector<Tensor> gradients;  // of all parameters
  Tensor dx;
};

/// `chunks`: where time is cut. The loss reads every output and the final state.
Result run(Stack<float>& stack, ThreadPool& pool, const Tensor& x, const std::vector<Index>& lengths,
           const RecurrentState& initial, bool training, const std::vector<Index>& cuts = {}) {
  const LayoutPtr whole = Layout::ragged(lengths);
  Tape tape;
  stack.parameters.zero_gradients();
  Pass pass{.pool = pool, .tape = training ? &tape : nullptr, .training = training, .seed = 3, .step = 9};
  Result result;
  result.state = initial;
  result.y = Tensor::zeros({x.dim(0), x.dim(1), stack.layers.output_size()});
  std::vector<Var> losses;
  Index begin = 0;
  std::vector<Index> ends = cuts;
  ends.push_back(x.dim(0));
  Var input;
  for (const Index end : ends) {
    std::vector<Index> part;
    for (const Index length : lengths) part.push_back(std::clamp(length, begin, end) - begin);
    const LayoutPtr layout = Layout::ragged(part);
    const Tensor rows = pack_rows(x.rows(begin, end), *layout);
    input = training ? tape.leaf(rows) : Var(rows);
    pass.first_time = begin;
    RecurrentOutput out = stack.layers.forward(pass, {input, layout}, result.state);
    result.state = out.state;
    const Tensor y = unpack_rows(out.y.rows.value, *layout);
    std::copy_n(y.data<float>(), y.size(), result.y.data<float>() + begin * x.dim(1) * y.dim(2));
    if (training && layout->rows() > 0) {
      const Tensor padded = random_tensor<float>({x.dim(0), x.dim(1), stack.layers.output_size()}, 55);
      losses.push_back(projected_loss<float>(out.y.rows, pack_rows(padded.rows(begin, end), *layout)));
    }
    begin = end;
  }
  if (training) {
    std::uint64_t seed = 77;
    for (const Var& part : result.state.parts)
      losses.push_back(projected_loss<float>(part, random_tensor<float>(part.shape(), seed++)));
    Var total = losses[0];
    for (std::size_t i = 1; i < losses.size(); ++i) total = add(pass, total, losses[i]);
    tape.backward(total);
    for (const Parameter& p : stack.parameters) result.gradients.push_back(p.gradient.clone());
    result.dx = tape.gradient(input).defined() ? tape.gradient(input).clone() : Tensor::zeros({1});
  }
  return result;
}

/// `nearly`: gradients to rounding.
void expect_same(const Result& a, const Result& b, const std::string& what, bool nearly = false) {
  EXPECT_TRUE(same_bits<float>(a.y, b.y)) << what << ": outputs";
  for (std::size_t i = 0; i < a.state.parts.size(); ++i)
    EXPECT_TRUE(same_bits<float>(a.state.parts[i].value, b.state.parts[i].value)) << what << ": state " << i;
  // In chunks it is that of the last one.
  if (a.dx.defined() && a.dx.shape() == b.dx.shape()) {
    EXPECT_TRUE(same_bits<float>(a.dx, b.dx)) << what << ": gradient of the input";
  }
  ASSERT_EQ(a.gradients.size(), b.gradients.size());
  for (std::size_t i = 0; i < a.gradients.size(); ++i) {
    if (!nearly) {
      EXPECT_TRUE(same_bits<float>(a.gradients[i], b.gradients[i])) << what << ": gradient " << i;
      continue;
    }
    const float *const x = a.gradients[i].data<float>(), *const y = b.gradients[i].data<float>();
    for (Index k = 0; k < a.gradients[i].size(); ++k)
      EXPECT_NEAR(x[k], y[k], 2e-6 * (1 + std::fabs(x[k]))) << what << ": gradient " << i;
  }
}

class Equalities : public testing::Test {
 protected:
  ThreadPool one_{1}, two_{2}, three_{3};
  const Tensor x_ = random_tensor<float>({kSteps, kBatch, 3}, 1);
};

TEST_F(Equalities, ASequenceIsTheSameAloneAndInABatch) {
  for (const Case& c : cases()) {
    Stack<float> stack(c.config);
    const RecurrentState initial = random_state<float>(stack.layers, kBatch);
    const Result batch = run(stack, one_, x_, kLengths, initial, /*training=*/false);
    for (Index n = 0; n < kBatch; ++n) {
      const Index length = kLengths[static_cast<std::size_t>(n)];
      const Result alone =
          run(stack, one_, sequence<float>(x_, n, 0, length), {length}, initial.select({n}), false);
      const Tensor y = sequence<float>(batch.y, n, 0, length);
      EXPECT_TRUE(same_bits<float>(y, alone.y)) << c.name << ": sequence " << n;
      const Tensor rest = sequence<float>(batch.y, n, length, kSteps);
      EXPECT_TRUE(
          std::all_of(rest.data<float>(), rest.data<float>() + rest.size(), [](float v) { return v == 0; }))
          << c.name << ": past the end of sequence " << n;
      const RecurrentState state = batch.state.select({n});
      for (std::size_t i = 0; i < state.parts.size(); ++i)
        EXPECT_TRUE(same_bits<float>(state.parts[i].value, alone.state.parts[i].value))
            << c.name << ": state " << i;
    }
  }
}

TEST_F(Equalities, ThreadsChangeNothing) {
  for (const Case& c : cases()) {
    Stack<float> stack(c.config);
    const RecurrentState initial = random_state<float>(stack.layers, kBatch);
    const Result one = run(stack, one_, x_, kLengths, initial, /*training=*/true);
    expect_same(one, run(stack, two_, x_, kLengths, initial, true), c.name + ", two threads");
    expect_same(one, run(stack, three_, x_, kLengths, initial, true), c.name + ", three threads");
  }
}

// Full backpropagation through chunks that hand on their state, masks and all: the same as in one piece.
// (Lengths fall, so that cutting them leaves the order of the batch as it is: sums over the batch follow it.)
TEST_F(Equalities, ChunksChangeNothing) {
  const std::vector<Index> lengths{6, 6, 4, 1, 0};
  for (const Case& c : cases()) {
    if (c.config.bidirectional) continue;  // what comes later has to be there
    Stack<float> stack(c.config);
    const RecurrentState initial = random_state<float>(stack.layers, kBatch);
    const Result whole = run(stack, one_, x_, lengths, initial, /*training=*/true);
    // The gradient of dropped weights is masked a chunk at a time, which breaks the chain of their sum.
    expect_same(whole, run(stack, one_, x_, lengths, initial, true, {2, 3}), c.name + ", in chunks",
                /*nearly=*/c.config.weight_drop > 0);
    const Result predicted = run(stack, one_, x_, lengths, initial, /*training=*/false);
    expect_same(predicted, run(stack, one_, x_, lengths, initial, false, {1, 2, 3, 4, 5}),
                c.name + ", step by step");
  }
}

// Sums over the batch follow the batch's order, so here the promise is 1e-6.
TEST_F(Equalities, TheOrderOfTheBatchMovesGradientsByRoundingOnly) {
  const std::vector<Index> order{3, 0, 4, 2, 1};
  for (const Case& c : cases()) {
    // A mask belongs to a place in the batch.
    if (c.config.dropout + c.config.recurrent_dropout + c.config.zoneout > 0 ||
        !c.config.variational_dropout.empty())
      continue;
    Stack<float> stack(c.config);
    const RecurrentState initial = random_state<float>(stack.layers, kBatch);
    const auto gradients = [&](bool permuted) {
      std::vector<Index> lengths;
      Tensor x = Tensor::empty(x_.shape()),
             weights = random_tensor<float>({kSteps, kBatch, stack.layers.output_size()}, 55);
      Tensor w = Tensor::empty(weights.shape());
      for (std::size_t i = 0; i < order.size(); ++i) {
        const Index from = permuted ? order[i] : static_cast<Index>(i);
        lengths.push_back(kLengths[static_cast<std::size_t>(from)]);
        for (const auto& [target, source] : {std::pair{x, x_}, std::pair{w, weights}})
          for (Index t = 0; t < kSteps; ++t)
            std::copy_n(source.data<float>() + (t * kBatch + from) * source.dim(2), source.dim(2),
                        target.data<float>() + (t * kBatch + static_cast<Index>(i)) * source.dim(2));
      }
      const LayoutPtr layout = Layout::ragged(lengths);
      Tape tape;
      stack.parameters.zero_gradients();
      const RecurrentOutput out =
          stack.layers.forward({.pool = one_, .tape = &tape}, {Var(pack_rows(x, *layout)), layout},
                               permuted ? initial.select(order) : initial);
      tape.backward(projected_loss<float>(out.y.rows, pack_rows(w, *layout)));
      std::vector<Tensor> all;
      for (const Parameter& p : stack.parameters) all.push_back(p.gradient.clone());
      return all;
    };
    const auto straight = gradients(false), permuted = gradients(true);
    for (std::size_t i = 0; i < straight.size(); ++i) {
      float largest = 0, difference = 0;
      for (Index j = 0; j < straight[i].size(); ++j) {
        largest = std::max(largest, std::fabs(straight[i].data<float>()[j]));
        difference =
            std::max(difference, std::fabs(straight[i].data<float>()[j] - permuted[i].data<float>()[j]));
      }
      EXPECT_LE(difference, 1e-6F * largest) << c.name << ": gradient " << i;
    }
  }
}

}  // namespace
}  // namespace recur::conformance
