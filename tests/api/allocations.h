// How often this binary has asked for memory.
#pragma once

#include <cstddef>

namespace recur {

/// Calls of operator new on any thread since the program began.
std::size_t allocations() noexcept;

/// Bytes that it holds now, with what the allocator adds.
std::size_t allocated_bytes() noexcept;

}  // namespace recur
