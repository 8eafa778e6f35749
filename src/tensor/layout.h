// Where the time steps of a batch lie: packed step by step, the longest sequence first, with no padding at
// all.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "base/types.h"

namespace recur {

/// The packing of N sequences of lengths in any order, 0 allowed. Sequences are sorted by falling length
/// (equal ones keep their order); position i is a place in that order. Step t of position i is row offset(t)
/// + i, for i < active(t). A batch of equal lengths is its own packing: row t·N + n.
class Layout {
 public:
  static std::shared_ptr<const Layout> dense(Index steps, Index batch);
  static std::shared_ptr<const Layout> ragged(std::span<const Index> lengths);

  Index steps() const { return static_cast<Index>(active_.size()); }  ///< the longest length
  Index batch() const { return static_cast<Index>(order_.size()); }
  Index rows() const { return rows_; }
  Index active(Index t) const { return t < steps() ? active_[static_cast<std::size_t>(t)] : 0; }
  Index offset(Index t) const { return offset_[static_cast<std::size_t>(t)]; }
  Index length(Index position) const { return lengths_[static_cast<std::size_t>(position)]; }
  Index row(Index t, Index position) const { return offset(t) + position; }

  /// The sequence at a position, and the position of a sequence.
  Index sequence(Index position) const { return order_[static_cast<std::size_t>(position)]; }
  Index position(Index sequence) const { return position_[static_cast<std::size_t>(sequence)]; }
  /// Whether positions are sequences (equal lengths, or lengths that fall already).
  bool in_order() const { return in_order_; }
  /// Whether all sequences have the same length.
  bool is_dense() const { return rows_ == steps() * batch(); }

 private:
  std::vector<Index> active_, offset_, lengths_, order_, position_;
  Index rows_ = 0;
  bool in_order_ = true;
};

using LayoutPtr = std::shared_ptr<const Layout>;

}  // namespace recur
