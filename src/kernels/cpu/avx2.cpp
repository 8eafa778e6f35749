// The kernels for Avx2. Compiled with that instruction set's flags: nothing but templates over its lanes may
// live here.
#include "simd/avx2.h"

#include "kernels/cpu/backend.h"

namespace recur {

void add_avx2_kernels(Kernels<float>& kernels, CellKernels<float>* cells) {
  kernels = make_kernels<Avx2>(Isa::avx2);
  make_cell_kernels<Avx2>(AllCells{}, cells);
}

}  // namespace recur
