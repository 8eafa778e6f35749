// One step of a cell on every instruction set against plain loops over std::fma and the formula over one
// lane, to the bit. For our cells and for cells from outside.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "cells/cell.h"
#include "kernels/cell_registry.h"
#include "kernels/packed.h"
#include "simd/math.h"
#include "simd/scalar.h"
#include "tests/kernels/kernel_test.h"

namespace recur {

struct StepSizes {
  Index rows = 13, hidden = 1, input = 3, recurrent = 3;
};

/// Inputs of a step and what it must give, computed one number at a time.
template <class C, class T>
class StepCase {
 public:
  using Lane = Scalar<T>;
  static constexpr Index kG = kGates<C>, kS = kStates<C>, kK = kTape<C>, kP = kUnitWeights<C>,
                         kE = kEarlyGates<C>;
  static constexpr Index x_gates() {
    return count_gates<C>([](const Gate& g) { return g.reads_x(); });
  }
  static constexpr Index h_gates() {
    return count_gates<C>([](const Gate& g) { return g.reads_h(); });
  }

  explicit StepCase(StepSizes sizes)
      : sizes_(sizes),
        draw_(static_cast<std::uint64_t>(sizes.hidden * 31 + sizes.recurrent)),
        x(random(sizes.rows, sizes.input)),
        h(random(sizes.rows, sizes.recurrent)),
        weight_ih(random(x_gates() * sizes.hidden, sizes.input, 0)),
        weight_hh(random(h_gates() * sizes.hidden, sizes.recurrent, 0)),
        bias(random(1, kG * sizes.hidden)),
        unit_weights(random(1, kP * sizes.hidden)),
        s_next(kS, sizes),
        tape(sizes.rows, kK * sizes.hidden, 2),
        product(sizes.rows, sizes.hidden, 1),
        pre(sizes.rows, x_gates() * sizes.hidden, 3),
        whole(sizes.rows, kG * sizes.hidden, 3) {
    for (Index i = 0; i < kS; ++i) s.push_back(random(sizes.rows, sizes.hidden));
  }

  /// Fills what is expected.
  void compute() {
    for (Index r = 0; r < sizes_.rows; ++r) {
      for (Index g = 0; g < kG; ++g) pre_activations(r, g);
      for (Index j = 0; j < sizes_.hidden; ++j) {
        if constexpr (kStaged<C>) early(r, j);
      }
      if constexpr (kStaged<C>)
        for (Index g = 0; g < kG; ++g)
          if (gate(g).stage == 1 && gate(g).reads_h()) recurrent_part(r, g, product.row(r), sizes_.hidden);
      for (Index j = 0; j < sizes_.hidden; ++j) forward(r, j);
    }
  }

  /// Takes the weights' lower bits: they are bfloat16 then.
  void make_bf16() {
    for (Matrix<T>* m : {&weight_ih, &weight_hh})
      for (Index r = 0; r < m->rows(); ++r)
        for (Index c = 0; c < m->columns(); ++c) (*m)(r, c) = as_bf16((*m)(r, c));
  }

  static const Gate& gate(Index g) { return C::gates[static_cast<std::size_t>(g)]; }
  static Index rank(Index g, bool (Gate::*reads)() const) {
    Index n = 0;
    for (Index i = 0; i < g; ++i) n += (gate(i).*reads)() ? 1 : 0;
    return n;
  }

  StepSizes sizes_;
  Draw draw_;
  Matrix<T> x, h, weight_ih, weight_hh, bias, unit_weights;
  std::vector<Matrix<T>> s;

  struct States {
    States(Index count, StepSizes sizes) {
      for (Index i = 0; i < count; ++i) m.emplace_back(sizes.rows, sizes.hidden, 1 + i);
    }
    std::vector<Matrix<T>> m;
  };
  States s_next;
  Matrix<T> tape, product, pre, whole;

