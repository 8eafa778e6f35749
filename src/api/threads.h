// The --threads of the commands.
#pragma once

#include "base/error.h"
#include "base/thread_pool.h"

namespace recur {

/// 0: all cores. Throws ConfigError for less.
inline Index threads_or_all(Index threads) {
  check<ConfigError>(threads >= 0, "threads is {}, expected 1 or more, or 0 for all cores", threads);
  return threads == 0 ? ThreadPool::available_cores() : threads;
}

}  // namespace recur
