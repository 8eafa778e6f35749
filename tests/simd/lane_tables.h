// The lane operations of every instruction set that this machine runs.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <vector>

#include "simd/isa.h"
#include "tests/simd/lane_table.h"

namespace recur {

inline LaneTable lane_table(Isa isa) {
  switch (isa) {
#if defined(__x86_64__)
    case Isa::avx2:
      return avx2_lane_table();
    case Isa::avx512:
      return avx512_lane_table();
#elif defined(__aarch64__)
    case Isa::neon:
      return neon_lane_table();
#endif
    default:
      return scalar_lane_table();
  }
}

/// Every `step`-th of all floats there are, NaNs and infinities among them; a multiple of sixteen.
inline std::vector<float> sweep(std::uint32_t step) {
  std::vector<float> x;
  x.reserve((std::uint64_t{1} << 32) / step + 16);
  for (std::uint64_t bits = 0; bits < (std::uint64_t{1} << 32); bits += step)
    x.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
  while (x.size() % 16 != 0) x.push_back(0);
  return x;
}

inline bool same_bits(float a, float b) {
  return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b) ||
         (std::isnan(a) && std::isnan(b));
}

}  // namespace recur
