// Softmax and cross-entropy: every instruction set has the scalar bits; values against long double.
#include <algorithm>

#include "tests/kernels/kernel_test.h"

namespace recur {
namespace {

template <class T>
constexpr double kTolerance = sizeof(T) == 4 ? 1e-6 : 1e-14;

std::vector<long double> exact_softmax(const std::vector<long double>& x) {
  const long double largest = *std::max_element(x.begin(), x.end());
  std::vector<long double> y;
  long double sum = 0;
  for (const long double v : x) sum += std::exp(v - largest);
  for (const long double v : x) y.push_back(std::exp(v - largest) / sum);
  return y;
}

template <class T>
std::vector<long double> row_of(const Matrix<T>& m, Index r) {
  return {m.row(r), m.row(r) + m.columns()};
}

/// The probabilities that cross-entropy hands out.
template <class T>
void softmax(const Kernels<T>& k, Index rows, Index classes, const T* x, T* y) {
  const std::vector<std::int32_t> targets(static_cast<std::size_t>(rows), 0);
  std::vector<T> losses(static_cast<std::size_t>(rows));
  k.cross_entropy({.rows = rows,
                   .classes = classes,
                   .logits = x,
                   .targets = targets.data(),
                   .losses = losses.data(),
                   .probabilities = y});
}

TEST(Softmax, ValuesAndScalarBits) {
  for_each_kernels([]<class T>(const Kernels<T>& k, const std::string& isa) {
    for (Index classes = 1; classes <= 70; ++classes) {
      Draw draw(static_cast<std::uint64_t>(classes));
      const auto x = Matrix<T>::random(draw, 3, classes, 0, -8, 8);
      Matrix<T> y(3, classes), scalar(3, classes);
      softmax(k, 3, classes, x.data(), y.data());
      softmax(kernels<T>(Isa::scalar), 3, classes, x.data(), scalar.data());
      expect_same_bits(y, scalar, isa);
      for (Index r = 0; r < 3; ++r) {
        const auto expected = exact_softmax(row_of(x, r));
        for (Index c = 0; c < classes; ++c)
          ASSERT_NEAR(static_cast<double>(y(r, c)),
                      static_cast<double>(expected[static_cast<std::size_t>(c)]), kTolerance<T>)
              << isa << " " << classes;
      }
    }
  });
}

TEST(Softmax, LargeLogitsNeitherOverflowNorVanish) {
  for_each_kernels([]<class T>(const Kernels<T>& k, const std::string& isa) {
    Matrix<T> x(1, 3), y(1, 3);
    x(0, 0) = 1000, x(0, 1) = 1000, x(0, 2) = -1000;
    softmax(k, 1, 3, x.data(), y.data());
    EXPECT_EQ(y(0, 0), T{0.5}) << isa;
    EXPECT_EQ(y(0, 1), T{0.5}) << isa;
    EXPECT_NEAR(static_cast<double>(y(0, 2)), 0, 1e-37) << isa;
  });
}

TEST(Softmax, ANanAnywhereIsSeenInItsRowOnly) {
  for_each_kernels([]<class T>(const Kernels<T>& k, const std::string& isa) {
    for (Index at = 0; at < 19; ++at) {
      Draw draw(3);
      auto x = Matrix<T>::random(draw, 3, 19);
      x(1, at) = std::numeric_limits<T>::quiet_NaN();
      Matrix<T> y(3, 19);
      softmax(k, 3, 19, x.data(), y.data());
      for (Index c = 0; c < 19; ++c) {
        ASSERT_TRUE(std::isnan(y(1, c))) << isa;
        ASSERT_FALSE(std::isnan(y(0, c)) || std::isnan(y(2, c))) << isa;
      }
    }
  });
}

constexpr std::int32_t kIgnore = -100;

struct LossCase {
  bool weights = false;
  double smoothing = 0;
};

template <class T>
void expect_cross_entropy(const Kernels<T>& k, Index classes, LossCase options, const std::string& isa) {
  constexpr Index kRows = 5;
  Draw draw(static_cast<std::uint64_t>(classes) * 3);
  const auto x = Matrix<T>::random(draw, kRows, classes, 0, -9, 9);
  const auto weights = Matrix<T>::random(draw, 1, classes, 0, 0.5, 2);
  std::vector<std::int32_t> targets;
  for (Index r = 0; r < kRows; ++r) targets.push_back(static_cast<std::int32_t>(draw.below(classes)));
  targets[2] = kIgnore;
  const auto smoothing = static_cast<T>(options.smoothing);
  const auto run = [&](const Kernels<T>& which, Matrix<T>& losses, Matrix<T>* probabilities) {
    which.cross_entropy({.rows = kRows,
                         .classes = classes,
                         .logits = x.data(),
                         .targets = targets.data(),
                         .ignore = kIgnore,
                         .class_weights = options.weights ? weights.data() : nullptr,
                         .label_smoothing = smoothing,
                         .losses = losses.data(),
                         .probabilities = probabilities == nullptr ? nullptr : probabilities->data()});
  };
  Matrix<T> losses(1, kRows), probabilities(kRows, classes), scalar(1, kRows), alone(1, kRows);
  run(k, losses, &probabilities);
  Matrix<T> scalar_probabilities(kRows, classes);
  run(kernels<T>(Isa::scalar), scalar, &scalar_probabilities);
  expect_same_bits(losses, scalar, isa + " losses");
  expect_same_bits(probabilities, scalar_probabilities, isa + " probabilities");
  run(k, alone, nullptr);
  expect_same_bits(alone, losses, isa + " losses without probabilities");

  for (Index r = 0; r < kRows; ++r) {
    const auto target = targets[static_cast<std::size_t>(r)];
    if (target == kIgnore) {
      EXPECT_EQ(losses(0, r), 0);
      continue;
    }
    // Σ_k q_k·w_k·(−log p_k) with q = (1 − ε)·onehot + ε/K, as PyTorch has it.
    const auto p = exact_softmax(row_of(x, r));
    long double expected = 0;
    for (Index c = 0; c < classes; ++c) {
      const long double e = static_cast<long double>(smoothing);
      const long double q = (c == target ? 1 - e : 0) + e / static_cast<long double>(classes);
      const long double w = options.weights ? static_cast<long double>(weights(0, c)) : 1;
      expected -= q * w * std::log(p[static_cast<std::size_t>(c)]);
    }
    EXPECT_NEAR(static_cast<double>(losses(0, r)), static_cast<double>(expected),
                kTolerance<T> * (1 + static_cast<double>(expected)))
        << isa << " classes " << classes;
  }
}

TEST(CrossEntropy, ValuesAndScalarBits) {
  for_each_kernels([](const auto& k, const std::string& isa) {
    for (Index classes = 1; classes <= 40; ++classes)
      for (const LossCase options : {LossCase{}, LossCase{.weights = true}, LossCase{.smoothing = 0.125},
                                     LossCase{.weights = true, .smoothing = 0.125}})
        expect_cross_entropy(k, classes, options, isa);
    expect_cross_entropy(k, 1003, {.weights = true, .smoothing = 0.5}, isa);
  });
}

TEST(CrossEntropy, ExtremeLogitsHaveAFiniteLoss) {
  for_each_kernels([]<class T>(const Kernels<T>& k, const std::string& isa) {
    Matrix<T> x(2, 3), losses(1, 2), probabilities(2, 3);
    for (Index r = 0; r < 2; ++r) x(r, 0) = 500, x(r, 1) = -500, x(r, 2) = 0;
    const std::int32_t targets[] = {1, 0};
    k.cross_entropy({.rows = 2,
                     .classes = 3,
                     .logits = x.data(),
                     .targets = targets,
                     .losses = losses.data(),
                     .probabilities = probabilities.data()});
    EXPECT_EQ(losses(0, 0), 1000) << isa;
    EXPECT_NEAR(static_cast<double>(losses(0, 1)), 0, 1e-37) << isa;
  });
}

TEST(CrossEntropy, ANanInALogitIsANanInTheLoss) {
  for_each_kernels([]<class T>(const Kernels<T>& k, const std::string& isa) {
    Draw draw(9);
    for (Index at = 0; at < 21; ++at) {
      auto x = Matrix<T>::random(draw, 2, 21);
      x(1, at) = std::numeric_limits<T>::quiet_NaN();
      Matrix<T> losses(1, 2), probabilities(2, 21);
      const std::int32_t targets[] = {3, 3};
      k.cross_entropy({.rows = 2,
                       .classes = 21,
                       .logits = x.data(),
                       .targets = targets,
                       .losses = losses.data(),
                       .probabilities = probabilities.data()});
      EXPECT_FALSE(std::isnan(losses(0, 0))) << isa;
      EXPECT_TRUE(std::isnan(losses(0, 1))) << isa << ", the logit of class " << at;
    }
  });
}

}  // namespace
}  // namespace recur
