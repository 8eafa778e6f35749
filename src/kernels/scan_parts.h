// What the forward and the backward scan share: the order of steps and where the state before a step lies.
#pragma once

#include <algorithm>

#include "kernels/scan.h"

namespace recur {

/// Slices of about equal work, so that threads finish together though sequences differ in length.
inline Index slice_begin(const Layout& layout, Index parts, Index part) {
  if (part >= parts) return layout.batch();
  if (layout.is_dense()) return slice_of(layout.batch(), parts, part).begin;
  const Index target = layout.rows() * part / parts;
  Index position = 0, rows = 0;
  while (position < layout.batch() && rows < target) rows += layout.length(position++);
  return position;
}

/// One step in time of a slice [first, last) of positions.
struct SliceStep {
  Index rows;     ///< sequences of the slice that are active
  Index row;      ///< packed row of the first of them
  Index carried;  ///< the first so many continue from a step; the rest begin here, from the initial state
  Index before;   ///< packed row of the step before, of the first
};

class SliceSteps {
 public:
  SliceSteps(const Layout& layout, bool reverse, Index first, Index last)
      : layout_(layout), reverse_(reverse), first_(first), last_(last) {}
  Index count() const { return layout_.steps(); }
  Index first() const { return first_; }
  Index sequences() const { return last_ - first_; }
  /// The k-th step in the order of processing.
  SliceStep operator[](Index k) const {
    const Index t = reverse_ ? layout_.steps() - 1 - k : k;
    const Index rows = within(layout_.active(t));
    if (k == 0) return {rows, rows == 0 ? 0 : layout_.row(t, first_), 0, 0};
    const Index previous = reverse_ ? t + 1 : t - 1;
    return {rows, rows == 0 ? 0 : layout_.row(t, first_), std::min(rows, within(layout_.active(previous))),
            layout_.row(previous, first_)};
  }

 private:
  Index within(Index active) const { return std::clamp(active - first_, Index{0}, last_ - first_); }
  const Layout& layout_;
  bool reverse_;
  Index first_, last_;
};

/// The packed row that holds a position's state at the end: its last step in the order of processing.
/// REQUIRES: length > 0.
inline Index last_row(const Layout& layout, bool reverse, Index position) {
  return layout.row(reverse ? 0 : layout.length(position) - 1, position);
}

inline Index scan_slices(const Layout& layout, const ThreadPool& pool) {
  return std::max<Index>(1, std::min(pool.size(), layout.batch()));
}

/// Distance between rows of gate gradients: an odd number of cache lines of floats, since a multiple of a
/// large power of two would map all rows to a few lines of the first-level cache.
inline Index padded_stride(Index width) { return ((width + 15) / 16 | 1) * 16; }

}  // namespace recur
