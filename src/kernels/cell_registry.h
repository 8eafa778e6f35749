// The cells that a program knows, by name: the library's own and those added from outside.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "cells/cell.h"
#include "kernels/table.h"

namespace recur {

/// A cell as data: its tables, its kernels, and the readings of its formula that need no kernel.
struct Cell {
  std::string_view name, summary;
  std::vector<Gate> gates;
  std::vector<std::string_view> states, tape, unit_weights;
  bool reads_h = false;  ///< the formula itself reads h (then there can be no projection)
  bool staged = false;

  /// "name = expression" a line, from the code that runs.
  std::vector<std::string> (*equations)() = nullptr;
  /// Compares backward with the forward-mode derivative of forward at a point drawn from `seed`: the largest
  /// difference relative to 1 + |derivative|. A correct cell stays below 1e-12.
  double (*gradient_error)(std::uint64_t seed) = nullptr;

  CellKernels<double> reference;
  CellKernels<float> by_isa[4];  ///< indexed by Isa; empty where not compiled

  Index x_gates() const;
  Index h_gates() const;
  Index early_gates() const;  ///< gates of stage 0
  template <class T>
  const CellKernels<T>& kernels(Isa isa = current_isa()) const;
};

/// Values a parameter block of the cell has: W [x_gates·H, I], U [h_gates·H, R], bias [gates·H], per-unit
/// weights.
Index parameter_count(const Cell& cell, Index input, Index hidden, Index recurrent);

/// The cell of that name. Throws ConfigError that lists the names there are, or that names two cells called
/// the same.
const Cell& find_cell(std::string_view name);

/// All cells: the library's first, in their order, then those registered. Throws ConfigError if two are
/// called the same.
std::vector<const Cell*> all_cells();

/// Adds a cell from outside; recur_add_cell calls it before main, so a name that is taken is an error only of
/// who asks for a cell.
void register_cell(const Cell& cell);

}  // namespace recur
