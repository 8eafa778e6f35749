// Element-wise kernels and sums along rows: every instruction set against plain loops, to the bit.
#include <algorithm>

#include "tests/kernels/kernel_test.h"

namespace recur {
namespace {

/// Every size up to a few vectors of sixteen, and one that is large.
std::vector<Index> map_sizes() {
  std::vector<Index> sizes;
  for (Index n = 0; n <= 50; ++n) sizes.push_back(n);
  sizes.push_back(1003);
  return sizes;
}

/// Calls f(kernels, isa, a, b, c, y) with random vectors on guarded buffers for every size.
template <class F>
void for_vectors_of_all_sizes(F&& f) {
  for_each_kernels([&]<class T>(const Kernels<T>& k, const std::string& isa) {
    for (const Index n : map_sizes()) {
      Draw draw(static_cast<std::uint64_t>(n) + 1);
      const auto a = Matrix<T>::random(draw, 1, n, 0, -3, 3), b = Matrix<T>::random(draw, 1, n, 0, -3, 3);
      const auto c = Matrix<T>::random(draw, 1, n, 0, -3, 3), y = Matrix<T>::random(draw, 1, n, 0, -3, 3);
      f(k, isa + ", size " + std::to_string(n), a, b, c, y);
    }
  });
}

template <class T, class F>
Matrix<T> plain(Index n, F&& f) {
  Matrix<T> out(1, n);
  for (Index j = 0; j < n; ++j) out(0, j) = f(j);
  return out;
}

TEST(Maps, EqualPlainLoops) {
  for_vectors_of_all_sizes([]<class T>(const Kernels<T>& k, const std::string& what, const Matrix<T>& a,
                                       const Matrix<T>& b, const Matrix<T>& m, const Matrix<T>& y0) {
    const Index n = a.columns();
    auto y = y0.copy();
    k.add(n, a.data(), y.data());
    expect_same_bits(y, plain<T>(n, [&](Index j) { return y0(0, j) + a(0, j); }), what + " add");
    y = y0.copy();
    k.scale(n, T{1.7}, a.data(), y.data());
    expect_same_bits(y, plain<T>(n, [&](Index j) { return T{1.7} * a(0, j); }), what + " scale");
    y = y0.copy();
    k.multiply(n, a.data(), b.data(), y.data());
    expect_same_bits(y, plain<T>(n, [&](Index j) { return a(0, j) * b(0, j); }), what + " multiply");
    y = y0.copy();
    k.multiply_add(n, a.data(), b.data(), y.data());
    expect_same_bits(y, plain<T>(n, [&](Index j) { return std::fma(a(0, j), b(0, j), y0(0, j)); }),
                     what + " multiply_add");
    y = y0.copy();
    k.blend(n, m.data(), a.data(), b.data(), y.data());
    expect_same_bits(y, plain<T>(n, [&](Index j) { return m(0, j) * a(0, j) + (T{1} - m(0, j)) * b(0, j); }),
                     what + " blend");
  });
}

TEST(Maps, BlendWithAMaskOfZerosAndOnesIsExact) {
  for_each_kernels([]<class T>(const Kernels<T>& k, const std::string& isa) {
    Draw draw(1);
    const auto a = Matrix<T>::random(draw, 1, 37), b = Matrix<T>::random(draw, 1, 37);
    const auto m = plain<T>(37, [&](Index j) { return static_cast<T>(j % 2); });
    Matrix<T> y(1, 37);
    k.blend(37, m.data(), a.data(), b.data(), y.data());
    expect_same_bits(y, plain<T>(37, [&](Index j) { return j % 2 == 1 ? a(0, j) : b(0, j); }), isa);
  });
}

TEST(Maps, InPlace) {
  for_each_kernels([]<class T>(const Kernels<T>& k, const std::string& isa) {
    Draw draw(2);
    const auto a = Matrix<T>::random(draw, 1, 37);
    auto y = a.copy();
    k.scale(37, T{3}, y.data(), y.data());
    k.multiply(37, y.data(), a.data(), y.data());
    expect_same_bits(y, plain<T>(37, [&](Index j) { return T{3} * a(0, j) * a(0, j); }), isa);
    for (const Activation kind :
         {Activation::identity, Activation::relu, Activation::tanh, Activation::sigmoid}) {
      Matrix<T> apart(1, 37);
      k.activate(kind, 37, a.data(), apart.data());
      y = a.copy();
      k.activate(kind, 37, y.data(), y.data());
      expect_same_bits(y, apart, isa);
    }
  });
}

TEST(Activations, ValuesAndScalarBits) {
  for_vectors_of_all_sizes([]<class T>(const Kernels<T>& k, const std::string& what, const Matrix<T>& x,
                                       const auto&, const auto&, const Matrix<T>& y0) {
    const Index n = x.columns();
    const auto expect = [&](Activation kind, double (*exact)(double), double tolerance) {
      auto y = y0.copy(), scalar = y0.copy();
      k.activate(kind, n, x.data(), y.data());
      kernels<T>(Isa::scalar).activate(kind, n, x.data(), scalar.data());
      expect_same_bits(y, scalar, what);
      for (Index j = 0; j < n; ++j) {
        const double expected = exact(static_cast<double>(x(0, j)));
        ASSERT_NEAR(static_cast<double>(y(0, j)), expected, tolerance * std::abs(expected)) << what;
      }
    };
    const double eps = sizeof(T) == 4 ? 3e-7 : 1e-15;
    expect(
        Activation::identity, [](double v) { return v; }, 0);
    expect(
        Activation::relu, [](double v) { return v > 0 ? v : 0; }, 0);
    expect(
        Activation::tanh, [](double v) { return std::tanh(v); }, eps);
    expect(
        Activation::sigmoid, [](double v) { return 1 / (1 + std::exp(-v)); }, eps);
  });
}

TEST(Activations, BackwardAddsTheDerivativeFromTheOutput) {
  for_vectors_of_all_sizes([]<class T>(const Kernels<T>& k, const std::string& what, const Matrix<T>& y,
                                       const Matrix<T>& dy, const auto&, const Matrix<T>& dx0) {
    const Index n = y.columns();
    const auto expect = [&](Activation kind, T (*derivative)(T)) {
      auto dx = dx0.copy();
      k.activate_backward(kind, n, y.data(), dy.data(), dx.data());
      expect_same_bits(
          dx, plain<T>(n, [&](Index j) { return std::fma(dy(0, j), derivative(y(0, j)), dx0(0, j)); }), what);
    };
    expect(Activation::identity, [](T) { return T{1}; });
    expect(Activation::relu, [](T v) { return v > 0 ? T{1} : T{0}; });
    expect(Activation::tanh, [](T v) { return T{1} - v * v; });
    expect(Activation::sigmoid, [](T v) { return v * (T{1} - v); });
  });
}

TEST(Activations, NanStaysNan) {
  for_each_kernels([]<class T>(const Kernels<T>& k, const std::string& isa) {
    for (const Activation kind :
         {Activation::identity, Activation::relu, Activation::tanh, Activation::sigmoid})
      for (Index at = 0; at < 21; ++at) {
        auto x = plain<T>(21, [&](Index) { return T{0.5}; });
        x(0, at) = std::numeric_limits<T>::quiet_NaN();
        k.activate(kind, 21, x.data(), x.data());
        for (Index j = 0; j < 21; ++j) ASSERT_EQ(std::isnan(x(0, j)), j == at) << isa;
      }
  });
}

/// Sixteen partial sums added pairwise: what the order of a sum along a row is defined to be.
template <class T, class F>
T row_sum(Index n, F&& f) {
  T part[16] = {};
  for (Index j = 0; j < n; ++j) part[j % 16] += f(j);
  for (Index half = 8; half > 0; half /= 2)
    for (Index i = 0; i < half; ++i) part[i] += part[i + half];
  return part[0];
}

TEST(Sums, SumOfSquaresInDouble) {
  for_vectors_of_all_sizes([]<class T>(const Kernels<T>& k, const std::string& what, const Matrix<T>& x,
                                       const auto&, const auto&, const auto&) {
    const auto square = [&](Index j) { return static_cast<double>(x(0, j)) * static_cast<double>(x(0, j)); };
    ASSERT_EQ(k.sum_of_squares(x.columns(), x.data()), row_sum<double>(x.columns(), square)) << what;
  });
  // Nothing overflows where the squares of floats would.
  const std::vector<float> huge(40, 3e38F);
  for (const Isa isa : supported_isas())
    EXPECT_NEAR(kernels<float>(isa).sum_of_squares(40, huge.data()) / 40 / 9e76, 1, 1e-6);
}

TEST(Sums, DotsAndSumsOfRowsEqualPlainLoops) {
  for_each_kernels([]<class T>(const Kernels<T>& k, const std::string& isa) {
    for (const Index n : map_sizes())
      for (const Index rows : {Index{0}, Index{1}, Index{4}, Index{7}}) {
        const std::string what = isa + ", " + std::to_string(rows) + " rows of " + std::to_string(n);
        Draw draw(static_cast<std::uint64_t>(n * 8 + rows) + 1);
        const auto a = Matrix<T>::random(draw, rows, n, 3, -3, 3),
                   x = Matrix<T>::random(draw, 1, n, 0, -3, 3);
        const auto w = Matrix<T>::random(draw, 1, rows, 0, -3, 3),
                   y0 = Matrix<T>::random(draw, 1, n, 0, -3, 3);
        Matrix<T> found(1, rows);
        k.dots(rows, n, a.data(), a.stride(), x.data(), found.data());
        expect_same_bits(found,
                         plain<T>(rows,
                                  [&](Index r) {
                                    T part[16] = {};
                                    for (Index j = 0; j < n; ++j)
                                      part[j % 16] = std::fma(a(r, j), x(0, j), part[j % 16]);
                                    for (Index half = 8; half > 0; half /= 2)
                                      for (Index i = 0; i < half; ++i) part[i] += part[i + half];
                                    return part[0];
                                  }),
                         what + " dots");
        auto y = y0.copy();
        k.add_rows(rows, n, w.data(), a.data(), a.stride(), y.data());
        expect_same_bits(y,
                         plain<T>(n,
                                  [&](Index j) {
                                    T sum = y0(0, j);
                                    for (Index r = 0; r < rows; ++r) sum = std::fma(w(0, r), a(r, j), sum);
                                    return sum;
                                  }),
                         what + " add_rows");
      }
  });
}

struct NormShape {
  Index rows, groups, width;
};

template <class T>
void expect_norm(const Kernels<T>& k, NormShape shape, bool gain, bool shift, bool accumulate, bool keep,
                 const std::string& isa) {
  const Index rows = shape.rows, groups = shape.groups, width = shape.width;
  const Index columns = groups * width;
  const std::string what =
      isa + " norm " + std::to_string(rows) + "x" + std::to_string(groups) + "x" + std::to_string(width);
  Draw draw(static_cast<std::uint64_t>(columns));
  const auto x = Matrix<T>::random(draw, rows, columns, 3, -1, 4),
             y0 = Matrix<T>::random(draw, rows, columns, 2);
  const auto gains = Matrix<T>::random(draw, 1, columns), shifts = Matrix<T>::random(draw, 1, columns);
  const T eps = T{1e-5};
  auto y = y0.copy(), expected = y0.copy();
  Matrix<T> kept(rows, columns, 3), inverse(rows, groups, 2), expected_kept(rows, columns),
      expected_inverse(rows, groups);
  for (Index r = 0; r < rows; ++r) {
    for (Index g = 0; g < groups; ++g) {
      const T* row = x.row(r) + g * width;
      const T mean = row_sum<T>(width, [&](Index j) { return row[j]; }) / static_cast<T>(width);
      const T variance = row_sum<T>(width, [&](Index j) { return (row[j] - mean) * (row[j] - mean); }) /
                         static_cast<T>(width);
      const T scale = T{1} / std::sqrt(variance + eps);
      expected_inverse(r, g) = scale;
      for (Index j = 0; j < width; ++j) {
        const Index c = g * width + j;
        T v = (row[j] - mean) * scale;
        expected_kept(r, c) = v;
        if (gain) v = v * gains(0, c);
        if (shift) v = v + shifts(0, c);
        expected(r, c) = accumulate ? expected(r, c) + v : v;
      }
    }
  }
  k.norm({.rows = rows,
          .groups = groups,
          .width = width,
          .x = x.data(),
          .x_stride = x.stride(),
          .gain = gain ? gains.data() : nullptr,
          .shift = shift ? shifts.data() : nullptr,
          .eps = eps,
          .y = y.data(),
          .y_stride = y.stride(),
          .accumulate = accumulate,
          .normalised = keep ? kept.data() : nullptr,
          .normalised_stride = kept.stride(),
          .inverse_std = keep ? inverse.data() : nullptr,
          .inverse_std_stride = inverse.stride()});
  expect_same_bits(y, expected, what);
  if (!keep) return;
  expect_same_bits(kept, expected_kept, what + " normalised");
  expect_same_bits(inverse, expected_inverse, what + " inverse_std");

  const auto dy = Matrix<T>::random(draw, rows, columns, 4), dx0 = Matrix<T>::random(draw, rows, columns, 1);
  auto dx = dx0.copy(), expected_dx = dx0.copy();
  for (Index r = 0; r < rows; ++r) {
    for (Index g = 0; g < groups; ++g) {
      const auto gained = [&](Index j) {
        const Index c = g * width + j;
        return gain ? dy(r, c) * gains(0, c) : dy(r, c);
      };
      const auto normalised = [&](Index j) { return expected_kept(r, g * width + j); };
      const T mean = row_sum<T>(width, gained) / static_cast<T>(width);
      const T slope =
          row_sum<T>(width, [&](Index j) { return gained(j) * normalised(j); }) / static_cast<T>(width);
      for (Index j = 0; j < width; ++j)
        expected_dx(r, g * width + j) += (gained(j) - mean - normalised(j) * slope) * expected_inverse(r, g);
    }
  }
  k.norm_backward({.rows = rows,
                   .groups = groups,
                   .width = width,
                   .dy = dy.data(),
                   .dy_stride = dy.stride(),
                   .gain = gain ? gains.data() : nullptr,
                   .normalised = kept.data(),
                   .normalised_stride = kept.stride(),
                   .inverse_std = inverse.data(),
                   .inverse_std_stride = inverse.stride(),
                   .dx = dx.data(),
                   .dx_stride = dx.stride()});
  expect_same_bits(dx, expected_dx, what + " backward");
}

TEST(Norm, EqualsPlainLoopsToTheBit) {
  for_each_kernels([](const auto& k, const std::string& isa) {
    for (Index width = 1; width <= 50; ++width) expect_norm(k, {3, 1, width}, true, true, false, true, isa);
    for (const Index width : {Index{7}, Index{16}, Index{33}, Index{1001}})
      for (const bool gain : {false, true})
        for (const bool shift : {false, true})
          for (const bool accumulate : {false, true})
            for (const bool keep : {false, true})
              expect_norm(k, {2, 4, width}, gain, shift, accumulate, keep, isa);
  });
}

// The loops above could share a mistake with the kernel; the derivative does not.
TEST(Norm, BackwardIsTheDerivative) {
  const Kernels<double>& k = kernels<double>();
  constexpr Index kWidth = 9;
  Draw draw(5);
  auto x = Matrix<double>::random(draw, 1, kWidth);
  const auto gain = Matrix<double>::random(draw, 1, kWidth), dy = Matrix<double>::random(draw, 1, kWidth);
  Matrix<double> y(1, kWidth), kept(1, kWidth), inverse(1, 1);
  const auto loss = [&] {
    k.norm({.rows = 1,
            .width = kWidth,
            .x = x.data(),
            .gain = gain.data(),
            .eps = 1e-3,
            .y = y.data(),
            .normalised = kept.data(),
            .inverse_std = inverse.data()});
    double sum = 0;
    for (Index j = 0; j < kWidth; ++j) sum += dy(0, j) * y(0, j);
    return sum;
  };
  loss();
  auto dx = plain<double>(kWidth, [](Index) { return 0.0; });
  k.norm_backward({.rows = 1,
                   .width = kWidth,
                   .dy = dy.data(),
                   .gain = gain.data(),
                   .normalised = kept.data(),
                   .normalised_stride = kept.stride(),
                   .inverse_std = inverse.data(),
                   .inverse_std_stride = inverse.stride(),
                   .dx = dx.data()});
  for (Index j = 0; j < kWidth; ++j) {
    const double at = x(0, j), step = 1e-5;
    x(0, j) = at + step;
    const double above = loss();
    x(0, j) = at - step;
    const double below = loss();
    x(0, j) = at;
    EXPECT_NEAR(dx(0, j), (above - below) / (2 * step), 1e-8) << j;
  }
}

}  // namespace
}  // namespace recur