 private:
  Matrix<T> random(Index rows, Index columns, Index gap = 3) {
    return Matrix<T>::random(draw_, rows, columns, rows > 1 ? gap : 0);
  }

  void pre_activations(Index r, Index g) {
    for (Index j = 0; j < sizes_.hidden; ++j) {
      T sum = bias(0, g * sizes_.hidden + j);
      if (gate(g).reads_x()) {
        const Index x_rank = rank(g, &Gate::reads_x);
        for (Index k = 0; k < sizes_.input; ++k)
          sum = std::fma(x(r, k), weight_ih(x_rank * sizes_.hidden + j, k), sum);
        pre(r, x_rank * sizes_.hidden + j) = sum;
      }
      whole(r, g * sizes_.hidden + j) = sum;
    }
    if (gate(g).reads_h() && gate(g).stage == 0) recurrent_part(r, g, h.row(r), sizes_.recurrent);
  }
  void recurrent_part(Index r, Index g, const T* from, Index k_end) {
    const Index first = rank(g, &Gate::reads_h) * sizes_.hidden;
    for (Index j = 0; j < sizes_.hidden; ++j)
      for (Index k = 0; k < k_end; ++k)
        whole(r, g * sizes_.hidden + j) =
            std::fma(from[k], weight_hh(first + j, k), whole(r, g * sizes_.hidden + j));
  }

