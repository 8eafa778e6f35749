#include "train/clipping.h"

#include "golden/golden.h"
#include "nn/support.h"
#include "train/optimizer.h"

namespace recur {
namespace {

using namespace test;

ThreadPool pool(1);

/// What clipping makes of the gradients: minus what an SGD step of rate 1 takes from zeros.
TEST(Clipping, Golden) {
  const Golden golden("optimizers");
  for (const std::string name : {"clip_norm", "clip_norm_not_reached", "clip_value"}) {
    const auto settings = golden.settings(name);
    Parameters parameters(DType::f64);
    for (const char* p : {"a", "b"}) {
      const auto values = golden.values<double>(name, std::string("grad_") + p);
      Parameter& added = parameters.add(p, ParameterKind::kernel, {static_cast<Index>(values.size())});
      added.gradient = tensor_of<double>(values, added.value.shape());
    }
    OptimizerStep step{.learning_rate = 1, .clip_value = settings.value("clip_value", 0.0)};
    if (golden.has(name, "norm")) {
      const GradientNorms norms = gradient_norms(parameters, pool);
      golden.expect_near(std::vector{norms.total}, name, "norm", 1e-12);
      EXPECT_NEAR(std::hypot(norms.of_parameter[0], norms.of_parameter[1]), norms.total, 1e-12);
      step.scale = clip_factor(norms.total, settings["max_norm"]);
    }
    Optimizer({.optimizer = OptimizerKind::sgd}, parameters).step(step, pool);
    for (const Parameter& p : parameters) {
      std::vector<double> clipped = values_of(p.value);
      for (double& v : clipped) v = -v;
      golden.expect_near(clipped, name, "clipped_" + p.name, 1e-12);
    }
  }
}

TEST(Clipping, NormsHaveTheSameBitsOnAnyNumberOfThreads) {
  Random random(1);
  Parameters parameters;
  parameters.add("w", ParameterKind::kernel, {300, 301});
  parameters.add("none", ParameterKind::kernel, {0});
  parameters.add("b", ParameterKind::bias, {17});
  for (Parameter& p : parameters) fill_normal(p.gradient, random);
  ThreadPool two(2), three(3);
  const GradientNorms a = gradient_norms(parameters, pool), b = gradient_norms(parameters, two),
                      c = gradient_norms(parameters, three);
  EXPECT_EQ(a.total, b.total);
  EXPECT_EQ(a.total, c.total);
  EXPECT_EQ(a.of_parameter, b.of_parameter);
  EXPECT_EQ(a.of_parameter, c.of_parameter);
  EXPECT_EQ(a.of_parameter[1], 0);
  EXPECT_NEAR(a.total, std::sqrt(300.0 * 301 + 17), 2);
}

TEST(Clipping, NoLimitIsAFactorOfOne) {
  EXPECT_EQ(clip_factor(1e30, 0), 1);
  EXPECT_EQ(clip_factor(0.5, 1), 1);
  EXPECT_EQ(clip_factor(0, 1), 1);
}

}  // namespace
}  // namespace recur
