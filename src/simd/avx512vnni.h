// Sums of products of bytes by AVX-512's own instruction (VNNI). Included only by files compiled for it.
#pragma once

#include "simd/avx512.h"

namespace recur {

/// See Scalar::ByteSums. The instruction takes the first bytes as unsigned: they are raised by 128, and what
/// that adds is taken off at the end.
struct VnniSums {
  __m512i raised = _mm512_setzero_si512();
  void add(const std::int8_t* a, const std::int8_t* b) {
    std::uint32_t four;
    std::memcpy(&four, a, sizeof four);
    raised = _mm512_dpbusd_epi32(raised, _mm512_set1_epi32(static_cast<int>(four ^ 0x80808080U)),
                                 _mm512_loadu_si512(b));
  }
  Avx512 value(const std::int32_t* sums) const {
    const __m512i added = _mm512_slli_epi32(_mm512_loadu_si512(sums), 7);
    return {_mm512_cvtepi32_ps(_mm512_sub_epi32(raised, added))};
  }
};

}  // namespace recur
