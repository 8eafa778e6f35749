// Sixteen float lanes of AVX-512 (F, DQ, VL, BW). Included only by files compiled for that instruction set.
#pragma once

#include <immintrin.h>

#include <cstdint>
#include <cstring>

#include "base/types.h"
#include "simd/pair.h"

namespace recur {

struct Avx512 {
  using Value = float;
  using Mask = __mmask16;
  static constexpr Index size = 16;
  static constexpr int accumulators = 24;  // of 32 registers: four weights and a broadcast besides

  __m512 v;

  static Avx512 load(const float* p) { return {_mm512_loadu_ps(p)}; }
  static Avx512 load(const float* p, Mask m) { return {_mm512_maskz_loadu_ps(m, p)}; }
  static Avx512 broadcast(float x) { return {_mm512_set1_ps(x)}; }
  static Mask first(Index n) {
    return n >= 16 ? Mask{0xFFFF} : static_cast<Mask>(n <= 0 ? 0U : (1U << n) - 1U);
  }
  /// The bfloat16 in the low and in the high halves of 16 words, as floats.
  static Pair<Avx512> load_pair(const std::uint32_t* p) {
    const __m512i words = _mm512_loadu_si512(p);
    return {{_mm512_castsi512_ps(_mm512_slli_epi32(words, 16))},
            {_mm512_castsi512_ps(_mm512_and_si512(words, _mm512_set1_epi32(-65536)))}};
  }
  /// See Scalar. The products of a lane's two pairs of bytes are summed apart, and meet at the end.
  struct ByteSums {
    __m512i low = _mm512_setzero_si512(), high = _mm512_setzero_si512();  // lanes 0 to 7, and 8 to 15
    void add(const std::int8_t* a, const std::int8_t* b) {
      std::int32_t four;
      std::memcpy(&four, a, sizeof four);
      const __m512i x = _mm512_broadcastq_epi64(_mm_cvtepi8_epi16(_mm_cvtsi32_si128(four)));
      const auto* const words = reinterpret_cast<const __m256i*>(b);
      low = _mm512_add_epi32(low, _mm512_madd_epi16(x, _mm512_cvtepi8_epi16(_mm256_loadu_si256(words))));
      high =
          _mm512_add_epi32(high, _mm512_madd_epi16(x, _mm512_cvtepi8_epi16(_mm256_loadu_si256(words + 1))));
    }
    Avx512 value(const std::int32_t*) const {
      const __m512i even = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30),
                    odd = _mm512_or_si512(even, _mm512_set1_epi32(1));
      return {_mm512_cvtepi32_ps(_mm512_add_epi32(_mm512_permutex2var_epi32(low, even, high),
                                                  _mm512_permutex2var_epi32(low, odd, high)))};
    }
  };
  void store_bytes(std::int8_t* p) const {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm512_cvtepi32_epi8(_mm512_cvtps_epi32(v)));
  }
  void store(float* p) const { _mm512_storeu_ps(p, v); }
  void store(float* p, Mask m) const { _mm512_mask_storeu_ps(p, m, v); }
};

inline Avx512 operator+(Avx512 a, Avx512 b) { return {_mm512_add_ps(a.v, b.v)}; }
inline Avx512 operator-(Avx512 a, Avx512 b) { return {_mm512_sub_ps(a.v, b.v)}; }
inline Avx512 operator*(Avx512 a, Avx512 b) { return {_mm512_mul_ps(a.v, b.v)}; }
inline Avx512 operator/(Avx512 a, Avx512 b) { return {_mm512_div_ps(a.v, b.v)}; }
inline Avx512 operator-(Avx512 a) { return {_mm512_xor_ps(a.v, _mm512_set1_ps(-0.0F))}; }
inline Avx512 fma(Avx512 a, Avx512 b, Avx512 c) { return {_mm512_fmadd_ps(a.v, b.v, c.v)}; }
inline Avx512 max(Avx512 a, Avx512 b) { return {_mm512_max_ps(a.v, b.v)}; }
inline Avx512 min(Avx512 a, Avx512 b) { return {_mm512_min_ps(a.v, b.v)}; }
inline Avx512 abs(Avx512 a) { return {_mm512_andnot_ps(_mm512_set1_ps(-0.0F), a.v)}; }
inline Avx512 sqrt(Avx512 a) { return {_mm512_sqrt_ps(a.v)}; }
inline Avx512 copy_sign(Avx512 a, Avx512 b) {
  const __m512 sign = _mm512_set1_ps(-0.0F);
  return {_mm512_or_ps(_mm512_andnot_ps(sign, a.v), _mm512_and_ps(sign, b.v))};
}
inline Avx512 positive(Avx512 a) {
  const Avx512::Mask m = _mm512_cmp_ps_mask(a.v, _mm512_setzero_ps(), _CMP_GT_OQ);
  return {_mm512_maskz_mov_ps(m, _mm512_set1_ps(1.0F))};
}
inline Avx512 exponent(Avx512 a) {
  // The low bits of a float that has no bits below 1.
  const __m512i n =
      _mm512_or_si512(_mm512_srli_epi32(_mm512_castps_si512(a.v), 23), _mm512_set1_epi32(0x4B000000));
  return {_mm512_sub_ps(_mm512_castsi512_ps(n), _mm512_set1_ps(8388608.0F + 127.0F))};
}
inline Avx512 to_exponent(Avx512 a) {
  return {_mm512_castsi512_ps(_mm512_slli_epi32(_mm512_castps_si512(a.v), 23))};
}

}  // namespace recur
