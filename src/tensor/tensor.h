// A tensor: a cheap handle to shared, 64-byte aligned values. It has a shape and no arithmetic.
#pragma once

#include <array>
#include <initializer_list>
#include <string>
#include <utility>

#include "base/error.h"
#include "base/types.h"

namespace recur {

enum class DType : std::uint8_t { f32, f64, i32 };

template <class T>
inline constexpr DType kDType = DType::f32;
template <>
inline constexpr DType kDType<double> = DType::f64;
template <>
inline constexpr DType kDType<std::int32_t> = DType::i32;

Index size_of(DType dtype);

/// Calls f(T{}) with T = float or double. REQUIRES: dtype is one of them.
template <class F>
auto with_float_type(DType dtype, F&& f) {
  RECUR_ASSERT(dtype != DType::i32);
  return dtype == DType::f64 ? f(double{}) : f(float{});
}

/// Up to four dimensions; rank 0 is a scalar.
class Shape {
 public:
  Shape() = default;
  Shape(std::initializer_list<Index> dims);

  int rank() const { return rank_; }
  Index operator[](int i) const { return dims_[static_cast<std::size_t>(i < 0 ? i + rank_ : i)]; }
  Index size() const;
  bool operator==(const Shape&) const = default;
  /// As in "[35, 20, 650]".
  std::string to_string() const;

 private:
  std::array<Index, 4> dims_{};
  int rank_ = 0;
};

/// Blocks of memory that are kept for reuse when a tensor dies, so that a training step allocates nothing
/// once the first few have passed. Thread-safe.
struct StorageStatistics {
  Index bytes_in_use = 0;
  Index bytes_kept = 0;   ///< of large blocks that wait for reuse
  Index allocations = 0;  ///< how often the system was asked
};
StorageStatistics storage_statistics();
/// Gives the large blocks that wait for reuse back to the system: where work of another shape begins, they
/// would only take memory from it.
void release_kept_storage() noexcept;

namespace detail {
struct Block;
Block* acquire_block(Index bytes);
void retain_block(Block* block) noexcept;
void release_block(Block* block) noexcept;
void* block_data(Block* block) noexcept;
}  // namespace detail

/// A handle: copies share the values. A default tensor is undefined: it has no values at all.
class Tensor {
 public:
  Tensor() = default;
  static Tensor empty(const Shape& shape, DType dtype = DType::f32);
  static Tensor zeros(const Shape& shape, DType dtype = DType::f32);

  Tensor(const Tensor& other) noexcept
      : block_(other.block_), shape_(other.shape_), dtype_(other.dtype_), offset_(other.offset_) {
    if (block_ != nullptr) detail::retain_block(block_);
  }
  Tensor(Tensor&& other) noexcept
      : block_(std::exchange(other.block_, nullptr)),
        shape_(other.shape_),
        dtype_(other.dtype_),
        offset_(other.offset_) {}
  Tensor& operator=(Tensor other) noexcept {
    std::swap(block_, other.block_);
    shape_ = other.shape_;
    dtype_ = other.dtype_;
    offset_ = other.offset_;
    return *this;
  }
  ~Tensor() {
    if (block_ != nullptr) detail::release_block(block_);
  }

  bool defined() const { return block_ != nullptr; }
  const Shape& shape() const { return shape_; }
  Index dim(int i) const { return shape_[i]; }
  Index size() const { return shape_.size(); }
  DType dtype() const { return dtype_; }
  Index bytes() const { return size() * size_of(dtype_); }

  /// The values, row-major. A handle does not make its values constant. REQUIRES: T fits dtype().
  template <class T>
  T* data() const {
    RECUR_ASSERT(dtype_ == kDType<T>);
    return block_ == nullptr ? nullptr : static_cast<T*>(detail::block_data(block_)) + offset_;
  }
  void* raw() const;

  /// The same values in another shape of the same size.
  Tensor reshape(const Shape& shape) const;
  /// Rows [first, last) of the first dimension, sharing the values.
  Tensor rows(Index first, Index last) const;
  Tensor clone() const;
  void fill_zero() const;

 private:
  detail::Block* block_ = nullptr;
  Shape shape_;
  DType dtype_ = DType::f32;
  Index offset_ = 0;  // in values
};

/// Throws ShapeError naming `what` unless the tensor has the shape.
void check_shape(const Tensor& tensor, const Shape& expected, const char* what);

}  // namespace recur
