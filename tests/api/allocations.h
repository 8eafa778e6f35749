// How often this binary has asked for memory.
#pragma once

#include <cstddef>

namespace recur {

/// Calls of operator new on any thread since the program began.
std::size_t allocations() noexcept;

}  // namespace recur
