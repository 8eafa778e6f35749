// What was compiled: the kernels of each instruction set, for the tables that hand them out.
#pragma once

#include <array>
#include <vector>

#include "kernels/table.h"

namespace recur {

struct Backends {
  Kernels<double> reference;
  std::array<Kernels<float>, 4> kernels;  ///< indexed by Isa; empty where not compiled
  std::vector<CellKernels<double>> reference_cells;
  std::array<std::vector<CellKernels<float>>, 4> cells;
};

const Backends& compiled_backends();

}  // namespace recur
