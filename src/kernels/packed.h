// Weights packed for the kernels: cut into panels that a product reads from front to back.
#pragma once

#include <cstdint>

#include "base/aligned.h"
#include "base/function_ref.h"
#include "base/types.h"

namespace recur {

/// The right factor B of a product A·B, as panels. Element (k, vector v, lane l) of panel p lies at
/// data[p·panel_stride + (k·vectors + v)·lanes + l]; what pads a panel to its full width is zero.
///
/// Of weights that are bfloat16 the lines k lie in pairs: word w of the pair i holds line 2i in its low half
/// and line 2i + 1 in its high half. A product expands them as it reads, so that its sums are those over the
/// same weights as floats, to the bit, from half the bytes.
template <class T>
struct Panels {
  const T* data = nullptr;
  Index k = 0;             ///< rows of B: the length of the sum
  Index columns = 0;       ///< columns of B (interleaved panels: units of a gate)
  Index vectors = 0;       ///< vectors a panel has for each k
  Index panel_stride = 0;  ///< values from one panel to the next
  Index before = 0;        ///< values of a panel that another part takes: x lies before h
  /// So many panels form a group, line by line among each other, for steps of a single row; those at the end
  /// that make no whole group are groups of one. In a group of n whose first panel is f, line k of panel f +
  /// q lies at f·panel_stride + n·before + (k·n + q)·vectors·lanes.
  Index interleaved = 1;
  const std::uint32_t* pairs = nullptr;  ///< instead of data; distances are in words then, lines in pairs
  const std::int8_t* bytes = nullptr;    ///< instead of data: lines in fours, see byte_lines()
  const T* scales = nullptr;             ///< [columns], of bytes
};

/// Rows of B that panels of bytes may have: what multiplies them is rounded to bytes on the stack.
inline constexpr Index kMostByteLines = 4096;

/// How panels for an instruction set are cut.
struct PanelShape {
  Index lanes = 1;    ///< values a vector
  Index vectors = 4;  ///< vectors a panel has for each k
  Index width() const { return lanes * vectors; }
};

/// Calls f(p) for each panel p of `count`, of so many values each, in any order and on any threads.
using PanelLoop = FunctionRef<void(Index count, Index values, FunctionRef<void(Index p)> f)>;
struct OnePanelAfterAnother {
  void operator()(Index count, Index, FunctionRef<void(Index)> f) const {
    for (Index p = 0; p < count; ++p) f(p);
  }
};

/// Packs B = Wᵀ for W [columns, k] of row stride `stride` (a linear layer's forward product).
template <class T>
void pack_transposed(const T* w, Index stride, Index columns, Index k, PanelShape shape, PanelLoop each,
                     AlignedBuffer<T>& buffer, Panels<T>& panels);

/// Makes pairs of the lines of such panels and gives up `buffer`. REQUIRES: each value is a bfloat16.
template <class T>
void pair_lines(AlignedBuffer<T>& buffer, AlignedBuffer<std::uint32_t>& pairs, Panels<T>& panels);

/// Makes bytes of such panels and gives up `buffer`: byte 4·l + j of line i holds column l of the lines 4i +
/// j, divided by the column's scale; behind the last line of a panel lie the sums of its columns, 32 bits
/// each. Whole panels lie in twos, line by line among each other, since a product takes two at a time to keep
/// enough sums in flight. REQUIRES: the quotients are whole numbers up to 127, and k ≤ kMostByteLines.
template <class T>
void byte_lines(const T* scales, AlignedBuffer<T>& buffer, AlignedBuffer<std::int8_t>& bytes,
                Panels<T>& panels);

/// Packs B = W for W [k, columns] of row stride `stride` (its backward product).
template <class T>
void pack_straight(const T* w, Index stride, Index k, Index columns, PanelShape shape, PanelLoop each,
                   AlignedBuffer<T>& buffer, Panels<T>& panels);

/// How many units of each gate one panel of a cell holds, in vectors: as many as keep the accumulators of a
/// cell of `gates` gates near four.
constexpr Index vectors_of_units(Index gates) { return gates >= 4 ? 1 : 4 / gates; }

/// The weights of a cell's step: panel p holds units [p·u·lanes, (p+1)·u·lanes) of every gate, u =
/// vectors_of_units(gates of the cell's stage); vector v is the v / gates -th vector of units of gate v %
/// gates. x part and h part of a panel adjoin.
template <class T>
struct StepPanels {
  AlignedBuffer<T> buffer;
  AlignedBuffer<std::uint32_t> pairs;  // instead, where lines lie in pairs
  Panels<T> x, h;
};

/// Packs weight_ih [x_gates·hidden, input] (null: no x part) and weight_hh [h_gates·hidden, recurrent]
/// (h_gates may be 0).
template <class T>
struct StepWeights {
  Index interleaved = 1;  ///< Panels::interleaved
  bool bf16 = false;      ///< whether lines are to lie in pairs. REQUIRES: each value is a bfloat16
  const T* ih = nullptr;
  const T* hh = nullptr;
  Index input = 0, recurrent = 0, hidden = 0;
  Index x_gates = 0, h_gates = 0, gates = 0;
};
template <class T>
void pack_step(const StepWeights<T>& w, Index lanes, PanelLoop each, StepPanels<T>& panels);

}  // namespace recur
