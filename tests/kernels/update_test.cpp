// Optimiser updates: every instruction set has the scalar bits; each rule against PyTorch's formula in long
// double.
#include <functional>

#include "tests/kernels/kernel_test.h"

namespace recur {
namespace {

template <class T>
struct State {
  Matrix<T> value, first, second;
};

/// One update of copies of the same state.
template <class T>
State<T> updated(const Kernels<T>& k, const State<T>& before, const Matrix<T>& gradient, UpdateArgs<T> args,
                 bool first, bool second) {
  State<T> s{before.value.copy(), before.first.copy(), before.second.copy()};
  args.size = gradient.columns();
  args.value = s.value.data();
  args.gradient = gradient.data();
  args.first = first ? s.first.data() : nullptr;
  args.second = second ? s.second.data() : nullptr;
  k.update(args);
  return s;
}

/// One value through a rule, exactly: the gradient after scaling, clipping and penalties; then PyTorch's
/// formula.
struct Exact {
  long double value, first, second;
};
template <class T>
Exact exact_update(const UpdateArgs<T>& p, long double value, long double g, long double first,
                   long double second, bool momentum_kept) {
  const auto l = [](T v) { return static_cast<long double>(v); };
  g *= l(p.scale);
  if (p.clip_value > 0) g = std::fmax(-l(p.clip_value), std::fmin(l(p.clip_value), g));
  g += l(p.l2) * value;
  g += l(p.l1) * (value > 0 ? 1 : (value < 0 ? -1 : 0));
  value -= l(p.rate) * l(p.decoupled_decay) * value;
  const long double rate = l(p.rate), beta1 = l(p.momentum), beta2 = l(p.beta2), eps = l(p.eps);
  switch (p.rule) {
    case UpdateRule::sgd:
      if (momentum_kept) {
        first = p.first_step ? g : beta1 * first + g;
        g = p.nesterov ? g + beta1 * first : first;
      }
      value -= rate * g;
      break;
    case UpdateRule::rmsprop:
      second = beta2 * second + (1 - beta2) * g * g;
      g = g / (std::sqrt(second) + eps);
      if (momentum_kept) g = first = beta1 * first + g;
      value -= rate * g;
      break;
    case UpdateRule::adagrad:
      second += g * g;
      value -= rate * g / (std::sqrt(second) + eps);
      break;
    case UpdateRule::adam:
      first = beta1 * first + (1 - beta1) * g;
      second = beta2 * second + (1 - beta2) * g * g;
      value -= rate / l(p.correction1) * first / (std::sqrt(second) / std::sqrt(l(p.correction2)) + eps);
      break;
  }
  return {value, first, second};
}

/// `make` fills the settings of a rule; `first`, `second`: which moments it keeps.
void expect_rule(const std::string& rule, const std::function<void(UpdateArgs<double>&)>& make, bool first,
                 bool second) {
  for_each_kernels([&]<class T>(const Kernels<T>& k, const std::string& isa) {
    UpdateArgs<double> d;
    make(d);
    const UpdateArgs<T> args{.rule = d.rule,
                             .scale = static_cast<T>(d.scale),
                             .clip_value = static_cast<T>(d.clip_value),
                             .rate = static_cast<T>(d.rate),
                             .l1 = static_cast<T>(d.l1),
                             .l2 = static_cast<T>(d.l2),
                             .decoupled_decay = static_cast<T>(d.decoupled_decay),
                             .momentum = static_cast<T>(d.momentum),
                             .beta2 = static_cast<T>(d.beta2),
                             .eps = static_cast<T>(d.eps),
                             .nesterov = d.nesterov,
                             .first_step = d.first_step,
                             .correction1 = static_cast<T>(d.correction1),
                             .correction2 = static_cast<T>(d.correction2)};
    for (Index n = 0; n <= 40; ++n) {
      const std::string what = rule + " on " + isa + ", size " + std::to_string(n);
      Draw draw(static_cast<std::uint64_t>(n) + 11);
      State<T> before{Matrix<T>::random(draw, 1, n), Matrix<T>::random(draw, 1, n),
                      Matrix<T>::random(draw, 1, n, 0, 0, 1)};
      const auto gradient = Matrix<T>::random(draw, 1, n, 0, -3, 3);
      if (n > 5) before.value(0, 4) = 0;  // the subgradient of |w| at 0 is 0
      const State<T> found = updated(k, before, gradient, args, first, second);
      const State<T> scalar = updated(kernels<T>(Isa::scalar), before, gradient, args, first, second);
      expect_same_bits(found.value, scalar.value, what);
      expect_same_bits(found.first, scalar.first, what + ", first moment");
      expect_same_bits(found.second, scalar.second, what + ", second moment");
      const double eps = sizeof(T) == 4 ? 1e-6 : 1e-14;
      for (Index j = 0; j < n; ++j) {
        const auto l = [j](const Matrix<T>& m) { return static_cast<long double>(m(0, j)); };
        const Exact exact =
            exact_update(args, l(before.value), l(gradient), l(before.first), l(before.second), first);
        ASSERT_NEAR(static_cast<double>(found.value(0, j)), static_cast<double>(exact.value), eps) << what;
        ASSERT_NEAR(static_cast<double>(found.first(0, j)), static_cast<double>(exact.first), 4 * eps)
            << what;
        ASSERT_NEAR(static_cast<double>(found.second(0, j)), static_cast<double>(exact.second), 20 * eps)
            << what;
      }
    }
  });
}

TEST(Update, Sgd) {
  const auto sgd = [](UpdateArgs<double>& p) { p.rule = UpdateRule::sgd, p.rate = 0.1; };
  expect_rule("sgd", sgd, false, false);
  expect_rule(
      "sgd with momentum", [&](auto& p) { sgd(p), p.momentum = 0.9; }, true, false);
  expect_rule(
      "the first step with momentum", [&](auto& p) { sgd(p), p.momentum = 0.9, p.first_step = true; }, true,
      false);
  expect_rule(
      "nesterov", [&](auto& p) { sgd(p), p.momentum = 0.9, p.nesterov = true; }, true, false);
}

TEST(Update, RmspropAndAdagrad) {
  const auto rmsprop = [](UpdateArgs<double>& p) {
    p.rule = UpdateRule::rmsprop, p.rate = 0.01, p.beta2 = 0.99, p.eps = 1e-8;
  };
  expect_rule("rmsprop", rmsprop, false, true);
  expect_rule(
      "rmsprop with momentum", [&](auto& p) { rmsprop(p), p.momentum = 0.9; }, true, true);
  expect_rule(
      "adagrad", [](auto& p) { p.rule = UpdateRule::adagrad, p.rate = 0.01, p.eps = 1e-10; }, false, true);
}

TEST(Update, Adam) {
  const auto adam = [](UpdateArgs<double>& p) {
    p.rule = UpdateRule::adam, p.rate = 0.001, p.momentum = 0.9, p.beta2 = 0.999, p.eps = 1e-8;
    p.correction1 = 1 - 0.9 * 0.9, p.correction2 = 1 - 0.999 * 0.999;
  };
  expect_rule("adam", adam, true, true);
  expect_rule(
      "adamw", [&](auto& p) { adam(p), p.decoupled_decay = 0.01; }, true, true);
}

TEST(Update, ScalingClippingAndPenalties) {
  const auto sgd = [](UpdateArgs<double>& p) { p.rule = UpdateRule::sgd, p.rate = 0.1; };
  expect_rule(
      "scale", [&](auto& p) { sgd(p), p.scale = 0.25; }, false, false);
  expect_rule(
      "clip_value", [&](auto& p) { sgd(p), p.clip_value = 0.5; }, false, false);
  expect_rule(
      "scale before clip_value", [&](auto& p) { sgd(p), p.scale = 0.25, p.clip_value = 0.5; }, false, false);
  expect_rule(
      "l1", [&](auto& p) { sgd(p), p.l1 = 0.1; }, false, false);
  expect_rule(
      "l2 after clip_value", [&](auto& p) { sgd(p), p.l2 = 0.1, p.clip_value = 0.5; }, false, false);
  expect_rule(
      "all",
      [&](auto& p) { sgd(p), p.l1 = 0.1, p.l2 = 0.2, p.scale = 2, p.clip_value = 1, p.momentum = 0.5; }, true,
      false);
}

TEST(Update, ANanGradientIsSeenInItsValueOnly) {
  for_each_kernels([]<class T>(const Kernels<T>& k, const std::string& isa) {
    for (const UpdateRule rule :
         {UpdateRule::sgd, UpdateRule::rmsprop, UpdateRule::adagrad, UpdateRule::adam}) {
      Draw draw(1);
      const State<T> before{Matrix<T>::random(draw, 1, 21), Matrix<T>::random(draw, 1, 21),
                            Matrix<T>::random(draw, 1, 21, 0, 0, 1)};
      auto gradient = Matrix<T>::random(draw, 1, 21);
      gradient(0, 18) = std::numeric_limits<T>::quiet_NaN();
      const auto after =
          updated<T>(k, before, gradient,
                     {.rule = rule, .clip_value = T{1}, .rate = T{0.1}, .beta2 = T{0.9}, .eps = T{1e-8}},
                     rule == UpdateRule::adam, rule != UpdateRule::sgd);
      for (Index j = 0; j < 21; ++j) ASSERT_EQ(std::isnan(after.value(0, j)), j == 18) << isa;
    }
  });
}

}  // namespace
}  // namespace recur
