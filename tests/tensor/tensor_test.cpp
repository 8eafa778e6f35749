#include "tensor/tensor.h"

#include <gtest/gtest.h>

#include <new>

#include "base/aligned.h"
#include "base/memory_use.h"

namespace recur {
namespace {

TEST(Tensor, ShapesThatNoMemoryHoldsAreRefused) {
  EXPECT_THROW((Shape{Index{1} << 40, Index{1} << 40}.size()), ShapeError);
  EXPECT_THROW((Shape{4, -1}.size()), ShapeError);
  EXPECT_THROW(Tensor::empty({Index{1} << 31, Index{1} << 31}), ShapeError);
  EXPECT_EQ((Shape{0, 7}.size()), 0);
}

TEST(Tensor, MemoryThatTheSystemRefusesIsNotCounted) {
  const StorageStatistics before = storage_statistics();
  EXPECT_THROW(Tensor::empty({Index{1} << 50}), std::bad_alloc);
  EXPECT_EQ(storage_statistics().bytes_in_use, before.bytes_in_use);
  EXPECT_EQ(storage_statistics().allocations, before.allocations);
}

TEST(Tensor, LargeBlocksThatWaitForReuseCanBeGivenBack) {
  release_kept_storage();
  static_cast<void>(Tensor::empty({1 << 20}));  // and gone
  const StorageStatistics kept = storage_statistics();
  EXPECT_EQ(kept.bytes_kept, 4 << 20);
  static_cast<void>(Tensor::empty({1 << 20}));
  EXPECT_EQ(storage_statistics().allocations, kept.allocations);
  release_kept_storage();
  EXPECT_EQ(storage_statistics().bytes_kept, 0);
  static_cast<void>(Tensor::empty({1 << 20}));
  EXPECT_EQ(storage_statistics().allocations, kept.allocations + 1);
}

TEST(Tensor, MoreThanTheMachineHasIsRefusedBeforeItIsWritten) {
  const Index most = machine_memory() / Index{sizeof(float)};
  const Tensor half = Tensor::empty({most / 2});  // the system gives no page before it is written
  EXPECT_THROW(Tensor::empty({most / 3 * 2}), std::bad_alloc);
  EXPECT_THROW(AlignedBuffer<float>(most / 3 * 2), std::bad_alloc);
}

TEST(Tensor, BlocksAreUsedAgain) {
  { const Tensor first = Tensor::zeros({100}); }
  const StorageStatistics before = storage_statistics();
  const Tensor second = Tensor::empty({100});
  EXPECT_EQ(storage_statistics().allocations, before.allocations);
  EXPECT_EQ(storage_statistics().bytes_in_use, before.bytes_in_use + 512);
}

}  // namespace
}  // namespace recur
