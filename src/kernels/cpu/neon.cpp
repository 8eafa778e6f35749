// The kernels for Neon. Compiled with that instruction set's flags: nothing but templates over its lanes may
// live here.
#include "simd/neon.h"

#include "kernels/cpu/backend.h"

namespace recur {

void add_neon_kernels(Kernels<float>& kernels, CellKernels<float>* cells) {
  kernels = make_kernels<Neon>(Isa::neon);
  make_cell_kernels<Neon>(AllCells{}, cells);
}

}  // namespace recur
