// What AVX-512 does better where it has instructions for bytes (VNNI). Compiled with their flags: nothing but
// templates over its sums may live here.
#include "simd/avx512vnni.h"

#include "kernels/cpu/gemm_bytes.h"

namespace recur {
namespace {

void (*plain_gemm)(const GemmArgs<float>&) noexcept = nullptr;

void gemm_with_vnni(const GemmArgs<float>& p) noexcept {
  if (p.b.bytes == nullptr) return plain_gemm(p);
  gemm_bytes<Avx512, VnniSums>(p);
}

}  // namespace

void use_vnni(Kernels<float>& kernels) {
  plain_gemm = kernels.gemm;
  kernels.gemm = gemm_with_vnni;
}

}  // namespace recur
