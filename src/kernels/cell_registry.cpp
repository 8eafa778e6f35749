#include "kernels/cell_registry.h"

#include <algorithm>
#include <deque>

#include "base/error.h"
#include "base/text.h"
#include "cells/all.h"
#include "kernels/backends.h"
#include "kernels/describe_cell.h"

namespace recur {
namespace {

Index count(const std::vector<Gate>& gates, bool (*wanted)(const Gate&)) {
  return std::count_if(gates.begin(), gates.end(), wanted);
}

/// A deque: addresses stay when a cell is added.
using Registry = std::deque<Cell>;

template <class... Cells>
Registry own_cells(CellList<Cells...>) {
  Registry cells{describe_cell<Cells>()...};
  const Backends& backends = compiled_backends();
  for (std::size_t i = 0; i < cells.size(); ++i) {
    cells[i].reference = backends.reference_cells[i];
    for (std::size_t isa = 0; isa < 4; ++isa) cells[i].by_isa[isa] = backends.cells[isa][i];
  }
  return cells;
}

Registry& registry() {
  static Registry cells = own_cells(AllCells{});
  return cells;
}

/// The registry, once it is sure that each name means one cell.
const Registry& cells() {
  const Registry& all = registry();
  for (auto cell = all.begin(); cell != all.end(); ++cell) {
    for (auto other = all.begin(); other != cell; ++other)
      check<ConfigError>(
          cell->name != other->name,
          "two cells are called '{}', '{}' and '{}' (give the one that was added another name)", cell->name,
          other->summary, cell->summary);
  }
  return all;
}

}  // namespace

Index Cell::x_gates() const {
  return count(gates, [](const Gate& g) { return g.reads_x(); });
}
Index Cell::h_gates() const {
  return count(gates, [](const Gate& g) { return g.reads_h(); });
}
Index Cell::early_gates() const {
  return count(gates, [](const Gate& g) { return g.stage == 0; });
}

template <>
const CellKernels<float>& Cell::kernels<float>(Isa isa) const {
  return by_isa[static_cast<int>(isa)];
}
template <>
const CellKernels<double>& Cell::kernels<double>(Isa) const {
  return reference;
}

Index parameter_count(const Cell& cell, Index input, Index hidden, Index recurrent) {
  return hidden * (cell.x_gates() * input + cell.h_gates() * recurrent +
                   static_cast<Index>(cell.gates.size()) + static_cast<Index>(cell.unit_weights.size()));
}

const Cell& find_cell(std::string_view name) {
  std::vector<std::string_view> names;
  for (const Cell& cell : cells()) {
    if (cell.name == name) return cell;
    names.push_back(cell.name);
  }
  fail<ConfigError>("there is no cell '{}'; the cells are {}{}", name, join(names),
                    did_you_mean(name, names));
}

std::vector<const Cell*> all_cells() {
  std::vector<const Cell*> all;
  for (const Cell& cell : cells()) all.push_back(&cell);
  return all;
}

void register_cell(const Cell& cell) { registry().push_back(cell); }

}  // namespace recur
