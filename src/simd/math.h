// exp, tanh and sigmoid over float lanes: one text for every instruction set, so the bits are the same on
// all.
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

/// x = n·ln 2 + r with n integral and |r| ≤ ln 2 / 2.
template <FloatLane L>
struct Reduced {
  L n, r;
};
template <FloatLane L>
inline Reduced<L> reduce(L x) {
  const L n = round(x * L::broadcast(kLog2E));
  const L r = fma(n, L::broadcast(-kLn2High), x);
  return {n, fma(n, L::broadcast(-kLn2Low), r)};
}

}  // namespace lane_math

/// eˣ; at most 2 ULP over [-87.3, 88.3]; arguments beyond are clamped to it, NaN stays NaN.
template <FloatLane L>
inline L exp(L x) {
  x = min(L::broadcast(88.3F), max(L::broadcast(-87.3F), x));
  const auto [n, r] = lane_math::reduce(x);
  const L p = fma(lane_math::exp_tail(r), r * r, r) + L::broadcast(1.0F);
  return p * power_of_two(n);
}

/// 1 / (1 + e⁻ˣ); at most 3 ULP; NaN stays NaN.
template <FloatLane L>
inline L sigmoid(L x) {
  const L one = L::broadcast(1.0F);
  return one / (one + exp(-x));
}

/// tanh x = −m / (2 + m) with m = e^(−2|x|) − 1, which keeps its relative accuracy near 0; at most 3 ULP; NaN
/// stays NaN.
template <FloatLane L>
inline L tanh(L x) {
  const L one = L::broadcast(1.0F);
  const L y = max(L::broadcast(-40.0F), L::broadcast(-2.0F) * abs(x));
  const auto [n, r] = lane_math::reduce(y);
  const L scale = power_of_two(n);
  const L tail = fma(lane_math::exp_tail(r), r * r, r);
  const L m = fma(scale, tail, scale - one);
  return copy_sign((-m) / (L::broadcast(2.0F) + m), x);
}

/// max(x, 0); NaN stays NaN.
template <class L>
inline L relu(L x) {
  return max(L::broadcast(0), x);
}

}  // namespace recur
