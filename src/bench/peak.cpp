#include "bench/peak.h"

#include <dlfcn.h>

#include <cstdlib>

#include "simd/isa.h"

namespace recur {
namespace {

constexpr Index kSize = 1024;

template <class F>
F symbol(void* library, const char* name) {
  return reinterpret_cast<F>(dlsym(library, name));  // NOLINT: what dlsym is for
}

}  // namespace

Peak::Peak(ThreadPool& pool) : pool_(pool), a_(kSize * kSize, 0.5F), b_(a_), y_(a_) {
  if (current_isa() == Isa::avx2) setenv("DNNL_MAX_CPU_ISA", "AVX2", /*overwrite=*/0);
  if (current_isa() == Isa::scalar) setenv("DNNL_MAX_CPU_ISA", "SSE41", 0);
  for (const char* name : {"libdnnl.so.3", "libdnnl.so.2", "libdnnl.so"})
    if (library_ == nullptr) library_ = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  if (library_ != nullptr) multiply_ = symbol<Multiply>(library_, "dnnl_sgemm");
  if (multiply_ != nullptr) {
    struct Version {
      int major, minor, patch;
    };
    by_ = "oneDNN";
    if (const auto version = symbol<const Version* (*)()>(library_, "dnnl_version"))
      by_ += " " + std::to_string(version()->major) + "." + std::to_string(version()->minor) + "." +
             std::to_string(version()->patch);
    if (const auto set_threads = symbol<void (*)(int)>(library_, "omp_set_num_threads"))
      set_threads(static_cast<int>(pool.size()));
    return;
  }
  own_ = std::make_unique<Linear>(parameters_, "peak", kSize, kSize, /*bias=*/false);
}

Peak::~Peak() = default;  // the library stays loaded: its threads may still run

void Peak::run() {
  if (multiply_ != nullptr) {
    multiply_('N', 'N', kSize, kSize, kSize, 1, a_.data(), kSize, b_.data(), kSize, 0, y_.data(), kSize);
    return;
  }
  const Tensor x = Tensor::empty({kSize, kSize});
  std::copy(a_.begin(), a_.end(), x.data<float>());
  own_->forward(Pass{.pool = pool_}, Var(x));
}

}  // namespace recur
