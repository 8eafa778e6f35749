// Sharing a loop among threads.
#pragma once

#include <algorithm>

#include "base/thread_pool.h"

namespace recur {

/// Calls f(begin, end) for slices of [0, count) on the threads of the pool; slices begin at multiples of
/// `grain` and a thread gets at least one, so that small loops stay on the caller's thread. f must not care
/// where a slice ends.
template <class F>
void share(ThreadPool& pool, Index count, Index grain, F&& f) {
  if (count <= 0) return;
  const Index grains = (count + grain - 1) / grain, parts = std::min(pool.size(), grains);
  pool.run(parts, [&](Index part) {
    const Slice s = slice_of(grains, parts, part);
    f(s.begin * grain, std::min(count, s.end * grain));
  });
}

}  // namespace recur
