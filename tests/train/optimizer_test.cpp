#include "train/optimizer.h"

#include "golden/golden.h"
#include "nn/support.h"

namespace recur {
namespace {

using namespace test;

ThreadPool pool(1);

Shape shape_of(const std::vector<Index>& dims) {
  return dims.size() == 1 ? Shape{dims[0]} : Shape{dims[0], dims[1]};
}

std::vector<double> slice(const std::vector<double>& all, Index step, Index size) {
  return {all.begin() + step * size, all.begin() + (step + 1) * size};
}

template <class T>
void expect_golden_paths(double tolerance) {
  const Golden golden("optimizers");
  int seen = 0;
  for (const std::string& name : golden.cases()) {
    const auto settings = golden.settings(name);
    // amsgrad and centred RMSprop are not offered.
    if (!settings.contains("optimizer") || settings.contains("amsgrad") || settings.contains("centered"))
      continue;
    ++seen;
    OptimizerConfig config{.optimizer = *from_name<OptimizerKind>(settings["optimizer"].get<std::string>()),
                           .momentum = settings.value("momentum", 0.0),
                           .nesterov = settings.value("nesterov", false),
                           .alpha = settings.value("alpha", 0.99),
                           .epsilon = settings.value("eps", 1e-8),
                           .initial_accumulator = settings.value("initial_accumulator_value", 0.0),
                           .weight_decay = settings.value("weight_decay", 0.0)};
    if (settings.contains("betas")) {
      config.beta1 = settings["betas"][0];
      config.beta2 = settings["betas"][1];
    }
    Parameters parameters(kDType<T>);
    for (const char* p : {"a", "b"}) {
      Parameter& added = parameters.add(p, ParameterKind::kernel, shape_of(golden.shape(name, p)));
      added.value = tensor_of<T>(golden.values<T>(name, p), added.value.shape());
    }
    Optimizer optimizer(config, parameters);
    std::vector<double> rates(5, settings["lr"]);
    if (golden.has(name, "rates")) rates = golden.values<double>(name, "rates");
    for (Index step = 0; step < 5; ++step) {
      for (Parameter& p : parameters)
        p.gradient = tensor_of<T>(slice(golden.values<double>(name, "grad_" + p.name), step, p.value.size()),
                                  p.value.shape());
      optimizer.step({.learning_rate = rates[static_cast<std::size_t>(step)]}, pool);
      for (const Parameter& p : parameters) {
        const auto expected = slice(golden.values<double>(name, "path_" + p.name), step, p.value.size());
        const auto found = values_of(p.value);
        for (std::size_t i = 0; i < expected.size(); ++i)
          EXPECT_NEAR(found[i], expected[i], tolerance * (1 + std::abs(expected[i])))
              << name << ", step " << step << ", " << p.name << "[" << i << "]";
      }
    }
  }
  EXPECT_EQ(seen, 17);
}

TEST(Optimizer, GoldenInFloat) { expect_golden_paths<float>(2e-6); }
TEST(Optimizer, GoldenInDouble) { expect_golden_paths<double>(1e-12); }

void fill_gradients(Parameters& parameters, Random& random) {
  for (Parameter& p : parameters) fill_normal(p.gradient, random);
}

void add_some(Parameters& parameters, Random& random) {
  parameters.add("w", ParameterKind::kernel, {150, 131});
  parameters.add("u", ParameterKind::recurrent, {33, 7});
  parameters.add("b", ParameterKind::bias, {150});
  parameters.add("g", ParameterKind::gain, {5});
  parameters.add("e", ParameterKind::embedding, {9, 3});
  fill_normal(parameters, random);
}

TEST(Optimizer, AnyNumberOfThreadsGivesTheSameBits) {
  for (const OptimizerKind kind : {OptimizerKind::sgd, OptimizerKind::rmsprop, OptimizerKind::adagrad,
                                   OptimizerKind::adam, OptimizerKind::adamw}) {
    std::vector<std::vector<Tensor>> values;
    for (const Index threads : {1, 2, 3}) {
      ThreadPool some(threads);
      Random random(3);
      Parameters parameters;
      add_some(parameters, random);
      Optimizer optimizer({.optimizer = kind, .weight_decay = 0.01, .l1_kernel = 1e-3}, parameters);
      for (int step = 0; step < 3; ++step) {
        fill_gradients(parameters, random);
        optimizer.step({.learning_rate = 0.01, .scale = 0.5, .clip_value = 0.4}, some);
      }
      values.emplace_back();
      for (const Parameter& p : parameters) values.back().push_back(p.value);
      for (const NamedTensor& s : optimizer.state()) values.back().push_back(s.value);
    }
    for (std::size_t i = 0; i < values[0].size(); ++i) {
      expect_same_bits(values[1][i], values[0][i], std::string(to_name(kind)));
      expect_same_bits(values[2][i], values[0][i], std::string(to_name(kind)));
    }
  }
}

TEST(Optimizer, ContinuesFromItsState) {
  Random random(4);
  Parameters parameters, copy;
  add_some(parameters, random);
  Optimizer optimizer({.optimizer = OptimizerKind::adamw, .weight_decay = 0.1}, parameters);
  fill_gradients(parameters, random);
  optimizer.step({}, pool);

  Random other(5);
  add_some(copy, other);
  Optimizer resumed(optimizer.config(), copy);
  const auto from = optimizer.state(), to = resumed.state();
  ASSERT_EQ(from.size(), 10u);
  EXPECT_EQ(from[0].name, "w.momentum");
  EXPECT_EQ(from[1].name, "w.mean_square");
  for (std::size_t i = 0; i < from.size(); ++i) {
    EXPECT_EQ(from[i].name, to[i].name);
    std::memcpy(to[i].value.raw(), from[i].value.raw(), static_cast<std::size_t>(to[i].value.bytes()));
  }
  resumed.set_steps(optimizer.steps());
  auto q = copy.begin();
  fill_gradients(parameters, random);
  for (const Parameter& p : parameters) {
    q->value = p.value.clone();
    q->gradient = p.gradient.clone();
    ++q;
  }
  optimizer.step({}, pool);
  resumed.step({}, pool);
  q = copy.begin();
  for (const Parameter& p : parameters) {
    expect_same_bits(q->value, p.value, p.name);
    EXPECT_EQ(p.version, q->version + 1) << "each step moves the version on";
    ++q;
  }
}

TEST(Optimizer, PenaltiesActOnTheirKindOfWeight) {
  const auto moved = [](const OptimizerConfig& config) {
    Parameters parameters(DType::f64);
    for (const ParameterKind kind : {ParameterKind::kernel, ParameterKind::recurrent, ParameterKind::bias,
                                     ParameterKind::gain, ParameterKind::embedding}) {
      Parameter& p = parameters.add(std::to_string(static_cast<int>(kind)), kind, {1});
      *p.value.data<double>() = -2;
    }
    Optimizer(config, parameters).step({.learning_rate = 1}, pool);
    std::vector<double> by;
    for (const Parameter& p : parameters) by.push_back(*p.value.data<double>() + 2);
    return by;
  };
  const OptimizerKind sgd = OptimizerKind::sgd;
  using List = std::vector<double>;
  EXPECT_EQ(moved({.optimizer = sgd, .weight_decay = 0.25}), (List{0.5, 0.5, 0, 0, 0.5}));
  EXPECT_EQ(moved({.optimizer = sgd, .l1_kernel = 0.25}), (List{0.25, 0, 0, 0, 0}));
  EXPECT_EQ(moved({.optimizer = sgd, .l1_recurrent = 0.25}), (List{0, 0.25, 0, 0, 0}));
  EXPECT_EQ(moved({.optimizer = sgd, .l1_bias = 0.25}), (List{0, 0, 0.25, 0, 0}));
  EXPECT_EQ(moved({.optimizer = sgd, .l1_embedding = 0.25}), (List{0, 0, 0, 0, 0.25}));
  EXPECT_EQ(moved({.optimizer = sgd, .l2_kernel = 0.25}), (List{1, 0, 0, 0, 0}));
  EXPECT_EQ(moved({.optimizer = sgd, .l2_recurrent = 0.25}), (List{0, 1, 0, 0, 0}));
  EXPECT_EQ(moved({.optimizer = sgd, .l2_bias = 0.25}), (List{0, 0, 1, 0, 0}));
  EXPECT_EQ(moved({.optimizer = sgd, .l2_embedding = 0.25}), (List{0, 0, 0, 0, 1}));
}

TEST(Optimizer, RefusesWhatCannotGoTogether) {
  Parameters parameters;
  EXPECT_THROW(Optimizer({.optimizer = OptimizerKind::adam, .momentum = 0.9}, parameters), ConfigError);
  EXPECT_THROW(Optimizer({.optimizer = OptimizerKind::sgd, .nesterov = true}, parameters), ConfigError);
  EXPECT_THROW(
      Optimizer({.optimizer = OptimizerKind::rmsprop, .momentum = 0.9, .nesterov = true}, parameters),
      ConfigError);
}

}  // namespace
}  // namespace recur
