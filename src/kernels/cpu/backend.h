// The whole table of kernels over lanes L, and the kernels of all cells: what a file of one instruction set
// instantiates.
#pragma once

#include "cells/all.h"
#include "kernels/cpu/chain.h"
#include "kernels/cpu/gemm.h"
#include "kernels/cpu/map.h"
#include "kernels/cpu/step.h"

namespace recur {

/// What streams never call: it trains, or looks back at what was read.
template <class L>
void add_training_kernels(Kernels<typename L::Value>& k) {
  k.scale = scale<L>;
  k.multiply = multiply_maps<L>;
  k.outer = outer<L>;
  k.column_sum = column_sum<L>;
  k.activate_backward = activate_backward<L>;
  k.multiply_add = multiply_add<L>;
  k.sum_of_squares = sum_of_squares<L>;
  k.dots = dots<L>;
  k.add_rows = add_rows<L>;
  k.norm_backward = norm_backward<L>;
  k.cross_entropy = cross_entropy<L>;
  k.chain_forward = chain_forward<L>;
  k.chain_backward = chain_backward<L>;
  k.update = update<L>;
}

template <class L>
Kernels<typename L::Value> make_kernels(Isa isa) {
  Kernels<typename L::Value> k;
  k.isa = isa;
  k.lanes = L::size;
  k.panel_shape = {.lanes = L::size, .vectors = kPanelVectors<L>};
  k.gemm = gemm<L>;
  k.activate = activate<L>;
  k.add = add<L>;
  k.blend = blend<L>;
  k.norm = norm<L>;
  if constexpr (!kOnlyStreams) add_training_kernels<L>(k);
  return k;
}

/// Fills `out` with the kernels of the cells of a list, in its order.
template <class L, class... Cells>
void make_cell_kernels(CellList<Cells...>, CellKernels<typename L::Value>* out) {
  ((*out++ = cell_kernels<Cells, L>()), ...);
}

}  // namespace recur
