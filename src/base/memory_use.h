// How much memory tensors and packed weights hold.
#pragma once

#include "base/types.h"

namespace recur {

struct MemoryUse {
  Index bytes = 0;  ///< now
  Index peak = 0;   ///< at most, since reset_peak()
};

MemoryUse memory_use() noexcept;
/// Forgets the peak: from now on it is counted anew.
void reset_peak() noexcept;

/// Called by what takes memory, and with a negative number by what gives it back. Thread-safe.
void count_memory(Index bytes) noexcept;

/// What this process may use: the machine's memory, or what its control group allows.
Index machine_memory();

/// Throws std::bad_alloc where so much more would be beyond the machine: the system would grant it and kill
/// the process once it is written.
void require_memory(Index bytes);

}  // namespace recur
