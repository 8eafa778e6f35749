#include "simd/isa.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>

#include "base/error.h"

namespace recur {
namespace {

constexpr std::array kAll{Isa::scalar, Isa::avx2, Isa::avx512, Isa::neon};

Isa choose() {
  const auto isas = supported_isas();
  const char* forced = std::getenv("RECUR_ISA");
  if (forced == nullptr || *forced == '\0') return isas.back();
  for (const Isa isa : isas)
    if (name(isa) == forced) return isa;
  std::string names;
  for (const Isa isa : isas) names += std::string(names.empty() ? "" : ", ") + std::string(name(isa));
  fail<ConfigError>("RECUR_ISA is '{}', but this machine can run {}", forced, names);
}

}  // namespace

std::string_view name(Isa isa) {
  switch (isa) {
    case Isa::scalar:
      return "scalar";
    case Isa::avx2:
      return "avx2";
    case Isa::avx512:
      return "avx512";
    case Isa::neon:
      return "neon";
  }
  return "?";
}

bool supported(Isa isa) {
  switch (isa) {
    case Isa::scalar:
      return true;
#if defined(__x86_64__)
    case Isa::avx2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case Isa::avx512:
      return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
             __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw");
#elif defined(__aarch64__)
    case Isa::neon:
      return true;
#endif
    default:
      return false;
  }
}

std::vector<Isa> supported_isas() {
  std::vector<Isa> isas;
  std::copy_if(kAll.begin(), kAll.end(), std::back_inserter(isas), supported);
  return isas;
}

Isa current_isa() {
  static const Isa isa = choose();
  return isa;
}

}  // namespace recur
