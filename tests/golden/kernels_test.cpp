// Element-wise kernels with formulas of their own (optimisers, cross-entropy, layer norm) on every
// instruction set, and in double, against PyTorch's.
#include <gtest/gtest.h>

#include <cmath>
#include <type_traits>

#include "golden/golden.h"
#include "kernels/table.h"

namespace recur {
namespace {

/// Float: a few ULP of a few operations. Double: PyTorch orders the same operations differently.
template <class T>
constexpr double kTolerance = std::is_same_v<T, float> ? 2e-6 : 1e-12;

/// Calls check(kernels) for each instruction set in float, and for the reference in double.
template <class F>
void on_every_backend(F&& check) {
  for (const Isa isa : supported_isas()) {
    SCOPED_TRACE(name(isa));
    check(kernels<float>(isa));
  }
  SCOPED_TRACE("double");
  check(kernels<double>());
}

// ---- optimisers

template <class T>
void check_path(const Kernels<T>& k, const Golden& golden, const std::string& name,
                const std::string& parameter) {
  const auto settings = golden.settings(name);
  const std::string kind = settings["optimizer"];
  UpdateArgs<T> args;
  args.rule = kind == "sgd"       ? UpdateRule::sgd
              : kind == "rmsprop" ? UpdateRule::rmsprop
              : kind == "adagrad" ? UpdateRule::adagrad
                                  : UpdateRule::adam;
  const auto number = [&](const char* key, double otherwise) {
    return static_cast<T>(settings.value(key, otherwise));
  };
  double beta1 = 0, beta2 = settings.value("alpha", 0.0);
  if (settings.contains("betas")) beta1 = settings["betas"][0], beta2 = settings["betas"][1];
  args.momentum = args.rule == UpdateRule::adam ? static_cast<T>(beta1) : number("momentum", 0);
  args.beta2 = static_cast<T>(beta2);
  args.eps = number("eps", 0);
  args.nesterov = settings.value("nesterov", false);
  (kind == "adamw" ? args.decoupled_decay : args.l2) = number("weight_decay", 0);

  std::vector<T> value = golden.values<T>(name, parameter), path;
  const std::vector<T> gradients = golden.values<T>(name, "grad_" + parameter);
  const Index size = static_cast<Index>(value.size()), steps = static_cast<Index>(gradients.size()) / size;
  std::vector<T> first(value.size()), second(value.size(), number("initial_accumulator_value", 0));
  const std::vector<T> rates = golden.has(name, "rates")
                                   ? golden.values<T>(name, "rates")
                                   : std::vector<T>(static_cast<std::size_t>(steps), number("lr", 0));
  args.size = size;
  args.value = value.data();
  args.first = args.momentum > T{0} ? first.data() : nullptr;
  args.second = second.data();
  for (Index t = 0; t < steps; ++t) {
    args.gradient = gradients.data() + t * size;
    args.rate = rates[static_cast<std::size_t>(t)];
    args.first_step = t == 0;
    args.correction1 = static_cast<T>(1 - std::pow(beta1, t + 1));
    args.correction2 = static_cast<T>(1 - std::pow(beta2, t + 1));
    k.update(args);
    path.insert(path.end(), value.begin(), value.end());
  }
  golden.expect_near(path, name, "path_" + parameter, kTolerance<T>);
}

TEST(GoldenKernels, OptimizersFollowTheSamePath) {
  const Golden golden("optimizers");
  int seen = 0;
  for (const std::string& name : golden.cases()) {
    if (!golden.settings(name).contains("optimizer")) continue;
    if (name == "rmsprop_centered" || name == "adam_amsgrad") continue;  // we have neither
    ++seen;
    on_every_backend([&](const auto& k) {
      check_path(k, golden, name, "a");
      check_path(k, golden, name, "b");
    });
  }
  EXPECT_EQ(seen, 17);
}

// ---- cross-entropy

TEST(GoldenKernels, CrossEntropyOfEachRow) {
  const Golden golden("losses");
  int seen = 0;
  for (const std::string& name : golden.cases()) {
    const auto settings = golden.settings(name);
    if (settings["loss"] != "cross_entropy") continue;
    ++seen;
    on_every_backend([&]<class T>(const Kernels<T>& k) {
      const std::vector<T> logits = golden.values<T>(name, "logits");
      const std::vector<std::int32_t> targets = golden.values<std::int32_t>(name, "targets");
      const std::vector<T> weight =
          golden.has(name, "weight") ? golden.values<T>(name, "weight") : std::vector<T>();
      std::vector<T> losses(targets.size()), probabilities(logits.size());
      CrossEntropyArgs<T> args;
      args.rows = golden.shape(name, "logits")[0];
      args.classes = golden.shape(name, "logits")[1];
      args.logits = logits.data();
      args.targets = targets.data();
      if (!settings["ignore_index"].is_null()) args.ignore = settings["ignore_index"];
      args.class_weights = weight.empty() ? nullptr : weight.data();
      args.label_smoothing = settings["label_smoothing"].get<T>();
      args.losses = losses.data();
      args.probabilities = probabilities.data();
      k.cross_entropy(args);
      golden.expect_near(losses, name, "loss_none", kTolerance<T>);
    });
  }
  EXPECT_EQ(seen, 10);
}

// ---- layer norm

TEST(GoldenKernels, LayerNormAndItsGradient) {
  const Golden golden("layers");
  for (const std::string name : {"layer_norm", "layer_norm_small"}) {
    on_every_backend([&]<class T>(const Kernels<T>& k) {
      const auto values = [&](const char* tensor) { return golden.values<T>(name, tensor); };
      const std::vector<T> x = values("x"), gain = values("weight"), shift = values("bias"),
                           dy = values("dy");
      const Index width = golden.shape(name, "weight")[0], rows = static_cast<Index>(x.size()) / width;
      std::vector<T> y(x.size()), normalised(x.size()), inverse_std(static_cast<std::size_t>(rows)),
          dx(x.size());
      NormArgs<T> args;
      args.rows = rows;
      args.width = width;
      args.x = x.data();
      args.x_stride = args.y_stride = width;
      args.gain = gain.data();
      args.shift = shift.data();
      args.eps = golden.settings(name)["eps"].get<T>();
      args.y = y.data();
      args.normalised = normalised.data();
      args.normalised_stride = width;
      args.inverse_std = inverse_std.data();
      args.inverse_std_stride = 1;
      k.norm(args);
      golden.expect_near(y, name, "y", kTolerance<T>);

      NormBackwardArgs<T> back;
      back.rows = rows;
      back.width = width;
      back.dy = dy.data();
      back.dy_stride = back.dx_stride = width;
      back.gain = gain.data();
      back.normalised = normalised.data();
      back.normalised_stride = width;
      back.inverse_std = inverse_std.data();
      back.inverse_std_stride = 1;
      back.dx = dx.data();
      k.norm_backward(back);
      golden.expect_near(dx, name, "dx", kTolerance<T>);
    });
  }
}

}  // namespace
}  // namespace recur
