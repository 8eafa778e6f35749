// The lane type of width one: the reference that every instruction set is compared with, and all of double.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <type_traits>

#include "base/types.h"
#include "simd/pair.h"

namespace recur {

/// One lane of T = float | double. Float functions follow the vector code operation by operation, so that the
/// results are the same to the bit; double functions are the C library's, for checks without tolerances.
template <class T>
struct Scalar {
  using Value = T;
  using Mask = bool;
  static constexpr Index size = 1;
  /// How many accumulators a kernel may keep in registers.
  static constexpr int accumulators = 12;

  T v;

  static Scalar load(const T* p) { return {*p}; }
  static Scalar load(const T* p, Mask m) { return {m ? *p : T{0}}; }
  static Scalar broadcast(T x) { return {x}; }
  /// The lanes below `n` of a tail.
  static Mask first(Index n) { return n > 0; }
  /// The bfloat16 in the low and in the high half of a word.
  static Pair<Scalar> load_pair(const std::uint32_t* p) {
    return {{static_cast<T>(std::bit_cast<float>(*p << 16))},
            {static_cast<T>(std::bit_cast<float>(*p & 0xFFFF0000U))}};
  }
  /// Sums of products of bytes, a lane each: exact, so that every instruction set has the same. `a` are four
  /// bytes, `b` four for each lane; `sums` is Σ b of each lane, for who multiplies a + 128.
  struct ByteSums {
    std::int32_t v = 0;
    void add(const std::int8_t* a, const std::int8_t* b) {
      for (int i = 0; i < 4; ++i) v += a[i] * b[i];
    }
    Scalar value(const std::int32_t*) const { return {static_cast<T>(v)}; }
  };
  /// The nearest integers, ties to even, as bytes. REQUIRES: |v| ≤ 127.
  void store_bytes(std::int8_t* p) const { *p = static_cast<std::int8_t>(std::nearbyint(v)); }
  void store(T* p) const { *p = v; }
  void store(T* p, Mask m) const {
    if (m) *p = v;
  }
};

template <class T>
Scalar<T> operator+(Scalar<T> a, Scalar<T> b) {
  return {a.v + b.v};
}
template <class T>
Scalar<T> operator-(Scalar<T> a, Scalar<T> b) {
  return {a.v - b.v};
}
template <class T>
Scalar<T> operator*(Scalar<T> a, Scalar<T> b) {
  return {a.v * b.v};
}
template <class T>
Scalar<T> operator/(Scalar<T> a, Scalar<T> b) {
  return {a.v / b.v};
}
template <class T>
Scalar<T> operator-(Scalar<T> a) {
  return {-a.v};
}

/// a·b + c, rounded once.
template <class T>
Scalar<T> fma(Scalar<T> a, Scalar<T> b, Scalar<T> c) {
  return {std::fma(a.v, b.v, c.v)};
}
/// a where a > b, else b: a NaN in b stays.
template <class T>
Scalar<T> max(Scalar<T> a, Scalar<T> b) {
  return {a.v > b.v ? a.v : b.v};
}
/// a where a < b, else b: a NaN in b stays.
template <class T>
Scalar<T> min(Scalar<T> a, Scalar<T> b) {
  return {a.v < b.v ? a.v : b.v};
}
template <class T>
Scalar<T> abs(Scalar<T> a) {
  return {std::fabs(a.v)};
}
template <class T>
Scalar<T> sqrt(Scalar<T> a) {
  return {std::sqrt(a.v)};
}
/// The magnitude of a with the sign of b.
template <class T>
Scalar<T> copy_sign(Scalar<T> a, Scalar<T> b) {
  return {std::copysign(a.v, b.v)};
}
/// 1 where a > 0, else 0.
template <class T>
Scalar<T> positive(Scalar<T> a) {
  return {a.v > T{0} ? T{1} : T{0}};
}
/// The low bits of a as the exponent of the result: what exp makes 2ⁿ of.
inline Scalar<float> to_exponent(Scalar<float> a) {
  return {std::bit_cast<float>(std::bit_cast<std::uint32_t>(a.v) << 23)};
}

/// Of a positive normal number: n where it is m·2ⁿ with 1 ≤ m < 2.
inline Scalar<float> exponent(Scalar<float> a) {
  return {static_cast<float>(std::bit_cast<std::uint32_t>(a.v) >> 23) - 127.0F};
}

inline Scalar<double> exp(Scalar<double> x) { return {std::exp(x.v)}; }
inline Scalar<double> log(Scalar<double> x) { return {std::log(x.v)}; }
inline Scalar<double> tanh(Scalar<double> x) { return {std::tanh(x.v)}; }
inline Scalar<double> sigmoid(Scalar<double> x) {
  return {x.v >= 0 ? 1 / (1 + std::exp(-x.v)) : std::exp(x.v) / (1 + std::exp(x.v))};
}

}  // namespace recur