  template <std::size_t N>
  std::array<Lane, N> gather(const T* p) const {
    std::array<Lane, N> out;
    for (std::size_t i = 0; i < N; ++i) out[i] = {p[static_cast<Index>(i) * sizes_.hidden]};
    return out;
  }
  std::array<Lane, kStates<C>> state(Index r, Index j) const {
    std::array<Lane, kStates<C>> out;
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = {s[i](r, j)};
    return out;
  }
  void early(Index r, Index j) {
    if constexpr (kStaged<C>) {
      const auto out = C::early(gather<kEarlyGates<C>>(whole.row(r) + j), state(r, j));
      product(r, j) = out.product.v;
      for (Index e = 0; e < kE; ++e) tape(r, e * sizes_.hidden + j) = out.keep[static_cast<std::size_t>(e)].v;
    }
  }
  void forward(Index r, Index j) {
    const auto out = [&] {
      if constexpr (kStaged<C>) {
        return C::forward(gather<kGates<C> - kEarlyGates<C>>(whole.row(r) + kE * sizes_.hidden + j),
                          gather<kEarlyGates<C>>(tape.row(r) + j), state(r, j));
      } else if constexpr (kUnitWeights<C> != 0) {
        return C::forward(gather<kGates<C>>(whole.row(r) + j), state(r, j),
                          gather<kUnitWeights<C>>(unit_weights.data() + j));
      } else {
        return C::forward(gather<kGates<C>>(whole.row(r) + j), state(r, j));
      }
    }();
    for (std::size_t i = 0; i < kStates<C>; ++i) s_next.m[i](r, j) = out.s[i].v;
    for (std::size_t i = 0; i < kTape<C>; ++i)
      tape(r, static_cast<Index>(i) * sizes_.hidden + j) = out.tape[i].v;
  }
};

/// Where the input's part comes from.
enum class InputPart { x, pre, whole };

/// Packed weights of both stages.
template <class C, class T>
struct PackedCell {
  /// `of_one_row`: for steps of a single row, as these kernels want it.
  /// `bf16`: in pairs of lines; the weights are bfloat16 then.
  PackedCell(const StepCase<C, T>& c, Index lanes, const CellKernels<T>* of_one_row = nullptr,
             bool bf16 = false) {
    const Index hidden = c.sizes_.hidden;
    Index first_x = 0, first_h = 0;
    for (int stage = 0; stage <= (kStaged<C> ? 1 : 0); ++stage) {
      StepWeights<T> w{.bf16 = bf16, .input = c.sizes_.input, .hidden = hidden};
      for (const Gate& g : C::gates) {
        if (g.stage != stage) continue;
        w.x_gates += g.reads_x() ? 1 : 0;
        w.h_gates += g.reads_h() ? 1 : 0;
        w.gates += 1;
      }
      if (of_one_row != nullptr) w.interleaved = of_one_row->panels_of_one_row[stage];
      w.recurrent = stage == 0 ? c.sizes_.recurrent : hidden;
      w.ih = c.weight_ih.data() + first_x * c.sizes_.input;
      w.hh = c.weight_hh.data() + first_h * c.sizes_.recurrent;
      first_x += w.x_gates * hidden;
      first_h += w.h_gates * hidden;
      pack_step(w, lanes, OnePanelAfterAnother(), panels[stage]);
    }
  }
  StepPanels<T> panels[2];
};

/// Runs rows [first, first + count) of the case on given kernels and compares.
template <class C, class T>
void expect_step(const StepCase<C, T>& c, const PackedCell<C, T>& packed, const CellKernels<T>& cell,
                 Index first, Index count, InputPart part, bool in_place, bool keep_tape,
                 const std::string& what, bool last_first = false) {
  using Case = StepCase<C, T>;
  const Index hidden = c.sizes_.hidden;
  std::vector<Matrix<T>> s_next;
  for (Index i = 0; i < Case::kS; ++i) {
    const Matrix<T>& before = c.s[static_cast<std::size_t>(i)];
    s_next.emplace_back(count, hidden, 2);
    if (in_place)
      for (Index r = 0; r < count; ++r) std::copy_n(before.row(first + r), hidden, s_next.back().row(r));
  }
  Matrix<T> tape(count, Case::kK * hidden, 5), product(count, hidden, 1);
  StepArgs<T> p{.rows = count,
                .hidden = hidden,
                .h = c.h.row(first),
                .h_stride = c.h.stride(),
                .wx = packed.panels[0].x,
                .wh = packed.panels[0].h,
                .late_wx = packed.panels[1].x,
                .late_wh = packed.panels[1].h,
                .bias = c.bias.data(),
                .unit_weights = Case::kP == 0 ? nullptr : c.unit_weights.data(),
                .product = product.data(),
                .product_stride = product.stride(),
                .last_first = last_first};
  if (part == InputPart::x) {
    p.x = c.x.row(first);
    p.x_stride = c.x.stride();
  } else {
    const Matrix<T>& pre = part == InputPart::pre ? c.pre : c.whole;
    p.pre = pre.row(first);
    p.pre_stride = pre.stride();
    p.whole = part == InputPart::whole;
  }
  if (keep_tape || kStaged<C>) {
    p.tape = tape.data();
    p.tape_stride = tape.stride();
  }
  for (Index i = 0; i < Case::kS; ++i) {
    const auto n = static_cast<std::size_t>(i);
    const bool own = in_place && (i > 0 || Case::h_gates() == 0);
    p.s[i] = own ? s_next[n].data() : c.s[n].row(first);
    p.s_stride[i] = own ? s_next[n].stride() : c.s[n].stride();
    p.s_next[i] = s_next[n].data();
    p.s_next_stride[i] = s_next[n].stride();
  }
  if (!C::reads_h) p.s[0] = nullptr;
  if (kStaged<C>) {
    ASSERT_NE(cell.early, nullptr) << what;
    cell.early(p);
  }
  cell.forward(p);

  const auto rows_of = [&](const Matrix<T>& m) {
    Matrix<T> out(count, m.columns());
    for (Index r = 0; r < count; ++r) std::copy_n(m.row(first + r), m.columns(), out.row(r));
    return out;
  };
  const std::string which = what + " rows " + std::to_string(first) + "+" + std::to_string(count);
  for (std::size_t i = 0; i < kStates<C>; ++i)
    expect_same_bits(s_next[i], rows_of(c.s_next.m[i]), which + " state " + std::string(C::states[i]));
  if (p.tape != nullptr) expect_same_bits(tape, rows_of(c.tape), which + " tape");
  if (kStaged<C>) expect_same_bits(product, rows_of(c.product), which + " product");
}

/// backward and early_backward, element by element.
template <class C, class T>
void expect_backward(const CellKernels<T>& cell, Index rows, Index hidden, bool in_place,
                     const std::string& what) {
  using Lane = Scalar<T>;
  constexpr Index kG = kGates<C>, kS = kStates<C>, kK = kTape<C>, kP = kUnitWeights<C>;
  Draw draw(static_cast<std::uint64_t>(hidden * 7 + rows));
  std::vector<Matrix<T>> s, ds, found_ds, expected_ds;
  for (Index i = 0; i < kS; ++i) {
    s.push_back(Matrix<T>::random(draw, rows, hidden, 1));
    ds.push_back(Matrix<T>::random(draw, rows, hidden, 2));
    found_ds.push_back(in_place ? ds.back().copy() : Matrix<T>(rows, hidden, 3));
    expected_ds.emplace_back(rows, hidden);
  }
  const auto tape = Matrix<T>::random(draw, rows, kK * hidden, 2, 0.1, 0.9);
  const auto unit_weights = Matrix<T>::random(draw, 1, kP * hidden);
  const auto dproduct = Matrix<T>::random(draw, rows, hidden, 1);
  Matrix<T> da(rows, kG * hidden, 2), dp(rows, kP * hidden, 1), expected_da(rows, kG * hidden),
      expected_dp(rows, kP * hidden);

  for (Index r = 0; r < rows; ++r) {
    for (Index j = 0; j < hidden; ++j) {
      std::array<Lane, kStates<C>> lane_s, lane_ds;
      std::array<Lane, kTape<C>> lane_tape;
      for (std::size_t i = 0; i < kStates<C>; ++i) lane_s[i] = {s[i](r, j)}, lane_ds[i] = {ds[i](r, j)};
      for (std::size_t i = 0; i < kTape<C>; ++i) lane_tape[i] = {tape(r, static_cast<Index>(i) * hidden + j)};
      if constexpr (kStaged<C>) {
        const auto late = C::backward(lane_ds, lane_tape, lane_s);
        const auto early = C::early_backward(Lane{dproduct(r, j)}, late.dkeep, lane_tape, lane_s);
        Index g = 0;
        for (const Lane v : early.da) expected_da(r, g++ * hidden + j) = v.v;
        for (const Lane v : late.da) expected_da(r, g++ * hidden + j) = v.v;
        for (std::size_t i = 0; i < kStates<C>; ++i) expected_ds[i](r, j) = late.ds[i].v + early.ds[i].v;
      } else {
        const auto out = [&] {
          if constexpr (kUnitWeights<C> != 0) {
            std::array<Lane, kUnitWeights<C>> lane_p;
            for (std::size_t i = 0; i < lane_p.size(); ++i)
              lane_p[i] = {unit_weights(0, static_cast<Index>(i) * hidden + j)};
            return C::backward(lane_ds, lane_tape, lane_s, lane_p);
          } else {
            return C::backward(lane_ds, lane_tape, lane_s);
          }
        }();
        for (std::size_t g = 0; g < kGates<C>; ++g)
          expected_da(r, static_cast<Index>(g) * hidden + j) = out.da[g].v;
        for (std::size_t i = 0; i < kUnitWeights<C>; ++i)
          expected_dp(r, static_cast<Index>(i) * hidden + j) = out.dp[i].v;
        for (std::size_t i = 0; i < kStates<C>; ++i) expected_ds[i](r, j) = out.ds[i].v;
      }
    }
  }

  StepBackwardArgs<T> p{.rows = rows,
                        .hidden = hidden,
                        .tape = tape.data(),
                        .tape_stride = tape.stride(),
                        .unit_weights = kP == 0 ? nullptr : unit_weights.data(),
                        .da = da.data(),
                        .da_stride = da.stride(),
                        .dp = kP == 0 ? nullptr : dp.data(),
                        .dp_stride = dp.stride(),
                        .dproduct = dproduct.data(),
                        .dproduct_stride = dproduct.stride()};
  for (std::size_t i = 0; i < kStates<C>; ++i) {
    p.s[i] = s[i].data();
    p.s_stride[i] = s[i].stride();
    p.ds[i] = in_place ? found_ds[i].data() : ds[i].data();
    p.ds_stride[i] = in_place ? found_ds[i].stride() : ds[i].stride();
    p.ds_prev[i] = found_ds[i].data();
    p.ds_prev_stride[i] = found_ds[i].stride();
  }
  if (!C::reads_h) p.s[0] = nullptr;
  cell.backward(p);
  if (kStaged<C>) {
    ASSERT_NE(cell.early_backward, nullptr) << what;
    cell.early_backward(p);
  }
  expect_same_bits(da, expected_da, what + " da");
  if (kP > 0) expect_same_bits(dp, expected_dp, what + " dp");
  for (std::size_t i = 0; i < kStates<C>; ++i) expect_same_bits(found_ds[i], expected_ds[i], what + " ds");
}

/// Everything above for cell C, on every instruction set and in double.
template <class C>
void expect_steps_to_the_bit() {
  const Cell& cell = find_cell(C::name);
  for_each_kernels([&]<class T>(const Kernels<T>& k, const std::string& isa) {
    const CellKernels<T>& kernels = cell.kernels<T>(k.isa);
    ASSERT_NE(kernels.forward, nullptr) << isa << " " << C::name;
    for (const Index hidden : sizes_around(k.lanes)) {
      const bool large = hidden > 100;
      // A staged cell multiplies the product, which is as wide as the state.
      StepCase<C, T> c({.rows = large ? 3 : 13,
                        .hidden = hidden,
                        .input = 5,
                        .recurrent = kStaged<C> ? hidden
                                     : large    ? 7
                                                : hidden + 2});
      c.compute();
      const PackedCell<C, T> packed(c, k.lanes);
      const std::string what = isa + " " + std::string(C::name) + " H=" + std::to_string(hidden);
      // The same numbers whichever rows are computed together: rows alone have the bits they have in a batch.
      for (Index count = 1; count <= c.sizes_.rows; ++count)
        expect_step(c, packed, kernels, c.sizes_.rows - count, count, InputPart::x, false, true, what);
      for (const InputPart part : {InputPart::x, InputPart::pre, InputPart::whole}) {
        expect_step(c, packed, kernels, 0, c.sizes_.rows, part, true, true, what + " in place");
        expect_step(c, packed, kernels, 1, 2, part, false, false, what + " without tape");
      }
      // The order of the panels, and their layout for a single row, change nothing.
      expect_step(c, packed, kernels, 0, c.sizes_.rows, InputPart::x, false, true, what + " last first",
                  true);
      const PackedCell<C, T> interleaved(c, k.lanes, &kernels);
      for (const bool last_first : {false, true})
        expect_step(c, interleaved, kernels, 1, 1, InputPart::x, true, true, what + " interleaved",
                    last_first);
      StepCase<C, T> half(c.sizes_);
      half.make_bf16();
      half.compute();
      const PackedCell<C, T> pairs(half, k.lanes, nullptr, true),
          interleaved_pairs(half, k.lanes, &kernels, true);
      for (const InputPart part : {InputPart::x, InputPart::pre}) {
        expect_step(half, pairs, kernels, 0, c.sizes_.rows, part, false, true, what + " bf16");
        expect_step(half, interleaved_pairs, kernels, 1, 1, part, true, true, what + " bf16 interleaved");
      }
      for (const Index rows : {Index{1}, Index{3}})
        for (const bool in_place : {false, true})
          expect_backward<C, T>(kernels, rows, hidden, in_place, what + " backward");
      if (::testing::Test::HasFatalFailure()) return;
    }
  });
}

}  // namespace recur
