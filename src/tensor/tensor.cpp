#include "tensor/tensor.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstring>
#include <limits>
#include <memory>
#include <mutex>
#include <new>
#include <vector>

#include "base/memory_use.h"

namespace recur {
namespace detail {

/// Stands in front of the values; 64 bytes, so that they are aligned as it is.
struct alignas(64) Block {
  std::atomic<Index> references{1};
  Index bytes = 0;  // of the values, rounded up to the size class
  int size_class = 0;
};
static_assert(sizeof(Block) == 64);

namespace {

constexpr std::align_val_t kAlignment{64};

/// Size classes grow by eighths of a power of two, so at most an eighth of a block is wasted.
struct SizeClass {
  int index;
  Index bytes;
};
SizeClass size_class(Index bytes) {
  const Index lines = std::max<Index>((bytes + 63) / 64, 8);
  const int log = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(lines))) - 1;
  const Index step = Index{1} << (log - 3);
  const Index rounded = (lines + step - 1) / step * step;
  const int rounded_log = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(rounded))) - 1;
  RECUR_ASSERT(rounded_log >= 3);
  const Index eighth = (rounded >> (rounded_log - 3)) & 7;
  return {rounded_log * 8 + static_cast<int>(eighth), rounded * 64};
}

class Pool {
 public:
  Block* acquire(Index bytes) {
    const SizeClass wanted = size_class(bytes);
    Block* block = reuse(wanted);
    if (block == nullptr) block = allocate(wanted);
    block->references.store(1, std::memory_order_relaxed);
    return block;
  }

  void release(Block* block) noexcept {
    const std::lock_guard lock(mutex_);
    statistics_.bytes_in_use -= block->bytes;
    count_memory(-block->bytes);
    if (block->bytes >= kLarge) statistics_.bytes_kept += block->bytes;
    free_[static_cast<std::size_t>(block->size_class)].push_back(block);
  }

  StorageStatistics statistics() {
    const std::lock_guard lock(mutex_);
    return statistics_;
  }

  void release_kept() noexcept {
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < free_.size(); ++i) {
      auto& free = free_[i];
      if (free.empty() || free.front()->bytes < kLarge) continue;
      blocks_[i] -= static_cast<Index>(free.size());
      for (Block* block : free) ::operator delete(block, kAlignment);
      free.clear();
    }
    statistics_.bytes_kept = 0;
  }

  ~Pool() {
    for (auto& free : free_)
      for (Block* block : free) ::operator delete(block, kAlignment);
  }

 private:
  static constexpr Index kLarge = 1 << 20;

  /// A block that lies ready, or null.
  Block* reuse(const SizeClass& wanted) {
    const std::lock_guard lock(mutex_);
    auto& free = free_[static_cast<std::size_t>(wanted.index)];
    if (free.empty()) return nullptr;
    Block* const block = free.back();
    free.pop_back();
    if (wanted.bytes >= kLarge) statistics_.bytes_kept -= wanted.bytes;
    count(wanted.bytes);
    return block;
  }

  /// A new block. Nothing is counted that the system refuses.
  Block* allocate(const SizeClass& wanted) {
    require_memory(wanted.bytes);
    struct Free {
      void operator()(void* memory) const { ::operator delete(memory, kAlignment); }
    };
    std::unique_ptr<void, Free> memory(
        ::operator new(sizeof(Block) + static_cast<std::size_t>(wanted.bytes), kAlignment));
    const std::lock_guard lock(mutex_);
    // Room to take back every block of this class without allocating then.
    Index& blocks = blocks_[static_cast<std::size_t>(wanted.index)];
    free_[static_cast<std::size_t>(wanted.index)].reserve(static_cast<std::size_t>(blocks) + 1);
    ++blocks;
    ++statistics_.allocations;
    count(wanted.bytes);
    auto* const block = new (memory.release()) Block;
    block->bytes = wanted.bytes;
    block->size_class = wanted.index;
    return block;
  }

  /// REQUIRES: the caller holds the mutex.
  void count(Index bytes) {
    statistics_.bytes_in_use += bytes;
    count_memory(bytes);
  }

  std::mutex mutex_;
  std::array<std::vector<Block*>, 512> free_;
  std::array<Index, 512> blocks_{};
  StorageStatistics statistics_;
};

