#include "base/memory_use.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <new>

namespace recur {
namespace {

std::atomic<Index> in_use{0}, peak{0};

}  // namespace

MemoryUse memory_use() noexcept { return {in_use.load(), peak.load()}; }
void reset_peak() noexcept { peak = in_use.load(); }

void count_memory(Index bytes) noexcept {
  const Index now = in_use += bytes;
  Index highest = peak.load();
  while (now > highest && !peak.compare_exchange_weak(highest, now)) {
  }
}

Index machine_memory() {
  const auto physical =
      static_cast<Index>(::sysconf(_SC_PHYS_PAGES)) * static_cast<Index>(::sysconf(_SC_PAGESIZE));
  std::ifstream group("/sys/fs/cgroup/memory.max");
  Index allowed = 0;
  return group >> allowed && allowed > 0 ? std::min(physical, allowed) : physical;  // "max": no number
}

void require_memory(Index bytes) {
  static const Index there = machine_memory();
  if (bytes > there - in_use.load()) throw std::bad_alloc();
}

}  // namespace recur
