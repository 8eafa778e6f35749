// The instruction sets that kernels are compiled for, and the one in use.
#pragma once

#include <string_view>
#include <vector>

namespace recur {

enum class Isa { scalar, avx2, avx512, neon };

/// "scalar", "avx2", "avx512", "neon".
std::string_view name(Isa isa);

/// Whether this processor can run it, and it was compiled.
bool supported(Isa isa);

/// What this processor can run, of what was compiled, weakest first; always begins with scalar.
std::vector<Isa> supported_isas();

/// The instruction set in use: the strongest supported, or the one that the environment variable RECUR_ISA
/// names. Throws ConfigError where RECUR_ISA names one that is unknown or that this machine cannot run.
Isa current_isa();

}  // namespace recur
