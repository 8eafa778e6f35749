// What a cell is: a table of gates and pure formulas over a lane type V.
//
// A cell knows nothing of tensors, time, batches or devices. V is a float or double lane (the kernels), a
// SIMD vector (the fused kernels), a Dual (the gradient check) or a Symbol (`recur show lstm`), so what is
// checked and what is printed is what runs.
//
//   struct MyCell {
//     static constexpr std::string_view name = "my_cell";
//     static constexpr std::string_view summary = "one line, with the paper";
//     static constexpr std::array gates{Gate{"z"}, Gate{"n", From::x}};  // rows of the weights, in order
//     static constexpr Names<1> states{"h"};                             // the first is h, the output
//     static constexpr Names<2> tape{"z", "n"};                          // what backward needs of forward
//     static constexpr bool reads_h = true;                              // does the formula read s[0]?
//     template <class V> static constexpr Forward<MyCell, V> forward(std::array<V, 2> a, std::array<V, 1> s);
//     template <class V>
//     static constexpr Backward<MyCell, V> backward(std::array<V, 1> ds, std::array<V, 2> tape,
//                                                   std::array<V, 1> s);
//   };
//
// `a` holds one pre-activation a gate: bias + W·x (where the gate reads x) + U·h (where it reads h). `s` is
// the state before the step, `ds` the gradient of the loss with respect to the state after it; backward
// returns the gradients with respect to `a` and to the state before (not counting what flows through U·h:
// that GEMM is the scan's).
//
// Per-unit weights (peepholes): `static constexpr Names<P> unit_weights{…}`; forward and backward then
// receive them as a last argument std::array<V, P>, and backward returns their gradients in `dp`.
//
// Two stages (GRU with the reset before the product): gates of stage 0 are computed first; `early(a, s)`
// returns the vector that enters the h-GEMM of the gates of stage 1 in place of h, and `keep`, one value a
// gate of stage 0, which must equal the first entries of the tape. forward(a, keep, s) then sees the stage-1
// gates alone; backward(ds, tape, s) returns their da, `dkeep` and a first share of ds;
// early_backward(dproduct, dkeep, tape, s) returns the da of the gates of stage 0 and the rest of ds.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace recur {

/// What a gate's pre-activation is computed from, besides its bias.
enum class From : std::uint8_t { x, h, both };

struct Gate {
  std::string_view name;
  From from = From::both;
  int stage = 0;

  constexpr bool reads_x() const { return from != From::h; }
  constexpr bool reads_h() const { return from != From::x; }
};

template <std::size_t N>
using Names = std::array<std::string_view, N>;

template <class C>
inline constexpr std::size_t kGates = C::gates.size();
template <class C>
inline constexpr std::size_t kStates = C::states.size();
template <class C>
inline constexpr std::size_t kTape = C::tape.size();

/// The names of the per-unit weights; none unless the cell declares them.
template <class C>
constexpr auto unit_weight_names() {
  if constexpr (requires { C::unit_weights; }) {
    return C::unit_weights;
  } else {
    return Names<0>{};
  }
}
template <class C>
inline constexpr std::size_t kUnitWeights = unit_weight_names<C>().size();

/// How many gates satisfy a condition, and which, in table order.
template <class C>
constexpr std::size_t count_gates(bool (*condition)(const Gate&)) {
  std::size_t n = 0;
  for (const Gate& gate : C::gates) n += condition(gate) ? 1 : 0;
  return n;
}

template <class C>
inline constexpr std::size_t kEarlyGates = count_gates<C>([](const Gate& g) { return g.stage == 0; });
/// Whether the cell has a second stage.
template <class C>
inline constexpr bool kStaged = kEarlyGates<C> != kGates<C>;

/// What a formula returns.
template <class C, class V>
struct Forward {
  std::array<V, kStates<C>> s;
  std::array<V, kTape<C>> tape;
};
template <class C, class V>
struct Backward {
  std::array<V, kGates<C>> da;
  std::array<V, kStates<C>> ds;
  std::array<V, kUnitWeights<C>> dp;
};

/// The same for cells of two stages; E counts the gates of stage 0.
template <class C, class V, std::size_t E>
struct Early {
  V product;
  std::array<V, E> keep;
};
template <class C, class V, std::size_t E>
struct LateBackward {
  std::array<V, kGates<C> - E> da;
  std::array<V, E> dkeep;
  std::array<V, kStates<C>> ds;
};
template <class C, class V, std::size_t E>
struct EarlyBackward {
  std::array<V, E> da;
  std::array<V, kStates<C>> ds;
};

}  // namespace recur
