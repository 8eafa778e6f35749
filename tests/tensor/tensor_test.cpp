#include "tensor/tensor.h"

#include <gtest/gtest.h>

#include <new>

namespace recur {
namespace {

TEST(Tensor, ShapesThatNoMemoryHoldsAreRefused) {
  EXPECT_THROW((Shape{Index{1} << 40, Index{1} << 40}.size()), ShapeError);
  EXPECT_THROW((Shape{4, -1}.size()), ShapeError);
  EXPECT_THROW(Tensor::empty({Index{1} << 31, Index{1} << 31}), ShapeError);
  EXPECT_EQ((Shape{0, 7}.size()), 0);
}

TEST(Tensor, MemoryThatTheSystemRefusesIsNotCounted) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers end the program instead";
#else
  const StorageStatistics before = storage_statistics();
  EXPECT_THROW(Tensor::empty({Index{1} << 50}), std::bad_alloc);
  EXPECT_EQ(storage_statistics().bytes_in_use, before.bytes_in_use);
  EXPECT_EQ(storage_statistics().allocations, before.allocations);
#endif
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
