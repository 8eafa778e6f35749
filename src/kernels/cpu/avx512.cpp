// The kernels for Avx512. Compiled with that instruction set's flags: nothing but templates over its lanes
// may live here.
#include "simd/avx512.h"

#include "kernels/cpu/backend.h"

namespace recur {

void add_avx512_kernels(Kernels<float>& kernels, CellKernels<float>* cells) {
  kernels = make_kernels<Avx512>(Isa::avx512);
  make_cell_kernels<Avx512>(AllCells{}, cells);
}

}  // namespace recur
