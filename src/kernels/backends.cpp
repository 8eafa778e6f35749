#include "kernels/backends.h"

#include "cells/all.h"
#include "simd/isa.h"

namespace recur {

void add_scalar_kernels(Kernels<double>& kernels, CellKernels<double>* cells);
void add_scalar_kernels(Kernels<float>& kernels, CellKernels<float>* cells);
#if defined(__x86_64__)
void add_avx2_kernels(Kernels<float>& kernels, CellKernels<float>* cells);
void add_avx512_kernels(Kernels<float>& kernels, CellKernels<float>* cells);
void use_vnni(Kernels<float>& kernels);
#elif defined(__aarch64__)
void add_neon_kernels(Kernels<float>& kernels, CellKernels<float>* cells);
#endif

namespace {

template <class... Cells>
constexpr std::size_t length(CellList<Cells...>) {
  return sizeof...(Cells);
}

Backends make() {
  constexpr std::size_t kCells = length(AllCells{});
  Backends b;
  b.reference_cells.resize(kCells);
  for (auto& cells : b.cells) cells.resize(kCells);
  const auto at = [](Isa isa) { return static_cast<std::size_t>(isa); };
  if constexpr (!kOnlyStreams) add_scalar_kernels(b.reference, b.reference_cells.data());
  add_scalar_kernels(b.kernels[at(Isa::scalar)], b.cells[at(Isa::scalar)].data());
#if defined(__x86_64__)
  // Even the function that fills a table is code for its instruction set.
  if (supported(Isa::avx2)) add_avx2_kernels(b.kernels[at(Isa::avx2)], b.cells[at(Isa::avx2)].data());
  if (supported(Isa::avx512)) add_avx512_kernels(b.kernels[at(Isa::avx512)], b.cells[at(Isa::avx512)].data());
  if (supported(Isa::avx512) && __builtin_cpu_supports("avx512vnni")) use_vnni(b.kernels[at(Isa::avx512)]);
#elif defined(__aarch64__)
  add_neon_kernels(b.kernels[at(Isa::neon)], b.cells[at(Isa::neon)].data());
#endif
  return b;
}

}  // namespace

const Backends& compiled_backends() {
  static const Backends backends = make();
  return backends;
}

template <>
const Kernels<float>& kernels<float>(Isa isa) {
  return compiled_backends().kernels[static_cast<std::size_t>(isa)];
}
template <>
const Kernels<double>& kernels<double>(Isa) {
  return compiled_backends().reference;
}

}  // namespace recur
