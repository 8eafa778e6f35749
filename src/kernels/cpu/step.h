// One step of a cell in time, fused: the product with the recurrent weights, the gates and the new state in
// one pass with the accumulators still in registers; and its gradient. For any cell C and lane type L.
#pragma once

#include <array>
#include <cstddef>
#include <utility>

#include "cells/cell.h"
#include "kernels/cpu/gemm.h"
#include "kernels/table.h"
#include "simd/math.h"

namespace recur {

/// The gates of one stage of C: their places in the table, and among the gates that read x or h.
/// (A template over L only so that no instruction set shares its code with another.)
template <class L, class C, int Stage>
struct StageGates {
  static constexpr bool belongs(const Gate& g) { return g.stage == Stage; }
  static constexpr int count_if(bool (*wanted)(const Gate&)) {
    int n = 0;
    for (const Gate& g : C::gates) n += (belongs(g) && wanted(g)) ? 1 : 0;
    return n;
  }
  static constexpr int all = count_if([](const Gate&) { return true; });
  static constexpr int from_x = count_if([](const Gate& g) { return g.reads_x(); });
  static constexpr int from_h = count_if([](const Gate& g) { return g.reads_h(); });
  static constexpr int units = static_cast<int>(vectors_of_units(all));

  struct Place {
    int table;   // place in the table of gates
    int x_rank;  // place among all gates that read x, -1 where it reads none
  };
  static constexpr std::array<Place, static_cast<std::size_t>(all)> places() {
    std::array<Place, static_cast<std::size_t>(all)> out{};
    int n = 0, table = 0, x = 0;
    for (const Gate& g : C::gates) {
      if (belongs(g)) out[static_cast<std::size_t>(n++)] = {table, g.reads_x() ? x : -1};
      x += g.reads_x() ? 1 : 0;
      ++table;
    }
    return out;
  }
  /// Where the vectors of an x panel (or h panel) belong among the accumulators.
  template <bool FromX>
  struct PanelMap {
    static constexpr int width = FromX ? from_x : from_h;
    struct Table {
      int at[width * units];
    };
    static constexpr Table make() {
      Table table{};
      for (int u = 0; u < units; ++u) {
        int v = 0, n = 0;
        for (const Gate& g : C::gates) {
          if (!belongs(g)) continue;
          if (FromX ? g.reads_x() : g.reads_h()) table.at[u * width + v++] = u * all + n;
          ++n;
        }
      }
      return table;
    }
    // A constant, so that each accumulator is a register whatever the map.
    static constexpr Table table = make();
    constexpr int operator()(int v) const { return table.at[v]; }
  };
};

template <class L>
struct StepLanes {
  using T = typename L::Value;
  template <std::size_t... I>
  static std::array<L, sizeof...(I)> load(const T* const* p, const Index* stride, Index row, Index unit,
                                          typename L::Mask m, std::index_sequence<I...>) {
    return {L::load(p[I] + row * stride[I] + unit, m)...};
  }
  /// N vectors at p + unit, p + hidden + unit, p + 2·hidden + unit, …; p is not read, and may be null, where
  /// N is 0.
  template <std::size_t... I>
  static std::array<L, sizeof...(I)> load_apart([[maybe_unused]] const T* p, [[maybe_unused]] Index hidden,
                                                [[maybe_unused]] Index unit,
                                                [[maybe_unused]] typename L::Mask m,
                                                std::index_sequence<I...>) {
    return {L::load(p + static_cast<Index>(I) * hidden + unit, m)...};
  }
  /// The states before a step. One that the formula of C does not read is not touched: behind a projection h
  /// is narrower than the units.
  template <class C, std::size_t... I>
  static std::array<L, sizeof...(I)> load_states(const T* const* p, const Index* stride, Index row,
                                                 Index unit, typename L::Mask m, std::index_sequence<I...>) {
    return {(I == 0 && !C::reads_h ? L::broadcast(T{0}) : L::load(p[I] + row * stride[I] + unit, m))...};
  }
  template <std::size_t N>
  static void store_apart(const std::array<L, N>& v, T* p, Index hidden, typename L::Mask m) {
#pragma GCC unroll 8
    for (std::size_t i = 0; i < N; ++i) v[i].store(p + static_cast<Index>(i) * hidden, m);
  }
};

template <class C, class L>
inline Forward<C, L> call_forward(std::array<L, kGates<C>> a, std::array<L, kStates<C>> s,
                                  [[maybe_unused]] std::array<L, kUnitWeights<C>> p) {
  if constexpr (kUnitWeights < C >> 0) {
    return C::forward(a, s, p);
  } else {
    return C::forward(a, s);
  }
}
template <class C, class L>
inline Backward<C, L> call_backward(std::array<L, kStates<C>> ds, std::array<L, kTape<C>> tape,
                                    std::array<L, kStates<C>> s,
                                    [[maybe_unused]] std::array<L, kUnitWeights<C>> p) {
  if constexpr (kUnitWeights < C >> 0) {
    return C::backward(ds, tape, s, p);
  } else {
    return C::backward(ds, tape, s);
  }
}

/// What one tile's product reads: R rows of `a` against Q panels that lie `b_panel` values apart.
template <class L>
struct TileProduct {
  const typename L::Value* a;
  Index a_row;
  const typename L::Value* b;
  const std::uint32_t* pairs;  // instead of b: Panels::pairs
  Index b_panel, b_k, k;
};

/// multiply(), or multiply_pairs(), for Q panels at once: a single row keeps too few sums in flight to fill
/// the multipliers, so it takes several panels together. Each sum has its order all the same.
template <class L, int Q, int R, int V, int A, class Map>
[[gnu::always_inline]] inline void multiply_panels(L (&acc)[Q][R][A], TileProduct<L> p, Map map) {
  if constexpr (Q == 1) {
    if (p.pairs != nullptr)
      multiply_pairs<L, R, V>(acc[0], p.a, p.a_row, p.pairs, p.b_k, p.k, map);
    else
      multiply<L, R, V>(acc[0], p.a, p.a_row, 1, p.b, p.b_k, p.k, map);
  } else {
    static_assert(R == 1);
    const auto line = [&](auto multiply_add) {
#pragma GCC unroll 8
      for (int q = 0; q < Q; ++q) {
#pragma GCC unroll 8
        for (int v = 0; v < V; ++v) multiply_add(acc[q][0][map(v)], q * p.b_panel + v * L::size);
      }
    };
    if (p.pairs == nullptr) {
      for (Index i = 0; i < p.k; ++i, p.b += p.b_k) {
        const L x = L::broadcast(p.a[i]);
        line([&](L& sum, Index at) { sum = fma(x, L::load(p.b + at), sum); });
      }
      return;
    }
    for (Index i = 0; i + 1 < p.k; i += 2, p.pairs += p.b_k) {
      const L x = L::broadcast(p.a[i]), next = L::broadcast(p.a[i + 1]);
      line([&](L& sum, Index at) {
        const auto w = L::load_pair(p.pairs + at);
        sum = fma(next, w.high, fma(x, w.low, sum));
      });
    }
    if (p.k % 2 != 0) {
      const L x = L::broadcast(p.a[p.k - 1]);
      line([&](L& sum, Index at) { sum = fma(x, L::load_pair(p.pairs + at).low, sum); });
    }
  }
}

/// R rows from `row` of the units of Q panels from `first`.
template <class C, class L, int Stage, int R, int Q>
inline void step_tile(const StepArgs<typename L::Value>& p, Index row, Index first) {
  using T = typename L::Value;
  using Gates = StageGates<L, C, Stage>;
  using Lanes = StepLanes<L>;
  constexpr int G = Gates::all, U = Gates::units;
  constexpr auto places = Gates::places();
  const Panels<T>& wx = Stage == 0 ? p.wx : p.late_wx;
  const Panels<T>& wh = Stage == 0 ? p.wh : p.late_wh;

  const auto pre_row = [&](int r) {
    return p.pre + (p.pre_rows != nullptr ? p.pre_rows[row + r] : row + r) * p.pre_stride;
  };
  L acc[Q][R][U * G];
#pragma GCC unroll 8
  for (int q = 0; q < Q; ++q) {
#pragma GCC unroll 8
    for (int u = 0; u < U; ++u) {
      const Index unit = ((first + q) * U + u) * L::size;
      const auto mask = L::first(p.hidden - unit);
#pragma GCC unroll 8
      for (int g = 0; g < G; ++g) {
        const auto place = places[static_cast<std::size_t>(g)];
        if (p.whole || (p.pre != nullptr && place.x_rank >= 0)) {
          const Index at = (p.whole ? place.table : place.x_rank) * p.hidden + unit;
#pragma GCC unroll 8
          for (int r = 0; r < R; ++r) acc[q][r][u * G + g] = L::load(pre_row(r) + at, mask);
        } else {
          const L bias = L::load(p.bias + place.table * p.hidden + unit, mask);
#pragma GCC unroll 8
          for (int r = 0; r < R; ++r) acc[q][r][u * G + g] = bias;
        }
      }
    }
  }
  if constexpr (R > 1) {
    // A row of `pre` is as long as all gates: no prefetcher foresees where the next panel's tile begins.
    const Index next = (p.last_first ? first - 1 : first + 1) * U * L::size;
    if (next >= 0 && next < p.hidden) {
      for (int r = 0; r < R; ++r) {
        for (const auto& place : places)
          if (p.whole || (p.pre != nullptr && place.x_rank >= 0))
            __builtin_prefetch(pre_row(r) + (p.whole ? place.table : place.x_rank) * p.hidden + next);
        for (std::size_t i = 1; i < kStates<C>; ++i)
          __builtin_prefetch(p.s[i] + (row + r) * p.s_stride[i] + next);
      }
    }
  }
  const auto product = [&](const T* a, Index a_stride, const Panels<T>& b) {
    const Index line = b.vectors * L::size;
    Index among = Q > 1 ? b.interleaved : 1, place = 0;
    if (Q == 1 && b.interleaved > 1) {  // one panel of a group, unless it is one of those left over
      const Index panels = (p.hidden + U * L::size - 1) / (U * L::size);
      if (first < panels / b.interleaved * b.interleaved) among = b.interleaved, place = first % among;
    }
    const Index at = (first - place) * b.panel_stride + place * line + among * b.before;
    return TileProduct<L>{.a = a + row * a_stride,
                          .a_row = a_stride,
                          .b = b.data == nullptr ? nullptr : b.data + at,
                          .pairs = b.pairs == nullptr ? nullptr : b.pairs + at,
                          .b_panel = among > 1 ? line : b.panel_stride,
                          .b_k = among * line,
                          .k = b.k};
  };
  if constexpr (Gates::from_x > 0) {
    if (p.x != nullptr)
      multiply_panels<L, Q, R, Gates::from_x * U>(acc, product(p.x, p.x_stride, wx),
                                                  typename Gates::template PanelMap<true>{});
  }
  if constexpr (Gates::from_h > 0) {
    if (!p.whole)
      multiply_panels<L, Q, R, Gates::from_h * U>(
          acc, Stage == 0 ? product(p.h, p.h_stride, wh) : product(p.product, p.product_stride, wh),
          typename Gates::template PanelMap<false>{});
  }
#pragma GCC unroll 8
  for (int n = 0; n < Q * U; ++n) {
    const int q = n / U, u = n % U;
    const Index unit = (first * U + n) * L::size;
    if (unit >= p.hidden) break;
    const auto mask = L::first(p.hidden - unit);
#pragma GCC unroll 8
    for (int r = 0; r < R; ++r) {
      std::array<L, static_cast<std::size_t>(G)> a;
#pragma GCC unroll 8
      for (int g = 0; g < G; ++g) a[static_cast<std::size_t>(g)] = acc[q][r][u * G + g];
      const auto s = Lanes::template load_states<C>(p.s, p.s_stride, row + r, unit, mask,
                                                    std::make_index_sequence<kStates<C>>{});
      T* const tape = p.tape == nullptr ? nullptr : p.tape + (row + r) * p.tape_stride + unit;
      if constexpr (kStaged<C> && Stage == 0) {
        const auto out = C::early(a, s);
        out.product.store(p.product + (row + r) * p.product_stride + unit, mask);
        Lanes::store_apart(out.keep, tape, p.hidden, mask);
      } else {
        const auto out = [&] {
          if constexpr (kStaged<C>) {
            return C::forward(
                a, Lanes::load_apart(tape, p.hidden, 0, mask, std::make_index_sequence<kEarlyGates<C>>{}), s);
          } else {
            return call_forward<C, L>(a, s,
                                      Lanes::load_apart(p.unit_weights, p.hidden, unit, mask,
                                                        std::make_index_sequence<kUnitWeights<C>>{}));
          }
        }();
#pragma GCC unroll 8
        for (std::size_t i = 0; i < kStates<C>; ++i)
          out.s[i].store(p.s_next[i] + (row + r) * p.s_next_stride[i] + unit, mask);
        if (tape != nullptr) Lanes::store_apart(out.tape, tape, p.hidden, mask);
      }
    }
  }
}

/// How many panels a single row takes at a time: enough for two multipliers of a latency of four.
template <class L, class Gates>
inline constexpr int kPanelsOfOneRow = [] {
  constexpr int each = Gates::units * Gates::all, wanted = (8 + each - 1) / each,
                most = L::accumulators / each;
  return wanted < most ? wanted : (most < 1 ? 1 : most);
}();

template <class C, class L, int Stage>
void step_stage(const StepArgs<typename L::Value>& p) noexcept {
  using Gates = StageGates<L, C, Stage>;
  constexpr int kRows = rows_in_registers<L>(Gates::units * Gates::all), kPanels = kPanelsOfOneRow<L, Gates>;
  const Index width = Gates::units * L::size, panels = (p.hidden + width - 1) / width;
  // Of one row: whole groups, then what is left over, or the other way round.
  const Index groups = p.rows == 1 ? panels / kPanels : 0, single = groups * kPanels;
  const Index turns = groups + panels - single;
  for (Index turn = 0; turn < turns; ++turn) {
    const Index i = p.last_first ? turns - 1 - turn : turn;
    if (i < groups) {
      step_tile<C, L, Stage, 1, kPanels>(p, 0, i * kPanels);
    } else {
      for_row_blocks<L, kRows>(p.rows, [&](Index row, auto count) {
        step_tile<C, L, Stage, decltype(count)::value, 1>(p, row, single + i - groups);
      });
    }
  }
}

template <class C, class L>
void step_backward(const StepBackwardArgs<typename L::Value>& args) noexcept {
  using T = typename L::Value;
  const StepBackwardArgs<T> p = args;  // for all that a compiler knows, a store of a vector changes `args`
  using Lanes = StepLanes<L>;
  constexpr auto kEachState = std::make_index_sequence<kStates<C>>{};
  for (Index row = 0; row < p.rows; ++row) {
    for (Index unit = 0; unit < p.hidden; unit += L::size) {
      const auto mask = L::first(p.hidden - unit);
      const auto s = Lanes::template load_states<C>(p.s, p.s_stride, row, unit, mask, kEachState);
      const auto ds = Lanes::load(p.ds, p.ds_stride, row, unit, mask, kEachState);
      const auto tape = Lanes::load_apart(p.tape + row * p.tape_stride, p.hidden, unit, mask,
                                          std::make_index_sequence<kTape<C>>{});
      T* const da = p.da + row * p.da_stride + unit;
      const auto store_states = [&](const std::array<L, kStates<C>>& out) {
#pragma GCC unroll 8
        for (std::size_t i = 0; i < kStates<C>; ++i)
          out[i].store(p.ds_prev[i] + row * p.ds_prev_stride[i] + unit, mask);
      };
      if constexpr (kStaged<C>) {
        const auto out = C::backward(ds, tape, s);
        Lanes::store_apart(out.dkeep, da, p.hidden, mask);
        Lanes::store_apart(out.da, da + static_cast<Index>(kEarlyGates<C>) * p.hidden, p.hidden, mask);
        store_states(out.ds);
      } else {
        const auto out = call_backward<C, L>(ds, tape, s,
                                             Lanes::load_apart(p.unit_weights, p.hidden, unit, mask,
                                                               std::make_index_sequence<kUnitWeights<C>>{}));
        Lanes::store_apart(out.da, da, p.hidden, mask);
        if constexpr (kUnitWeights < C >> 0)
          Lanes::store_apart(out.dp, p.dp + row * p.dp_stride + unit, p.hidden, mask);
        store_states(out.ds);
      }
    }
  }
}

template <class C, class L>
void step_early_backward(const StepBackwardArgs<typename L::Value>& p) noexcept {
  using T = typename L::Value;
  using Lanes = StepLanes<L>;
  for (Index row = 0; row < p.rows; ++row) {
    for (Index unit = 0; unit < p.hidden; unit += L::size) {
      const auto mask = L::first(p.hidden - unit);
      T* const da = p.da + row * p.da_stride + unit;
      const auto out = C::early_backward(
          L::load(p.dproduct + row * p.dproduct_stride + unit, mask),
          Lanes::load_apart(da, p.hidden, 0, mask, std::make_index_sequence<kEarlyGates<C>>{}),
          Lanes::load_apart(p.tape + row * p.tape_stride, p.hidden, unit, mask,
                            std::make_index_sequence<kTape<C>>{}),
          Lanes::template load_states<C>(p.s, p.s_stride, row, unit, mask,
                                         std::make_index_sequence<kStates<C>>{}));
      Lanes::store_apart(out.da, da, p.hidden, mask);
#pragma GCC unroll 8
      for (std::size_t i = 0; i < kStates<C>; ++i) {
        T* const ds = p.ds_prev[i] + row * p.ds_prev_stride[i] + unit;
        (L::load(ds, mask) + out.ds[i]).store(ds, mask);
      }
    }
  }
}

/// The kernels of cell C over lanes L.
template <class C, class L>
CellKernels<typename L::Value> cell_kernels() {
  CellKernels<typename L::Value> k;
  k.forward = step_stage < C, L, kStaged<C> ? 1 : 0 > ;
  k.panels_of_one_row[0] = kPanelsOfOneRow<L, StageGates<L, C, 0>>;
  if constexpr (kStaged<C>) {
    k.early = step_stage<C, L, 0>;
    k.panels_of_one_row[1] = kPanelsOfOneRow<L, StageGates<L, C, 1>>;
  }
  if constexpr (!kOnlyStreams) {
    k.backward = step_backward<C, L>;
    if constexpr (kStaged<C>) k.early_backward = step_early_backward<C, L>;
  }
  return k;
}

}  // namespace recur
