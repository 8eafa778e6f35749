// Eight float lanes of AVX2 with FMA. Included only by files compiled for that instruction set.
#pragma once

#include <immintrin.h>

#include <cstdint>
#include <cstring>

#include "base/types.h"
#include "simd/pair.h"

namespace recur {

struct Avx2 {
  using Value = float;
  using Mask = __m256i;
  static constexpr Index size = 8;
  static constexpr int accumulators = 12;  // of 16 registers

  __m256 v;

  static Avx2 load(const float* p) { return {_mm256_loadu_ps(p)}; }
  static Avx2 load(const float* p, Mask m) { return {_mm256_maskload_ps(p, m)}; }
  static Avx2 broadcast(float x) { return {_mm256_set1_ps(x)}; }
  static Mask first(Index n) {
    const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(n > 8 ? 8 : static_cast<int>(n)), lane);
  }
  /// The bfloat16 in the low and in the high halves of 8 words, as floats.
  static Pair<Avx2> load_pair(const std::uint32_t* p) {
    const __m256i words = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
    return {{_mm256_castsi256_ps(_mm256_slli_epi32(words, 16))},
            {_mm256_castsi256_ps(_mm256_and_si256(words, _mm256_set1_epi32(-65536)))}};
  }
  /// See Scalar. The products of a lane's two pairs of bytes are summed apart, and meet at the end.
  struct ByteSums {
    __m256i low = _mm256_setzero_si256(), high = _mm256_setzero_si256();  // lanes 0 to 3, and 4 to 7
    void add(const std::int8_t* a, const std::int8_t* b) {
      std::int32_t four;
      std::memcpy(&four, a, sizeof four);
      const __m256i x = _mm256_broadcastq_epi64(_mm_cvtepi8_epi16(_mm_cvtsi32_si128(four)));
      const auto* const words = reinterpret_cast<const __m128i*>(b);
      low = _mm256_add_epi32(low, _mm256_madd_epi16(x, _mm256_cvtepi8_epi16(_mm_loadu_si128(words))));
      high = _mm256_add_epi32(high, _mm256_madd_epi16(x, _mm256_cvtepi8_epi16(_mm_loadu_si128(words + 1))));
    }
    Avx2 value(const std::int32_t*) const {
      return {_mm256_cvtepi32_ps(_mm256_permute4x64_epi64(_mm256_hadd_epi32(low, high), 0xD8))};
    }
  };
  void store_bytes(std::int8_t* p) const {
    const __m256i n = _mm256_cvtps_epi32(v);
    const __m128i words = _mm_packs_epi32(_mm256_castsi256_si128(n), _mm256_extracti128_si256(n, 1));
    _mm_storel_epi64(reinterpret_cast<__m128i*>(p), _mm_packs_epi16(words, words));
  }
  void store(float* p) const { _mm256_storeu_ps(p, v); }
  void store(float* p, Mask m) const { _mm256_maskstore_ps(p, m, v); }
};

inline Avx2 operator+(Avx2 a, Avx2 b) { return {_mm256_add_ps(a.v, b.v)}; }
inline Avx2 operator-(Avx2 a, Avx2 b) { return {_mm256_sub_ps(a.v, b.v)}; }
inline Avx2 operator*(Avx2 a, Avx2 b) { return {_mm256_mul_ps(a.v, b.v)}; }
inline Avx2 operator/(Avx2 a, Avx2 b) { return {_mm256_div_ps(a.v, b.v)}; }
inline Avx2 operator-(Avx2 a) { return {_mm256_xor_ps(a.v, _mm256_set1_ps(-0.0F))}; }
inline Avx2 fma(Avx2 a, Avx2 b, Avx2 c) { return {_mm256_fmadd_ps(a.v, b.v, c.v)}; }
inline Avx2 max(Avx2 a, Avx2 b) { return {_mm256_max_ps(a.v, b.v)}; }
inline Avx2 min(Avx2 a, Avx2 b) { return {_mm256_min_ps(a.v, b.v)}; }
inline Avx2 abs(Avx2 a) { return {_mm256_andnot_ps(_mm256_set1_ps(-0.0F), a.v)}; }
inline Avx2 sqrt(Avx2 a) { return {_mm256_sqrt_ps(a.v)}; }
inline Avx2 copy_sign(Avx2 a, Avx2 b) {
  const __m256 sign = _mm256_set1_ps(-0.0F);
  return {_mm256_or_ps(_mm256_andnot_ps(sign, a.v), _mm256_and_ps(sign, b.v))};
}
inline Avx2 positive(Avx2 a) {
  return {_mm256_and_ps(_mm256_cmp_ps(a.v, _mm256_setzero_ps(), _CMP_GT_OQ), _mm256_set1_ps(1.0F))};
}
inline Avx2 exponent(Avx2 a) {
  // The low bits of a float that has no bits below 1.
  const __m256i n =
      _mm256_or_si256(_mm256_srli_epi32(_mm256_castps_si256(a.v), 23), _mm256_set1_epi32(0x4B000000));
  return {_mm256_sub_ps(_mm256_castsi256_ps(n), _mm256_set1_ps(8388608.0F + 127.0F))};
}
inline Avx2 to_exponent(Avx2 a) {
  return {_mm256_castsi256_ps(_mm256_slli_epi32(_mm256_castps_si256(a.v), 23))};
}

}  // namespace recur
