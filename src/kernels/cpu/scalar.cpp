// The reference: the same kernels over one lane, for float on any machine and for double.
#include "simd/scalar.h"

#include "kernels/cpu/backend.h"

namespace recur {

void add_scalar_kernels(Kernels<float>& kernels, CellKernels<float>* cells) {
  kernels = make_kernels<Scalar<float>>(Isa::scalar);
  make_cell_kernels<Scalar<float>>(AllCells{}, cells);
}

void add_scalar_kernels(Kernels<double>& kernels, CellKernels<double>* cells) {
  kernels = make_kernels<Scalar<double>>(Isa::scalar);
  make_cell_kernels<Scalar<double>>(AllCells{}, cells);
}

}  // namespace recur
