// exp, log, tanh and sigmoid over float lanes: one text for every instruction set, so the bits are the same
// on all.
#pragma once

#include "base/types.h"

namespace recur {

/// A lane type of float: Scalar<float>, Avx2, Avx512, Neon.
template <class L>
concept FloatLane = requires(L a, const float* p) {
  {L::load(p)};
  {L::size};
  requires sizeof(typename L::Value) == 4;
};

namespace lane_math {

// ln 2 in two parts: the first has trailing zeros, so n·kLn2High is exact for the n that occur.
inline constexpr float kLog2E = 1.44269504088896341F;
inline constexpr float kLn2High = 0.693359375F;
inline constexpr float kLn2Low = -2.12194440e-4F;

/// (eʳ − 1 − r) / r² for |r| ≤ ln 2 / 2, minimax (Cephes, expf).
template <FloatLane L>
inline L exp_tail(L r) {
  L p = L::broadcast(1.9875691500e-4F);
  p = fma(p, r, L::broadcast(1.3981999507e-3F));
  p = fma(p, r, L::broadcast(8.3334519073e-3F));
  p = fma(p, r, L::broadcast(4.1665795894e-2F));
  p = fma(p, r, L::broadcast(1.6666665459e-1F));
  return fma(p, r, L::broadcast(5.0000001201e-1F));
}

/// x = n·ln 2 + r with n integral and |r| ≤ ln 2 / 2.   REQUIRES: −126 ≤ n ≤ 127, or x is NaN.
template <FloatLane L>
struct Reduced {
  L scale;  ///< 2ⁿ; anything where x is NaN
  L r;      ///< NaN where x is
};
template <FloatLane L>
inline Reduced<L> reduce(L x) {
  // So large a number has no bits below 1: adding it rounds to an integer, and leaves n + 127 in the low
  // bits.
  const L shift = L::broadcast(12582912.0F + 127.0F);
  const L shifted = fma(x, L::broadcast(kLog2E), shift);
  const L n = shifted - shift;
  const L r = fma(n, L::broadcast(-kLn2High), x);
  return {to_exponent(shifted), fma(n, L::broadcast(-kLn2Low), r)};
}

/// eʳ − 1 for |r| ≤ ln 2 / 2.
template <FloatLane L>
inline L exp_minus_one(L r) {
  return fma(exp_tail(r), r * r, r);
}

}  // namespace lane_math

// The errors are measured over all floats (tests/simd/math_test.cpp sweeps every 4001st).

/// eˣ; at most 1.01 ULP over [-87.3, 88.3]; arguments beyond are clamped to it, NaN stays NaN.
template <FloatLane L>
inline L exp(L x) {
  x = min(L::broadcast(88.3F), max(L::broadcast(-87.3F), x));
  const auto [scale, r] = lane_math::reduce(x);
  return (lane_math::exp_minus_one(r) + L::broadcast(1.0F)) * scale;
}

/// ln x of a normal x in [1.2e-38, 1.7e38); at most 1 ULP, or 1e-7 where that is more; NaN stays NaN.
template <FloatLane L>
inline L log(L x) {
  const L one = L::broadcast(1.0F);
  // x = m·2ⁿ with 1 ≤ m < 2, and then with m within √2 of 1.
  L n = exponent(x);
  L m = x * to_exponent(L::broadcast(12582912.0F + 127.0F) - n);
  const L large = positive(m - L::broadcast(1.41421356F));
  n = n + large;
  const L r = m * fma(large, L::broadcast(-0.5F), one) - one;
  const L z = r * r;
  // (ln(1 + r) − r + r²/2) / r³ (Cephes, logf).
  L p = L::broadcast(7.0376836292e-2F);
  p = fma(p, r, L::broadcast(-1.1514610310e-1F));
  p = fma(p, r, L::broadcast(1.1676998740e-1F));
  p = fma(p, r, L::broadcast(-1.2420140846e-1F));
  p = fma(p, r, L::broadcast(1.4249322787e-1F));
  p = fma(p, r, L::broadcast(-1.6668057665e-1F));
  p = fma(p, r, L::broadcast(2.0000714765e-1F));
  p = fma(p, r, L::broadcast(-2.4999993993e-1F));
  p = fma(p, r, L::broadcast(3.3333331174e-1F));
  L y = fma(n, L::broadcast(lane_math::kLn2Low), p * r * z);
  y = fma(L::broadcast(-0.5F), z, y);
  // x − x: the bits of a NaN are an exponent as any other.
  return fma(n, L::broadcast(lane_math::kLn2High), r + y) + (x - x);
}

/// 1 / (1 + e⁻ˣ); at most 2.4 ULP above -87.3, 1.2e-38 below: never subnormal and never 0, so that a share
/// such as f/(f + i) exists for all gates; NaN stays NaN.
template <FloatLane L>
inline L sigmoid(L x) {
  const L one = L::broadcast(1.0F);
  x = min(L::broadcast(87.3F), max(L::broadcast(-87.3F), x));
  const auto [scale, r] = lane_math::reduce(-x);
  return one / fma(scale, lane_math::exp_minus_one(r), scale + one);
}

/// tanh x = (1 − e)/(1 + e) with e = e^(−2|x|), and 1 − e without cancellation near 0; at most 1.9 ULP; NaN
/// stays NaN.
template <FloatLane L>
inline L tanh(L x) {
  const L one = L::broadcast(1.0F);
  const L y = max(L::broadcast(-40.0F), L::broadcast(-2.0F) * abs(x));
  const auto [scale, r] = lane_math::reduce(y);
  const L tail = lane_math::exp_minus_one(r);
  return copy_sign(fma(scale, tail, scale - one) / fma(scale, tail, scale + one), x);
}

/// max(x, 0); NaN stays NaN.
template <class L>
inline L relu(L x) {
  return max(L::broadcast(0), x);
}

}  // namespace recur
