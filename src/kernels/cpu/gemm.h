// Products over packed panels, and the gradient of a weight, for any lane type L. Included by one file an
// instruction set.
//
// Everything here is a template over L, so that no function compiled for one instruction set can be linked
// into another.
#pragma once

#include "kernels/cpu/blocks.h"
#include "kernels/cpu/gemm_bytes.h"
#include "kernels/table.h"

namespace recur {

/// acc[r][map(v)] += Σ_k a[r·a_row + k·a_k]·b[k·b_k + v·lanes], k upwards: the one inner loop of every
/// product. Map takes the place of a vector in the panel to its place among the accumulators.
template <class L, int R, int V, int A, class Map>
[[gnu::always_inline]] inline void multiply(L (&acc)[R][A], const typename L::Value* a, Index a_row,
                                            Index a_k, const typename L::Value* b, Index b_k, Index k,
                                            Map map) {
  for (Index i = 0; i < k; ++i) {
    L w[V];
#pragma GCC unroll 8
    for (int v = 0; v < V; ++v) w[v] = L::load(b + v * L::size);
#pragma GCC unroll 8
    for (int r = 0; r < R; ++r) {
      const L x = L::broadcast(a[r * a_row]);
#pragma GCC unroll 8
      for (int v = 0; v < V; ++v) acc[r][map(v)] = fma(x, w[v], acc[r][map(v)]);
    }
    a += a_k;
    b += b_k;
  }
}

/// The same sums as multiply() where b's lines lie in pairs (Panels::pairs).
template <class L, int R, int V, int A, class Map>
[[gnu::always_inline]] inline void multiply_pairs(L (&acc)[R][A], const typename L::Value* a, Index a_row,
                                                  const std::uint32_t* b, Index b_k, Index k, Map map) {
  for (Index i = 0; i < k; i += 2, a += 2, b += b_k) {
#pragma GCC unroll 8
    for (int v = 0; v < V; ++v) {
      const auto w = L::load_pair(b + v * L::size);
#pragma GCC unroll 8
      for (int r = 0; r < R; ++r) {
        L& sum = acc[r][map(v)];
        sum = fma(L::broadcast(a[r * a_row]), w.low, sum);
        if (i + 1 < k) sum = fma(L::broadcast(a[r * a_row + 1]), w.high, sum);
      }
    }
  }
}

/// Lines [k, end) of the sum of R rows from `row` and one panel.
template <class L, int R, int V>
inline void gemm_tile(const GemmArgs<typename L::Value>& p, Index row, Index panel, Index k, Index end) {
  using T = typename L::Value;
  const Index column = panel * p.b.vectors * L::size;
  T* const y = p.y + row * p.y_stride + column;
  const auto tail = L::first(p.b.columns - column - (V - 1) * L::size);
  L acc[R][V];
#pragma GCC unroll 8
  for (int v = 0; v < V; ++v) {
    const auto mask = v == V - 1 ? tail : L::first(L::size);
    if (p.accumulate || k > 0) {
#pragma GCC unroll 8
      for (int r = 0; r < R; ++r) acc[r][v] = L::load(y + r * p.y_stride + v * L::size, mask);
    } else {
      const L start = p.bias == nullptr ? L::broadcast(T{0}) : L::load(p.bias + column + v * L::size, mask);
#pragma GCC unroll 8
      for (int r = 0; r < R; ++r) acc[r][v] = start;
    }
  }
  const T* const a = p.a + row * p.a_stride + k;
  const Index b_k = p.b.vectors * L::size, at = panel * p.b.panel_stride;
  const auto in_order = [](int v) { return v; };
  if (p.b.pairs != nullptr)
    multiply_pairs<L, R, V>(acc, a, p.a_stride, p.b.pairs + at + k / 2 * b_k, b_k, end - k, in_order);
  else
    multiply<L, R, V>(acc, a, p.a_stride, 1, p.b.data + at + k * b_k, b_k, end - k, in_order);
#pragma GCC unroll 8
  for (int r = 0; r < R; ++r) {
#pragma GCC unroll 8
    for (int v = 0; v < V - 1; ++v) acc[r][v].store(y + r * p.y_stride + v * L::size);
    acc[r][V - 1].store(y + r * p.y_stride + (V - 1) * L::size, tail);
  }
}

template <class L>
void gemm(const GemmArgs<typename L::Value>& p) noexcept {
  if (p.b.bytes != nullptr) return gemm_bytes<L, typename L::ByteSums>(p);
  constexpr int V = kPanelVectors<L>;
  // So many rows and columns of `a` stay in the second-level cache while all panels pass, and so many lines
  // of a panel while all those rows pass. (An even number, as lines may lie in pairs.)
  constexpr Index kRows = 96, kLines = 1024;
  const Index width = V * L::size;
  for (Index row0 = 0; row0 < p.rows; row0 += kRows) {
    const Index rows = p.rows - row0 < kRows ? p.rows - row0 : kRows;
    Index k = 0;
    do {  // once for k = 0: the start alone
      const Index end = p.b.k - k < kLines ? p.b.k : k + kLines;
      for (Index panel = 0; panel * width < p.b.columns; ++panel) {
        const Index left = p.b.columns - panel * width;
        with_count<L, V>((left + L::size - 1) / L::size, [&](auto vectors) {
          for_row_blocks<L, rows_in_registers<L>(V)>(rows, [&](Index row, auto count) {
            gemm_tile<L, decltype(count)::value, decltype(vectors)::value>(p, row0 + row, panel, k, end);
          });
        });
      }
      k = end;
    } while (k < p.b.k);
  }
}

/// Rows of the sum that `outer` takes at a time: a panel of b of so many rows stays in the first-level cache.
template <class L>
inline constexpr Index kOuterRows = 128;

/// Rows of y from i, R of them; V vectors from `column`. `a` are `count` rows, `panel` the same rows of b.
template <class L, int R, int V>
inline void outer_tile(const OuterArgs<typename L::Value>& p, Index i, Index column,
                       const typename L::Value* const* a, Index count, const typename L::Value* panel) {
  using T = typename L::Value;
  T* const y = p.y + i * p.y_stride + column;
  const auto tail = L::first(p.columns - column - (V - 1) * L::size);
  L acc[R][V];
#pragma GCC unroll 8
  for (int r = 0; r < R; ++r) {
#pragma GCC unroll 8
    for (int v = 0; v < V - 1; ++v) acc[r][v] = L::load(y + r * p.y_stride + v * L::size);
    acc[r][V - 1] = L::load(y + r * p.y_stride + (V - 1) * L::size, tail);
  }
  for (Index k = 0; k < count; ++k, panel += kPanelVectors<L> * L::size)
    multiply<L, R, V>(acc, a[k] + i, 1, 0, panel, 0, 1, [](int v) { return v; });
#pragma GCC unroll 8
  for (int r = 0; r < R; ++r) {
#pragma GCC unroll 8
    for (int v = 0; v < V - 1; ++v) acc[r][v].store(y + r * p.y_stride + v * L::size);
    acc[r][V - 1].store(y + r * p.y_stride + (V - 1) * L::size, tail);
  }
}

template <class L>
void outer_block(const OuterArgs<typename L::Value>& p) {
  using T = typename L::Value;
  constexpr int V = kPanelVectors<L>;
  constexpr Index kWidth = V * L::size, kLine = 64 / Index{sizeof(T)};
  alignas(64) T panel[kOuterRows<L> * kWidth];
  const T *a[kOuterRows<L>], *b[kOuterRows<L>];
  Index pair = 0, used = 0;  // the next row of the sum: row `used` of pair `pair`
  while (pair < p.pair_count) {
    Index count = 0;
    while (pair < p.pair_count && count < kOuterRows<L>) {
      const RowPair<T>& from = p.pairs[pair];
      for (; used < from.count && count < kOuterRows<L>; ++used, ++count) {
        a[count] = from.a + used * p.a_stride;
        b[count] = from.b + used * p.b_stride;
        // Tiles read a few columns of a row and then of the next, which no prefetcher foresees.
        for (Index i = p.first; i < p.last; i += kLine) __builtin_prefetch(a[count] + i, 0, 2);
      }
      if (used == from.count) ++pair, used = 0;
    }
    for (Index column = 0; column < p.columns; column += kWidth) {
      const Index left = p.columns - column;
      with_count<L, V>((left + L::size - 1) / L::size, [&](auto vectors) {
        constexpr int N = decltype(vectors)::value;
        const auto tail = L::first(left - (N - 1) * L::size);
        for (Index k = 0; k < count; ++k) {
          const T* const from = b[k] + column;
          T* const to = panel + k * kWidth;
          for (int v = 0; v < N - 1; ++v) L::load(from + v * L::size).store(to + v * L::size);
          L::load(from + (N - 1) * L::size, tail).store(to + (N - 1) * L::size);
        }
        for_row_blocks<L, rows_in_registers<L>(V)>(p.last - p.first, [&](Index i, auto height) {
          outer_tile<L, decltype(height)::value, N>(p, p.first + i, column, a, count, panel);
        });
      });
    }
  }
}

template <class L>
void outer(const OuterArgs<typename L::Value>& p) noexcept {
  // So many columns of a chunk of `a` stay in the second-level cache while all panels of b pass.
  constexpr Index kColumns = 1024;
  OuterArgs<typename L::Value> block = p;
  for (Index first = p.first; first < p.last; first = block.last) {
    block.first = first;
    block.last = p.last - first < kColumns ? p.last : first + kColumns;
    outer_block<L>(block);
  }
}

/// V vectors of columns from c, the last of which may be a tail.
template <class L, int V>
inline void column_sum_block(const OuterArgs<typename L::Value>& p, Index c) {
  using T = typename L::Value;
  const auto tail = L::first(p.last - c - (V - 1) * L::size);
  L sum[V];
#pragma GCC unroll 8
  for (int v = 0; v < V - 1; ++v) sum[v] = L::load(p.y + c + v * L::size);
  sum[V - 1] = L::load(p.y + c + (V - 1) * L::size, tail);
  for (Index s = 0; s < p.pair_count; ++s) {
    const T* a = p.pairs[s].a + c;
    for (Index r = 0; r < p.pairs[s].count; ++r, a += p.a_stride) {
#pragma GCC unroll 8
      for (int v = 0; v < V - 1; ++v) sum[v] = sum[v] + L::load(a + v * L::size);
      sum[V - 1] = sum[V - 1] + L::load(a + (V - 1) * L::size, tail);
    }
  }
#pragma GCC unroll 8
  for (int v = 0; v < V - 1; ++v) sum[v].store(p.y + c + v * L::size);
  sum[V - 1].store(p.y + c + (V - 1) * L::size, tail);
}

template <class L>
void column_sum(const OuterArgs<typename L::Value>& p) noexcept {
  constexpr int kVectors = 8;  // so many chains of additions hide each other's latency
  for (Index c = p.first; c < p.last; c += kVectors * L::size)
    with_count<L, kVectors>((p.last - c + L::size - 1) / L::size,
                            [&](auto vectors) { column_sum_block<L, decltype(vectors)::value>(p, c); });
}

}  // namespace recur
