// The integer that counts and indexes everything.
#pragma once

#include <cstddef>
#include <cstdint>

namespace recur {

/// Sizes, counts and positions: signed, so that differences and downward loops are ordinary arithmetic.
using Index = std::int64_t;

}  // namespace recur