/// Never destroyed: a tensor of static lifetime may be the last to go.
Pool& pool() {
  static Pool& instance = *new Pool;
  return instance;
}

}  // namespace

Block* acquire_block(Index bytes) { return pool().acquire(bytes); }
void retain_block(Block* block) noexcept { block->references.fetch_add(1, std::memory_order_relaxed); }
void release_block(Block* block) noexcept {
  if (block->references.fetch_sub(1, std::memory_order_acq_rel) == 1) pool().release(block);
}
void* block_data(Block* block) noexcept { return block + 1; }

}  // namespace detail

StorageStatistics storage_statistics() { return detail::pool().statistics(); }
void release_kept_storage() noexcept { detail::pool().release_kept(); }

Index size_of(DType dtype) { return dtype == DType::f64 ? 8 : 4; }

Shape::Shape(std::initializer_list<Index> dims) : rank_(static_cast<int>(dims.size())) {
  RECUR_ASSERT(dims.size() <= dims_.size());
  std::copy(dims.begin(), dims.end(), dims_.begin());
}

Index Shape::size() const {
  Index n = 1;
  for (int i = 0; i < rank_; ++i) {
    const Index dim = dims_[static_cast<std::size_t>(i)];
    if (dim < 0 || __builtin_mul_overflow(n, dim, &n))  // the text is made where it is needed alone
      fail<ShapeError>("a tensor of shape {}, expected sizes of 0 or more whose product fits", to_string());
  }
  return n;
}

std::string Shape::to_string() const {
  std::string text = "[";
  for (int i = 0; i < rank_; ++i) text += (i == 0 ? "" : ", ") + std::to_string((*this)[i]);
  return text + "]";
}

Tensor Tensor::empty(const Shape& shape, DType dtype) {
  Tensor t;
  t.shape_ = shape;
  t.dtype_ = dtype;
  const Index size = shape.size();
  if (size > std::numeric_limits<Index>::max() / 16)
    fail<ShapeError>("a tensor of shape {} fits no memory", shape.to_string());
  t.block_ = detail::acquire_block(size * size_of(dtype));
  return t;
}

Tensor Tensor::zeros(const Shape& shape, DType dtype) {
  Tensor t = empty(shape, dtype);
  t.fill_zero();
  return t;
}

void* Tensor::raw() const {
  return block_ == nullptr ? nullptr
                           : static_cast<char*>(detail::block_data(block_)) + offset_ * size_of(dtype_);
}

Tensor Tensor::reshape(const Shape& shape) const {
  RECUR_ASSERT(shape.size() == size());
  Tensor t = *this;
  t.shape_ = shape;
  return t;
}

Tensor Tensor::rows(Index first, Index last) const {
  RECUR_ASSERT(shape_.rank() >= 1 && 0 <= first && first <= last && last <= shape_[0]);
  const Index row = shape_[0] == 0 ? 0 : size() / shape_[0];
  Tensor t = *this;
  t.offset_ += first * row;
  switch (shape_.rank()) {
    case 1:
      t.shape_ = {last - first};
      break;
    case 2:
      t.shape_ = {last - first, shape_[1]};
      break;
    case 3:
      t.shape_ = {last - first, shape_[1], shape_[2]};
      break;
    default:
      t.shape_ = {last - first, shape_[1], shape_[2], shape_[3]};
      break;
  }
  return t;
}

Tensor Tensor::clone() const {
  Tensor t = empty(shape_, dtype_);
  std::memcpy(t.raw(), raw(), static_cast<std::size_t>(bytes()));
  return t;
}

void Tensor::fill_zero() const { std::memset(raw(), 0, static_cast<std::size_t>(bytes())); }

void check_shape(const Tensor& tensor, const Shape& expected, const char* what) {
  if (tensor.defined() && tensor.shape() == expected) return;
  fail<ShapeError>("{} has shape {}, expected {}", what,
                   tensor.defined() ? tensor.shape().to_string() : "nothing", expected.to_string());
}

}  // namespace recur
