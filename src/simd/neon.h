// Four float lanes of AArch64 NEON. Included only by files compiled for that instruction set.
#pragma once

#include <arm_neon.h>

#include <cstdint>
#include <cstring>

#include "base/types.h"
#include "simd/pair.h"

namespace recur {

struct Neon {
  using Value = float;
  using Mask = Index;  // how many lanes of the tail hold values
  static constexpr Index size = 4;
  static constexpr int accumulators = 24;  // of 32 registers

  float32x4_t v;

  static Neon load(const float* p) { return {vld1q_f32(p)}; }
  static Neon load(const float* p, Mask m) {
    if (m >= 4) return load(p);
    float lanes[4] = {0, 0, 0, 0};
    for (Index i = 0; i < m; ++i) lanes[i] = p[i];
    return load(lanes);
  }
  static Neon broadcast(float x) { return {vdupq_n_f32(x)}; }
  static Mask first(Index n) { return n; }
  /// The bfloat16 in the low and in the high halves of 4 words, as floats.
  static Pair<Neon> load_pair(const std::uint32_t* p) {
    const uint32x4_t words = vld1q_u32(p);
    return {{vreinterpretq_f32_u32(vshlq_n_u32(words, 16))},
            {vreinterpretq_f32_u32(vandq_u32(words, vdupq_n_u32(0xFFFF0000U)))}};
  }
  /// See Scalar. The products of a lane's two pairs of bytes are summed apart, and meet at the end.
  struct ByteSums {
    int32x4_t low = vdupq_n_s32(0), high = vdupq_n_s32(0);  // lanes 0 and 1, and 2 and 3
    void add(const std::int8_t* a, const std::int8_t* b) {
      std::int32_t four;
      std::memcpy(&four, a, sizeof four);
      const int8x16_t x = vreinterpretq_s8_s32(vdupq_n_s32(four)), w = vld1q_s8(b);
      low = vpadalq_s16(low, vmull_s8(vget_low_s8(x), vget_low_s8(w)));
      high = vpadalq_s16(high, vmull_high_s8(x, w));
    }
    Neon value(const std::int32_t*) const { return {vcvtq_f32_s32(vpaddq_s32(low, high))}; }
  };
  void store_bytes(std::int8_t* p) const {
    std::int32_t n[4];
    vst1q_s32(n, vcvtnq_s32_f32(v));
    for (int i = 0; i < 4; ++i) p[i] = static_cast<std::int8_t>(n[i]);
  }
  void store(float* p) const { vst1q_f32(p, v); }
  void store(float* p, Mask m) const {
    if (m >= 4) return store(p);
    float lanes[4];
    vst1q_f32(lanes, v);
    for (Index i = 0; i < m; ++i) p[i] = lanes[i];
  }
};

inline Neon operator+(Neon a, Neon b) { return {vaddq_f32(a.v, b.v)}; }
inline Neon operator-(Neon a, Neon b) { return {vsubq_f32(a.v, b.v)}; }
inline Neon operator*(Neon a, Neon b) { return {vmulq_f32(a.v, b.v)}; }
inline Neon operator/(Neon a, Neon b) { return {vdivq_f32(a.v, b.v)}; }
inline Neon operator-(Neon a) { return {vnegq_f32(a.v)}; }
inline Neon fma(Neon a, Neon b, Neon c) { return {vfmaq_f32(c.v, a.v, b.v)}; }
// Compare and select, not vmaxq: the others keep a NaN in b and drop one in a, and so does this.
inline Neon max(Neon a, Neon b) { return {vbslq_f32(vcgtq_f32(a.v, b.v), a.v, b.v)}; }
inline Neon min(Neon a, Neon b) { return {vbslq_f32(vcltq_f32(a.v, b.v), a.v, b.v)}; }
inline Neon abs(Neon a) { return {vabsq_f32(a.v)}; }
inline Neon sqrt(Neon a) { return {vsqrtq_f32(a.v)}; }
inline Neon copy_sign(Neon a, Neon b) { return {vbslq_f32(vdupq_n_u32(0x80000000U), b.v, a.v)}; }
inline Neon positive(Neon a) {
  const uint32x4_t one = vreinterpretq_u32_f32(vdupq_n_f32(1.0F));
  return {vreinterpretq_f32_u32(vandq_u32(vcgtq_f32(a.v, vdupq_n_f32(0.0F)), one))};
}
inline Neon exponent(Neon a) {
  const float32x4_t n = vcvtq_f32_u32(vshrq_n_u32(vreinterpretq_u32_f32(a.v), 23));
  return {vsubq_f32(n, vdupq_n_f32(127.0F))};
}
inline Neon to_exponent(Neon a) {
  return {vreinterpretq_f32_u32(vshlq_n_u32(vreinterpretq_u32_f32(a.v), 23))};
}

}  // namespace recur
