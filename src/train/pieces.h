// All values of a model, cut into pieces of about equal size for threads to share.
#pragma once

#include <algorithm>
#include <vector>

#include "base/thread_pool.h"
#include "nn/parameters.h"

namespace recur {

/// Elements [begin, end) of a parameter, counted in the order of the list.
struct Piece {
  std::size_t parameter;
  Index begin, end;
  Index size() const { return end - begin; }
};

/// Of all that is trained. Always cut in the same places, so that sums over pieces have the same bits for any
/// number of threads.
inline std::vector<Piece> pieces_of(const Parameters& parameters) {
  constexpr Index kSize = 4096;
  std::vector<Piece> pieces;
  std::size_t number = 0;
  for (const Parameter& p : parameters) {
    const Index size = p.kind == ParameterKind::statistic ? 0 : p.value.size();
    for (Index begin = 0; begin < size; begin += kSize)
      pieces.push_back({number, begin, std::min(begin + kSize, size)});
    ++number;
  }
  return pieces;
}

/// Calls f(i, pieces[i]) for each, on all threads.
template <class F>
void each_piece(const std::vector<Piece>& pieces, ThreadPool& pool, F&& f) {
  const Index count = static_cast<Index>(pieces.size()), parts = std::min(pool.size(), count);
  pool.run(parts, [&](Index part) {
    const Slice s = slice_of(count, parts, part);
    for (Index i = s.begin; i < s.end; ++i)
      f(static_cast<std::size_t>(i), pieces[static_cast<std::size_t>(i)]);
  });
}

}  // namespace recur
