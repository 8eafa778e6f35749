#include "nn/norms.h"

#include "nn/support.h"
#include "train/optimizer.h"

namespace recur {
namespace {

using namespace test;

ThreadPool pool(1);

template <class Norm>
Model model_of(const Norm& norm) {
  return [&](const Pass& pass, const std::vector<Var>& in) { return norm.forward(pass, in[0]); };
}

TEST(LayerNorm, GradientsAgreeWithFiniteDifferences) {
  Random random(1);
  Parameters parameters(DType::f64);
  const LayerNorm norm(parameters, "norm", 7);
  fill_normal(parameters, random);
  expect_gradients(Pass{.pool = pool}, parameters, {normal({5, 7}, DType::f64, random)}, model_of(norm));
}

TEST(LayerNorm, AnyNumberOfThreadsGivesTheSameBits) {
  Random random(2);
  Parameters parameters;
  const LayerNorm norm(parameters, "norm", 41);
  fill_normal(parameters, random);
  expect_same_bits_on_threads(Pass{.pool = pool}, parameters, {normal({333, 41}, DType::f32, random)},
                              model_of(norm));
}

TEST(LayerNorm, RowsHaveTheSameBitsAloneAndTogether) {
  Random random(3);
  Parameters parameters;
  const LayerNorm norm(parameters, "norm", 37);
  fill_normal(parameters, random);
  const Tensor x = normal({70, 37}, DType::f32, random);
  const Tensor all = norm.forward(Pass{.pool = pool}, x).value;
  for (Index r = 0; r < 70; ++r)
    expect_same_bits(norm.forward(Pass{.pool = pool}, x.rows(r, r + 1)).value, all.rows(r, r + 1), "row");
}

TEST(BatchNorm, GradientsAgreeWithFiniteDifferences) {
  for (const bool training : {true, false}) {
    Random random(4);
    Parameters parameters(DType::f64);
    const BatchNorm norm(parameters, "norm", 5);
    fill_normal(parameters, random);
    const Tensor variance = parameters.find("norm.running_var")->value;
    for (Index c = 0; c < 5; ++c) variance.data<double>()[c] = std::exp(variance.data<double>()[c]);
    // Weight and bias as inputs of their own: the running statistics have no gradient.
    Parameters none(DType::f64);
    Parameter &weight = *parameters.find("norm.weight"), &bias = *parameters.find("norm.bias");
    std::vector<Tensor> inputs{normal({9, 5}, DType::f64, random)};
    expect_gradients(Pass{.pool = pool, .training = training}, none, inputs, model_of(norm));
    for (Parameter* p : {&weight, &bias}) {
      parameters.zero_gradients();
      run(Pass{.pool = pool, .training = training}, none, inputs, model_of(norm));
      const Tensor analytic = p->gradient.clone();
      for (Index c = 0; c < 5; ++c) {
        const auto loss = [&](double move) {
          p->value.data<double>()[c] += move;
          Random projection(99);
          const Var y = norm.forward(Pass{.pool = pool, .training = training}, inputs[0]);
          p->value.data<double>()[c] -= move;
          return *project(y, normal(y.shape(), y.dtype(), projection)).value.data<double>();
        };
        EXPECT_NEAR(analytic.data<double>()[c], (loss(1e-5) - loss(-1e-5)) / 2e-5, 1e-7);
      }
    }
  }
}

TEST(BatchNorm, AnyNumberOfThreadsGivesTheSameBits) {
  Random random(5);
  Parameters parameters;
  const BatchNorm norm(parameters, "norm", 41);
  fill_normal(parameters.find("norm.weight")->value, random);
  expect_same_bits_on_threads(Pass{.pool = pool, .training = true}, parameters,
                              {normal({333, 41}, DType::f32, random)}, model_of(norm));
}

TEST(BatchNorm, RowsHaveTheSameBitsAloneAndTogetherOnceTrained) {
  Random random(6);
  Parameters parameters;
  const BatchNorm norm(parameters, "norm", 37);
  const Tensor x = normal({70, 37}, DType::f32, random);
  norm.forward(Pass{.pool = pool, .training = true}, x);
  const Tensor all = norm.forward(Pass{.pool = pool}, x).value;
  for (Index r = 0; r < 70; ++r)
    expect_same_bits(norm.forward(Pass{.pool = pool}, x.rows(r, r + 1)).value, all.rows(r, r + 1), "row");
}

TEST(BatchNorm, StatisticsAreKeptButNotTrained) {
  Random random(7);
  Parameters parameters;
  const BatchNorm norm(parameters, "norm", 3);
  EXPECT_EQ(parameters.count(), 6) << "weight and bias";
  const Pass pass{.pool = pool, .training = true};
  norm.forward(pass, normal({8, 3}, DType::f32, random));
  const Tensor before = parameters.find("norm.running_var")->value.clone();
  Optimizer optimizer({.optimizer = OptimizerKind::adamw, .weight_decay = 0.5}, parameters);
  for (Parameter& p : parameters) fill_normal(p.gradient, random);
  optimizer.step({.learning_rate = 1}, pool);
  expect_same_bits(parameters.find("norm.running_var")->value, before, "running_var");
  EXPECT_EQ(optimizer.state().size(), 4u);
}

TEST(BatchNorm, OneRowAndNoRowsAreNoTrouble) {
  Parameters parameters;
  const BatchNorm norm(parameters, "norm", 2);
  const Pass pass{.pool = pool, .training = true};
  EXPECT_EQ(values_of(norm.forward(pass, tensor_of<float>(std::vector{3, 4}, {1, 2})).value),
            (std::vector<double>{0, 0}));
  EXPECT_EQ(norm.forward(pass, Tensor::zeros({0, 2})).value.size(), 0);
  for (const Parameter& p : parameters)
    for (const double v : values_of(p.value)) EXPECT_TRUE(std::isfinite(v)) << p.name;
}

}  // namespace
}  // namespace recur
