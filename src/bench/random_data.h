// Random data for workloads.
#pragma once

#include <cstdint>

#include "tensor/tensor.h"

namespace recur {

/// i32 [count], each in [0, size).
Tensor random_ids(Index count, Index size, std::uint64_t seed);
/// Standard normal numbers.
Tensor random_values(const Shape& shape, std::uint64_t seed);
/// Numbers in [0, 1).
Tensor random_shares(const Shape& shape, std::uint64_t seed);
/// Numbers in [−size, size).
void fill_random(const Tensor& tensor, double size, std::uint64_t seed);

}  // namespace recur
