#include "data/length_batches.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace recur {
namespace {

std::vector<Index> epoch_of(LengthBatches& batches, Index epoch) {
  std::vector<Index> all;
  for (Index i = 0; i < batches.size(); ++i) {
    const auto batch = batches.batch(epoch, i);
    EXPECT_EQ(static_cast<Index>(batch.size()), batches.sequences(i));
    all.insert(all.end(), batch.begin(), batch.end());
  }
  return all;
}

TEST(LengthBatches, EveryEpochHasEachSequenceOnceInAnOrderOfItsOwn) {
  for (const Index count : {1, 7, 8, 9, 1000}) {
    std::vector<Index> lengths;
    for (Index i = 0; i < count; ++i) lengths.push_back(i * 7919 % 50);
    LengthBatches batches(lengths, 8, 3);
    std::set<std::vector<Index>> orders;
    for (Index epoch = 0; epoch < 3; ++epoch) {
      std::vector<Index> order = epoch_of(batches, epoch);
      orders.insert(order);
      std::sort(order.begin(), order.end());
      for (Index i = 0; i < count; ++i) EXPECT_EQ(order[static_cast<std::size_t>(i)], i);
    }
    EXPECT_EQ(orders.size(), count == 1 || count == 8 ? 1U : 3U);
  }
}

TEST(LengthBatches, AreAFunctionOfSeedAndEpoch) {
  const std::vector<Index> lengths(100, 5);
  LengthBatches a(lengths, 8, 3), b(lengths, 8, 3), other(lengths, 8, 4);
  epoch_of(a, 0);
  EXPECT_EQ(epoch_of(a, 1), epoch_of(b, 1));  // whatever was asked before
  EXPECT_NE(epoch_of(a, 1), epoch_of(other, 1));
}

TEST(LengthBatches, GoFromShortToLongInTheEpochsOfACurriculum) {
  std::vector<Index> lengths;
  for (Index i = 0; i < 100; ++i) lengths.push_back(i * 7919 % 13);
  LengthBatches batches(lengths, 8, 3, /*curriculum=*/2), plain(lengths, 8, 3);
  const auto rises = [&](Index epoch) {
    return std::ranges::is_sorted(epoch_of(batches, epoch), {},
                                  [&](Index i) { return lengths[static_cast<std::size_t>(i)]; });
  };
  EXPECT_TRUE(rises(0));
  EXPECT_TRUE(rises(1));
  EXPECT_FALSE(rises(2));
  EXPECT_NE(epoch_of(batches, 0), epoch_of(batches, 1));  // those of one length are drawn
  EXPECT_EQ(epoch_of(batches, 2), epoch_of(plain, 2));
  std::vector<Index> all = epoch_of(batches, 0);
  std::sort(all.begin(), all.end());
  for (Index i = 0; i < 100; ++i) EXPECT_EQ(all[static_cast<std::size_t>(i)], i);
}

TEST(LengthBatches, PadLittle) {
  std::vector<Index> lengths;
  for (Index i = 0; i < 3200; ++i) lengths.push_back(1 + i * 7919 % 400);
  LengthBatches batches(lengths, 32, 1);
  Index steps = 0, padded = 0;
  for (Index i = 0; i < batches.size(); ++i) {
    Index longest = 0;
    for (const Index n : batches.batch(0, i)) {
      longest = std::max(longest, lengths[static_cast<std::size_t>(n)]);
      steps += lengths[static_cast<std::size_t>(n)];
    }
    padded += longest * batches.sequences(i);
  }
  EXPECT_LT(static_cast<double>(padded), 1.05 * static_cast<double>(steps));
}

}  // namespace
}  // namespace recur
