// Products with weights of eight bits, for any lane type L: exact sums of bytes, scaled once.
#pragma once

#include "kernels/cpu/blocks.h"

namespace recur {

/// Rounds a row to bytes: x[i] ≈ scale·q[i] with scale = max |x| / 127; returns the scale. So small a row
/// that its scale would be subnormal is 0. A row with a NaN or an infinity has a NaN for its scale. Writes
/// zeros up to the next whole four. (A template over Sums, too: what is compiled with its flags is its own.)
template <class L, class Sums>
inline typename L::Value round_to_bytes(const typename L::Value* x, Index size, std::int8_t* q) {
  using T = typename L::Value;
  constexpr T kLeast = static_cast<T>(1e-30);
  L most = L::broadcast(T{0}), wrong = most;
  for (Index i = 0; i < size; i += L::size) {
    const L v = L::load(x + i, L::first(size - i));
    most = max(abs(v), most);
    wrong = wrong + (v - v);
  }
  T lanes[L::size], nothing[L::size], largest = 0, not_finite = 0;
  most.store(lanes);
  wrong.store(nothing);
  for (Index l = 0; l < L::size; ++l) {
    largest = lanes[l] > largest ? lanes[l] : largest;
    not_finite += nothing[l];
  }
  const bool usable = largest >= kLeast && not_finite == 0;
  const L inverse = L::broadcast(usable ? T{127} / largest : T{0});
  for (Index i = 0; i < size; i += L::size) {
    const L v = usable ? L::load(x + i, L::first(size - i)) * inverse : inverse;
    v.store_bytes(q + i);
  }
  for (Index i = size; i % 4 != 0; ++i) q[i] = 0;
  return not_finite == 0 ? (usable ? largest / T{127} : T{0}) : not_finite;
}

/// One row, given as bytes and their scale, times Q panels from `panel`, which lie among each
/// other.
template <class L, class Sums, int Q>
void byte_tile(const GemmArgs<typename L::Value>& p, const std::int8_t* a, typename L::Value scale,
               Index panel, typename L::Value* y) {
  using T = typename L::Value;
  constexpr int V = kPanelVectors<L>;
  const Index line = 4 * p.b.vectors * L::size, quads = (p.b.k + 3) / 4;
  const std::int8_t* b = p.b.bytes + panel * p.b.panel_stride;
  Sums sums[Q][V];
  for (Index i = 0; i < quads; ++i, a += 4, b += Q * line) {
#pragma GCC unroll 8
    for (int q = 0; q < Q; ++q) {
#pragma GCC unroll 8
      for (int v = 0; v < V; ++v) sums[q][v].add(a, b + q * line + v * 4 * L::size);
    }
  }
  const L of_row = L::broadcast(scale);
#pragma GCC unroll 8
  for (int q = 0; q < Q; ++q) {
#pragma GCC unroll 8
    for (int v = 0; v < V; ++v) {
      const Index column = ((panel + q) * p.b.vectors + v) * L::size;
      const auto mask = L::first(p.b.columns - column);
      const L start = p.accumulate        ? L::load(y + column, mask)
                      : p.bias != nullptr ? L::load(p.bias + column, mask)
                                          : L::broadcast(T{0});
      // Behind the last line, which `b` has reached.
      const auto* const column_sums = reinterpret_cast<const std::int32_t*>(b + q * line + v * 4 * L::size);
      fma(sums[q][v].value(column_sums), of_row * L::load(p.b.scales + column, mask), start)
          .store(y + column, mask);
    }
  }
}

/// gemm() where the panels hold bytes: y[r, c] = start + (Σ_k q[r, k]·b[k, c])·(scale[r]·scales[c]) with the
/// row rounded to bytes q. The sum is exact, so the result is the same on every instruction set.
template <class L, class Sums>
void gemm_bytes(const GemmArgs<typename L::Value>& p) {
  constexpr int V = kPanelVectors<L>;
  alignas(64) std::int8_t bytes[kMostByteLines + 64];
  const Index width = V * L::size, whole = p.b.columns / width, panels = (p.b.columns + width - 1) / width;
  for (Index row = 0; row < p.rows; ++row) {
    const auto scale = round_to_bytes<L, Sums>(p.a + row * p.a_stride, p.b.k, bytes);
    auto* const y = p.y + row * p.y_stride;
    Index panel = 0;
    for (; panel + 2 <= whole; panel += 2) byte_tile<L, Sums, 2>(p, bytes, scale, panel, y);
    for (; panel < panels; ++panel) byte_tile<L, Sums, 1>(p, bytes, scale, panel, y);
  }
}

}  // namespace recur
