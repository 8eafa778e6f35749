// Element-wise work and sums along rows, for any lane type L. Included by one file an instruction set.
#pragma once

#include "kernels/table.h"
#include "simd/math.h"

namespace recur {

/// Calls f(position, mask) for each vector of `size` values.
template <class L, class F>
inline void for_vectors(Index size, F&& f) {
  Index j = 0;
  const auto full = L::first(L::size);
  for (; j + L::size <= size; j += L::size) f(j, full);
  if (j < size) f(j, L::first(size - j));
}

template <class L>
void activate(Activation kind, Index size, const typename L::Value* x, typename L::Value* y) noexcept {
  const auto each = [&](auto f) {
    for_vectors<L>(size, [&](Index j, auto m) { f(L::load(x + j, m)).store(y + j, m); });
  };
  switch (kind) {
    case Activation::identity:
      return each([](L v) { return v; });
    case Activation::relu:
      return each([](L v) { return relu(v); });
    case Activation::tanh:
      return each([](L v) { return tanh(v); });
    case Activation::sigmoid:
      return each([](L v) { return sigmoid(v); });
  }
}

template <class L>
void activate_backward(Activation kind, Index size, const typename L::Value* y, const typename L::Value* dy,
                       typename L::Value* dx) noexcept {
  const L one = L::broadcast(1);
  const auto each = [&](auto derivative) {
    for_vectors<L>(size, [&](Index j, auto m) {
      fma(L::load(dy + j, m), derivative(L::load(y + j, m)), L::load(dx + j, m)).store(dx + j, m);
    });
  };
  switch (kind) {
    case Activation::identity:
      return each([&](L) { return one; });
    case Activation::relu:
      return each([](L v) { return positive(v); });
    case Activation::tanh:
      return each([&](L v) { return one - v * v; });
    case Activation::sigmoid:
      return each([&](L v) { return v * (one - v); });
  }
}

template <class L>
void add(Index size, const typename L::Value* x, typename L::Value* y) noexcept {
  for_vectors<L>(size, [&](Index j, auto m) { (L::load(y + j, m) + L::load(x + j, m)).store(y + j, m); });
}
template <class L>
void scale(Index size, typename L::Value factor, const typename L::Value* x, typename L::Value* y) noexcept {
  const L f = L::broadcast(factor);
  for_vectors<L>(size, [&](Index j, auto m) { (f * L::load(x + j, m)).store(y + j, m); });
}
template <class L>
void multiply_maps(Index size, const typename L::Value* a, const typename L::Value* b,
                   typename L::Value* y) noexcept {
  for_vectors<L>(size, [&](Index j, auto m) { (L::load(a + j, m) * L::load(b + j, m)).store(y + j, m); });
}
template <class L>
void multiply_add(Index size, const typename L::Value* a, const typename L::Value* b,
                  typename L::Value* y) noexcept {
  for_vectors<L>(size, [&](Index j, auto m) {
    fma(L::load(a + j, m), L::load(b + j, m), L::load(y + j, m)).store(y + j, m);
  });
}
template <class L>
void blend(Index size, const typename L::Value* mask, const typename L::Value* a, const typename L::Value* b,
           typename L::Value* y) noexcept {
  const L one = L::broadcast(1);
  for_vectors<L>(size, [&](Index j, auto m) {
    const L stay = L::load(mask + j, m);
    (stay * L::load(a + j, m) + (one - stay) * L::load(b + j, m)).store(y + j, m);
  });
}

/// Sixteen partial sums, element j in sum j mod 16, added pairwise: the order of every sum along a row.
template <class L>
struct RowSum {
  using T = typename L::Value;
  static constexpr Index kVectors = 16 / L::size;
  L part[kVectors];

