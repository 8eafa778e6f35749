#include "nn/linear.h"

#include "nn/support.h"

namespace recur {
namespace {

using namespace test;

ThreadPool pool(1);

Model model_of(const Linear& linear) {
  return [&](const Pass& pass, const std::vector<Var>& in) { return linear.forward(pass, in[0]); };
}

TEST(Linear, GradientsAgreeWithFiniteDifferences) {
  for (const bool bias : {false, true}) {
    Random random(1);
    Parameters parameters(DType::f64);
    const Linear linear(parameters, "head", 5, 3, bias);
    fill_normal(parameters, random);
    expect_gradients(Pass{.pool = pool}, parameters, {normal({4, 5}, DType::f64, random)}, model_of(linear));
  }
}

TEST(Linear, AnyNumberOfThreadsGivesTheSameBits) {
  // Few rows (columns are shared), many rows (rows are), more than one tile each way.
  for (const auto [rows, input, output] :
       {std::array<Index, 3>{1, 300, 700}, {7, 65, 1000}, {500, 70, 65}, {257, 129, 131}, {3, 2, 1}}) {
    Random random(2);
    Parameters parameters;
    const Linear linear(parameters, "head", input, output);
    fill_normal(parameters, random);
    expect_same_bits_on_threads(Pass{.pool = pool}, parameters, {normal({rows, input}, DType::f32, random)},
                                model_of(linear));
  }
}

TEST(Linear, RowsHaveTheSameBitsAloneAndTogether) {
  Random random(3);
  Parameters parameters;
  const Linear linear(parameters, "head", 37, 41);
  fill_normal(parameters, random);
  const Tensor x = normal({101, 37}, DType::f32, random);
  const Pass pass{.pool = pool};
  const Tensor all = linear.forward(pass, x).value;
  for (Index r = 0; r < 101; ++r)
    expect_same_bits(linear.forward(pass, x.rows(r, r + 1)).value, all.rows(r, r + 1),
                     "row " + std::to_string(r));
}

TEST(Linear, GradientsOfChunksOfRowsAddUpToTheSameBits) {
  Random random(4);
  Parameters parameters;
  const Linear linear(parameters, "head", 19, 23);
  fill_normal(parameters, random);
  const Tensor x = normal({90, 19}, DType::f32, random), weights = normal({90, 23}, DType::f32, random);
  const auto gradients = [&](const std::vector<Index>& cuts) {
    parameters.zero_gradients();
    for (std::size_t i = cuts.size() - 1; i > 0; --i) {  // the last chunk goes back first
      Tape tape;
      const Pass pass{.pool = pool, .tape = &tape};
      tape.backward(
          project(linear.forward(pass, x.rows(cuts[i - 1], cuts[i])), weights.rows(cuts[i - 1], cuts[i])));
    }
    return std::array{linear.weight().gradient.clone(), linear.bias()->gradient.clone()};
  };
  const auto whole = gradients({0, 90}), cut = gradients({0, 1, 33, 34, 80, 90});
  expect_same_bits(cut[0], whole[0], "weight");
  expect_same_bits(cut[1], whole[1], "bias");
}

TEST(Linear, SeesThatItsWeightsHaveChanged) {
  Parameters parameters;
  const Linear linear(parameters, "head", 1, 1);
  const Tensor x = tensor_of<float>(std::vector{3.0}, {1, 1});
  const Pass pass{.pool = pool};
  EXPECT_EQ(values_of(linear.forward(pass, x).value), std::vector{0.0});
  *linear.weight().value.data<float>() = 2;
  ++linear.weight().version;
  EXPECT_EQ(values_of(linear.forward(pass, x).value), std::vector{6.0});
}

TEST(Linear, HasNoGradientOnceItsWeightsHaveChanged) {
  Parameters parameters;
  const Linear linear(parameters, "head", 1, 1);
  Tape tape;
  const Pass pass{.pool = pool, .tape = &tape};
  const Var y = linear.forward(pass, tensor_of<float>(std::vector{3.0}, {1, 1}));
  ++linear.weight().version;
  EXPECT_DEATH(tape.backward(project(y, Tensor::zeros({1, 1}))), "version");
}

TEST(Linear, NoRowsAreNoTrouble) {
  Parameters parameters;
  const Linear linear(parameters, "head", 3, 2);
  const Outcome r = run(Pass{.pool = pool}, parameters, {Tensor::zeros({0, 3})}, model_of(linear));
  EXPECT_EQ(r.y.shape(), (Shape{0, 2}));
}

TEST(Linear, RefusesRowsOfAnotherWidth) {
  Parameters parameters;
  const Linear linear(parameters, "head", 3, 2);
  EXPECT_THROW(linear.forward(Pass{.pool = pool}, Tensor::zeros({4, 2})), ShapeError);
}

}  // namespace
}  // namespace recur
