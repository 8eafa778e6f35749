// The gradient of whole stacks against finite differences in double, for every cell with every pair of
// options.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/conformance/run.h"

namespace recur::conformance {
namespace {

TEST(FiniteDifferences, AgreeWithBackpropagation) {
  ThreadPool pool(1);
  const std::vector<Index> lengths{3, 0, 4, 1};
  const Tensor x = random_tensor<double>({4, 4, 3}, 1);
  const LayoutPtr layout = Layout::ragged(lengths);
  for (const Case& c : cases()) {
    Stack<double> stack(c.config);
    const RecurrentState initial = random_state<double>(stack.layers, 4);
    const Tensor rows = pack_rows(x, *layout);
    const Tensor weights = random_tensor<double>({layout->rows(), stack.layers.output_size()}, 5);
    const auto loss = [&](Tape* tape, const Var& input, const RecurrentState& state) {
      const Pass pass{.pool = pool, .tape = tape, .training = true, .seed = 3, .step = 1};
      const RecurrentOutput out = stack.layers.forward(pass, {input, layout}, state);
      Var total = projected_loss<double>(out.y.rows, weights);
      std::uint64_t seed = 77;
      for (const Var& part : out.state.parts)
        total = add(pass, total, projected_loss<double>(part, random_tensor<double>(part.shape(), seed++)));
      return total;
    };
    Tape tape;
    stack.parameters.zero_gradients();
    const Var input = tape.leaf(rows);
    RecurrentState state = initial;
    for (Var& part : state.parts) part = tape.leaf(part.value);
    tape.backward(loss(&tape, input, state));

    // Along a random direction of each tensor.
    const auto expect = [&](const Tensor& value, const Tensor& gradient, const std::string& name,
                            const auto& changed) {
      const Tensor direction = random_tensor<double>(value.shape(), 11);
      const Tensor before = value.clone();
      const double h = 1e-6;
      double slope = 0, sides[2];
      for (Index i = 0; i < value.size(); ++i)
        slope += direction.data<double>()[i] * gradient.data<double>()[i];
      for (const int side : {0, 1}) {
        for (Index i = 0; i < value.size(); ++i)
          value.data<double>()[i] =
              before.data<double>()[i] + (side == 0 ? h : -h) * direction.data<double>()[i];
        changed();
        sides[side] = *loss(nullptr, Var(rows), initial).value.data<double>();
      }
      std::copy_n(before.data<double>(), before.size(), value.data<double>());
      changed();
      const double difference = (sides[0] - sides[1]) / (2 * h);
      EXPECT_NEAR(slope, difference, 2e-7 * (1 + std::fabs(difference))) << c.name << ": " << name;
    };
    for (Parameter& p : stack.parameters) expect(p.value, p.gradient, p.name, [&] { ++p.version; });
    expect(rows, tape.gradient(input), "x", [] {});
    for (std::size_t i = 0; i < state.parts.size(); ++i)
      expect(initial.parts[i].value, tape.gradient(state.parts[i]), stack.layers.state_name(i), [] {});
  }
}

}  // namespace
}  // namespace recur::conformance