  RowSum() {
    for (Index v = 0; v < kVectors; ++v) part[v] = L::broadcast(T{0});
  }
  /// Σ f(vector, position) over `size` values.
  template <class F>
  static T of(Index size, F&& f) {
    RowSum sum;
    Index j = 0;
    for (; j + 16 <= size; j += 16)
      for (Index v = 0; v < kVectors; ++v) sum.part[v] = sum.part[v] + f(j + v * L::size, L::first(L::size));
    for (Index v = 0; v < kVectors && j < size; ++v, j += L::size) {
      const auto mask = L::first(size - j);
      alignas(64) T lanes[L::size];
      f(j, mask).store(lanes);
      // What f makes of the empty lanes of a tail does not count.
      sum.part[v] = sum.part[v] + L::load(lanes, mask);
    }
    return sum.total();
  }
  T total() const {
    alignas(64) T lanes[16];
    for (Index v = 0; v < kVectors; ++v) part[v].store(lanes + v * L::size);
    for (Index half = 8; half > 0; half /= 2)
      for (Index i = 0; i < half; ++i) lanes[i] += lanes[i + half];
    return lanes[0];
  }
};

/// For the norm of a gradient: sixteen partial sums in double, whatever the lanes.
template <class L>
double sum_of_squares(Index size, const typename L::Value* x) noexcept {
  double part[16] = {};
  Index j = 0;
  for (; j + 16 <= size; j += 16)
    for (Index i = 0; i < 16; ++i) part[i] += static_cast<double>(x[j + i]) * static_cast<double>(x[j + i]);
  for (Index i = 0; j + i < size; ++i)
    part[i] += static_cast<double>(x[j + i]) * static_cast<double>(x[j + i]);
  for (Index half = 8; half > 0; half /= 2)
    for (Index i = 0; i < half; ++i) part[i] += part[i + half];
  return part[0];
}

/// Sixteen partial sums of products, of `Rows` rows at a time: their chains do not wait for each other.
template <class L, Index Rows>
void dots_of(Index size, const typename L::Value* a, Index a_stride, const typename L::Value* x,
             typename L::Value* y) noexcept {
  constexpr Index kVectors = RowSum<L>::kVectors;
  RowSum<L> sums[Rows];
  Index j = 0;
  for (; j + 16 <= size; j += 16)
    for (Index v = 0; v < kVectors; ++v) {
      const L with = L::load(x + j + v * L::size);
      for (Index r = 0; r < Rows; ++r)
        sums[r].part[v] = fma(L::load(a + r * a_stride + j + v * L::size), with, sums[r].part[v]);
    }
  for (Index v = 0; v < kVectors && j < size; ++v, j += L::size) {
    const auto mask = L::first(size - j);
    const L with = L::load(x + j, mask);
    for (Index r = 0; r < Rows; ++r)
      sums[r].part[v] = fma(L::load(a + r * a_stride + j, mask), with, sums[r].part[v]);
  }
  for (Index r = 0; r < Rows; ++r) y[r] = sums[r].total();
}
template <class L>
void dots(Index rows, Index size, const typename L::Value* a, Index a_stride, const typename L::Value* x,
          typename L::Value* y) noexcept {
  Index r = 0;
  for (; r + 4 <= rows; r += 4) dots_of<L, 4>(size, a + r * a_stride, a_stride, x, y + r);
  for (; r < rows; ++r) dots_of<L, 1>(size, a + r * a_stride, a_stride, x, y + r);
}

template <class L>
void add_rows(Index rows, Index size, const typename L::Value* w, const typename L::Value* a, Index a_stride,
              typename L::Value* y) noexcept {
  constexpr Index kVectors = 4, kWide = kVectors * L::size;
  Index j = 0;
  for (; j + kWide <= size; j += kWide) {
    L sum[kVectors];
    for (Index v = 0; v < kVectors; ++v) sum[v] = L::load(y + j + v * L::size);
    for (Index r = 0; r < rows; ++r) {
      const L weight = L::broadcast(w[r]);
      for (Index v = 0; v < kVectors; ++v)
        sum[v] = fma(weight, L::load(a + r * a_stride + j + v * L::size), sum[v]);
    }
    for (Index v = 0; v < kVectors; ++v) sum[v].store(y + j + v * L::size);
  }
  for (; j < size; j += L::size) {
    const auto mask = L::first(size - j);
    L sum = L::load(y + j, mask);
    for (Index r = 0; r < rows; ++r) sum = fma(L::broadcast(w[r]), L::load(a + r * a_stride + j, mask), sum);
    sum.store(y + j, mask);
  }
}

template <class L>
void norm(const NormArgs<typename L::Value>& p) noexcept {
  using T = typename L::Value;
  for (Index row = 0; row < p.rows; ++row) {
    for (Index group = 0; group < p.groups; ++group) {
      const Index offset = group * p.width;
      const T* const x = p.x + row * p.x_stride + offset;
      T* const y = p.y + row * p.y_stride + offset;
      const T count = static_cast<T>(p.width);
      const T mean = RowSum<L>::of(p.width, [&](Index j, auto m) { return L::load(x + j, m); }) / count;
      const L centre = L::broadcast(mean);
      const T variance = RowSum<L>::of(p.width,
                                       [&](Index j, auto m) {
                                         const L d = L::load(x + j, m) - centre;
                                         return d * d;
                                       }) /
                         count;
      L one = L::broadcast(T{1});
      alignas(64) T lanes[L::size];
      (one / sqrt(L::broadcast(variance + p.eps))).store(lanes);
      const T inverse = lanes[0];
      if (p.inverse_std != nullptr) p.inverse_std[row * p.inverse_std_stride + group] = inverse;
      const L inverse_std = L::broadcast(inverse);
      T* const kept = p.normalised == nullptr ? nullptr : p.normalised + row * p.normalised_stride + offset;
      for_vectors<L>(p.width, [&](Index j, auto m) {
        L v = (L::load(x + j, m) - centre) * inverse_std;
        if (kept != nullptr) v.store(kept + j, m);
        if (p.gain != nullptr) v = v * L::load(p.gain + offset + j, m);
        if (p.shift != nullptr) v = v + L::load(p.shift + offset + j, m);
        if (p.accumulate) v = L::load(y + j, m) + v;
        v.store(y + j, m);
      });
    }
  }
}

template <class L>
void norm_backward(const NormBackwardArgs<typename L::Value>& p) noexcept {
  using T = typename L::Value;
  for (Index row = 0; row < p.rows; ++row) {
    for (Index group = 0; group < p.groups; ++group) {
      const Index offset = group * p.width;
      const T* const dy = p.dy + row * p.dy_stride + offset;
      const T* const kept = p.normalised + row * p.normalised_stride + offset;
      T* const dx = p.dx + row * p.dx_stride + offset;
      const auto gained = [&](Index j, auto m) {
        const L d = L::load(dy + j, m);
        return p.gain == nullptr ? d : d * L::load(p.gain + offset + j, m);
      };
      const T count = static_cast<T>(p.width);
      const L mean = L::broadcast(RowSum<L>::of(p.width, gained) / count);
      const L slope = L::broadcast(
          RowSum<L>::of(p.width, [&](Index j, auto m) { return gained(j, m) * L::load(kept + j, m); }) /
          count);
      const L inverse_std = L::broadcast(p.inverse_std[row * p.inverse_std_stride + group]);
      for_vectors<L>(p.width, [&](Index j, auto m) {
        const L d = (gained(j, m) - mean - L::load(kept + j, m) * slope) * inverse_std;
        (L::load(dx + j, m) + d).store(dx + j, m);
      });
    }
  }
}

/// The largest of a row, NaNs apart; −∞ where all are NaN. (It is the same in any order.)
template <class L>
typename L::Value row_max(Index size, const typename L::Value* x) {
  using T = typename L::Value;
  constexpr Index kVectors = 16 / L::size;
  const T lowest = -static_cast<T>(__builtin_inf());
  L best[kVectors];
  for (Index v = 0; v < kVectors; ++v) best[v] = L::broadcast(lowest);
  Index j = 0;
  for (; j + 16 <= size; j += 16)
    for (Index v = 0; v < kVectors; ++v) best[v] = max(L::load(x + j + v * L::size), best[v]);
  alignas(64) T lanes[16];
  for (Index v = 0; v < kVectors; ++v) best[v].store(lanes + v * L::size);
  T largest = lowest;
  for (const T lane : lanes) largest = lane > largest ? lane : largest;
  for (; j < size; ++j) largest = x[j] > largest ? x[j] : largest;
  return largest;
}

/// y = softmax(x) of one row, where y is not null; returns log Σ eˣ shifted by the maximum, that is maximum +
/// log Σ e^(x − maximum).
template <class L>
double softmax_row(Index classes, const typename L::Value* x, typename L::Value* y) {
  using T = typename L::Value;
  const T largest = row_max<L>(classes, x);
  const L shift = L::broadcast(largest);
  const T sum = RowSum<L>::of(classes, [&](Index j, auto m) {
    const L e = exp(L::load(x + j, m) - shift);
    if (y != nullptr) e.store(y + j, m);
    return e;
  });
  if (y != nullptr) {
    const L factor = L::broadcast(T{1} / sum);
    for_vectors<L>(classes, [&](Index j, auto m) { (L::load(y + j, m) * factor).store(y + j, m); });
  }
  return static_cast<double>(largest) + __builtin_log(static_cast<double>(sum));
}

template <class L>
void cross_entropy(const CrossEntropyArgs<typename L::Value>& p) noexcept {
  using T = typename L::Value;
  for (Index r = 0; r < p.rows; ++r) {
    const T* const x = p.logits + r * p.classes;
    T* const y = p.probabilities == nullptr ? nullptr : p.probabilities + r * p.classes;
    const double log_sum = softmax_row<L>(p.classes, x, y);
    const auto target = p.targets[r];
    if (target == p.ignore) {
      p.losses[r] = T{0};
      continue;
    }
    const double weight = p.class_weights == nullptr ? 1.0 : static_cast<double>(p.class_weights[target]);
    double loss = weight * (log_sum - static_cast<double>(x[target]));
    if (p.label_smoothing > T{0}) {
      // (1 − ε)·loss + ε/K·Σ_k w_k·(log Σ eˣ − x_k), as PyTorch does.
      double spread = 0;
      for (Index k = 0; k < p.classes; ++k)
        spread += (p.class_weights == nullptr ? 1.0 : static_cast<double>(p.class_weights[k])) *
                  (log_sum - static_cast<double>(x[k]));
      const double e = static_cast<double>(p.label_smoothing);
      loss = (1 - e) * loss + e / static_cast<double>(p.classes) * spread;
    }
    p.losses[r] = static_cast<T>(loss);
  }
}

template <class L>
void update(const UpdateArgs<typename L::Value>& p) noexcept {
  using T = typename L::Value;
  const L one = L::broadcast(T{1}), rate = L::broadcast(p.rate);
  const L momentum = L::broadcast(p.momentum), beta2 = L::broadcast(p.beta2), eps = L::broadcast(p.eps);
  for_vectors<L>(p.size, [&](Index j, auto m) {
    L value = L::load(p.value + j, m);
    L g = L::load(p.gradient + j, m) * L::broadcast(p.scale);
    if (p.clip_value > T{0}) g = max(L::broadcast(-p.clip_value), min(L::broadcast(p.clip_value), g));
    if (p.l2 != T{0}) g = g + L::broadcast(p.l2) * value;
    if (p.l1 != T{0}) g = g + L::broadcast(p.l1) * (positive(value) - positive(-value));
    if (p.decoupled_decay != T{0}) value = value - rate * L::broadcast(p.decoupled_decay) * value;
    switch (p.rule) {
      case UpdateRule::sgd:
        if (p.first != nullptr) {
          const L v = p.first_step ? g : momentum * L::load(p.first + j, m) + g;
          v.store(p.first + j, m);
          g = p.nesterov ? g + momentum * v : v;
        }
        value = value - rate * g;
        break;
      case UpdateRule::rmsprop: {
        const L mean = beta2 * L::load(p.second + j, m) + (one - beta2) * g * g;
        mean.store(p.second + j, m);
        L step = g / (sqrt(mean) + eps);
        if (p.first != nullptr) {
          step = momentum * L::load(p.first + j, m) + step;
          step.store(p.first + j, m);
        }
        value = value - rate * step;
        break;
      }
      case UpdateRule::adagrad: {
        const L sum = L::load(p.second + j, m) + g * g;
        sum.store(p.second + j, m);
        value = value - rate * g / (sqrt(sum) + eps);
        break;
      }
      case UpdateRule::adam: {
        const L mean = momentum * L::load(p.first + j, m) + (one - momentum) * g;
        const L square = beta2 * L::load(p.second + j, m) + (one - beta2) * g * g;
        mean.store(p.first + j, m);
        square.store(p.second + j, m);
        const L step = rate / L::broadcast(p.correction1);
        value = value - step * mean / (sqrt(square) / sqrt(L::broadcast(p.correction2)) + eps);
        break;
      }
    }
    value.store(p.value + j, m);
  });
}

}  // namespace recur
