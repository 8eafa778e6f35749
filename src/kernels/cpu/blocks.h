// How kernels cut their work into blocks whose sums live in registers. Everything here depends on the lane
// type L, so that no function compiled for one instruction set can be linked into another.
#pragma once

#include "kernels/table.h"

namespace recur {

/// A count that is a type (of one instruction set, L): what with_count() calls f with, for n in [1, Max].
template <class L, int N>
struct Count {
  static constexpr int value = N;
};
template <class L, int Max, class F>
inline void with_count(Index n, F&& f) {
  if constexpr (Max <= 1) {
    f(Count<L, 1>{});
  } else {
    if (n >= Max) {
      f(Count<L, Max>{});
    } else {
      with_count<L, Max - 1>(n, f);
    }
  }
}

/// Cuts `rows` into blocks of at most Max rows, as equal as can be, and calls f(first row, count tag) for
/// each.
template <class L, int Max, class F>
inline void for_row_blocks(Index rows, F&& f) {
  if (rows <= 0) return;
  const Index blocks = (rows + Max - 1) / Max, size = rows / blocks, larger = rows % blocks;
  Index row = 0;
  for (Index b = 0; b < blocks; ++b) {
    const Index count = size + (b < larger ? 1 : 0);
    with_count<L, Max>(count, [&](auto tag) { f(row, tag); });
    row += count;
  }
}

/// How many rows a block may have when each row keeps V accumulators.
template <class L>
constexpr int rows_in_registers(int vectors) {
  if (kOnlyStreams) return 1;
  return L::accumulators / vectors > 6 ? 6 : (L::accumulators / vectors < 1 ? 1 : L::accumulators / vectors);
}

/// Vectors a panel has for each k: what leaves room for six rows.
template <class L>
inline constexpr int kPanelVectors = L::accumulators / 6;

}  // namespace recur
