// Batches of sequences of near length.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/types.h"

namespace recur {

/// Which sequences make which batch. Each epoch draws an order of its own; within every 64 batches' worth of
/// it, sequences of near length share a batch, so that short ones do not wait for long ones, and the batches
/// are shuffled again. What is left over for a smaller batch comes last: a batch has the same number of
/// sequences in each epoch. The first `curriculum` epochs go from the shortest sequences to the longest
/// instead, those of one length in the order drawn (SortaGrad, Amodei et al. 2016). A function of the
/// lengths, the seed and the epoch.
class LengthBatches {
 public:
  /// REQUIRES: at least one sequence, batch_size ≥ 1.
  LengthBatches(std::vector<Index> lengths, Index batch_size, std::uint64_t seed, Index curriculum = 0);

  /// Batches in an epoch.
  Index size() const { return (count() + batch_size_ - 1) / batch_size_; }
  /// Sequences in batch `number`.
  Index sequences(Index number) const;
  /// The sequences of batch `number` of an epoch (both from 0), valid until another epoch is asked for.
  std::span<const Index> batch(Index epoch, Index number);

 private:
  Index count() const { return static_cast<Index>(lengths_.size()); }
  void order(Index epoch);

  std::vector<Index> lengths_;
  Index batch_size_;
  std::uint64_t seed_;
  Index curriculum_;
  Index epoch_ = -1;          // that order_ is of
  std::vector<Index> order_;  // sequences, batch by batch
};

}  // namespace recur
