// A buffer on a cache-line boundary, for panels and workspaces that vector code reads.
#pragma once

#include <cstddef>
#include <new>
#include <utility>

#include "base/memory_use.h"
#include "base/types.h"

namespace recur {

/// `size` uninitialised values of a trivial type on a 64-byte boundary, freed with the buffer.
template <class T>
class AlignedBuffer {
 public:
  static constexpr std::size_t kAlignment = 64;

  AlignedBuffer() = default;
  explicit AlignedBuffer(Index size)
      : data_(size == 0 ? nullptr : take(static_cast<std::size_t>(size) * sizeof(T))), size_(size) {
    count_memory(bytes());
  }
  AlignedBuffer(AlignedBuffer&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  AlignedBuffer& operator=(AlignedBuffer&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  AlignedBuffer(const AlignedBuffer&) = delete;
  AlignedBuffer& operator=(const AlignedBuffer&) = delete;
  ~AlignedBuffer() {
    count_memory(-bytes());
    ::operator delete (data_, std::align_val_t{kAlignment});
  }

  /// Makes room for at least `size` values; what was stored is lost if the buffer has to grow.
  void reserve(Index size) {
    if (size > size_) *this = AlignedBuffer(size);
  }

  T* data() noexcept { return data_; }
  const T* data() const noexcept { return data_; }
  Index size() const noexcept { return size_; }

 private:
  static T* take(std::size_t bytes) {
    require_memory(static_cast<Index>(bytes));
    return static_cast<T*>(::operator new (bytes, std::align_val_t{kAlignment}));
  }
  Index bytes() const noexcept { return size_ * static_cast<Index>(sizeof(T)); }

  T* data_ = nullptr;
  Index size_ = 0;
};

}  // namespace recur
