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

/// A PanelLoop: packs the panels of weights on the threads of a pool.
inline auto shared_panels(ThreadPool& pool) {
  return [&pool](Index count, Index values, FunctionRef<void(Index)> f) {
    constexpr Index kWorthAThread = 1 << 14;
    share(pool, count, 1 + kWorthAThread / std::max<Index>(values, 1), [&](Index begin, Index end) {
      for (Index p = begin; p < end; ++p) f(p);
    });
  };
}

}  // namespace recur
