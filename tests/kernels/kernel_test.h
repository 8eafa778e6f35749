// What the tests of kernels share: random inputs, matrices that notice a touch past their end, comparison to
// the bit.
#pragma once

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "base/types.h"
#include "kernels/table.h"
#include "simd/isa.h"

namespace recur {

/// Numbers in [low, high), the same on every machine.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : random_(seed) {}
  template <class T>
  T number(double low = -1, double high = 1) {
    return static_cast<T>(low + (high - low) * static_cast<double>(random_() >> 11) * 0x1p-53);
  }
  Index below(Index n) { return static_cast<Index>(random_() % static_cast<std::uint64_t>(n)); }

 private:
  std::mt19937_64 random_;
};

/// The bfloat16 next to zero from x.
template <class T>
T as_bf16(T x) {
  return static_cast<T>(
      std::bit_cast<float>(std::bit_cast<std::uint32_t>(static_cast<float>(x)) & 0xFFFF0000U));
}

/// Values whose end lies against a page that may not be touched: reading or writing one past it ends the
/// test. (Where qemu emulates the processor, only writing: its masked loads read the whole vector and mask it
/// then.)
template <class T>
class Guarded {
 public:
  Guarded() = default;
  explicit Guarded(Index size) : size_(size) {
    const std::size_t page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    const std::size_t bytes = static_cast<std::size_t>(size) * sizeof(T);
    mapped_ = (bytes + page - 1) / page * page + page;
    void* base = mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (base == MAP_FAILED) throw std::bad_alloc();
    base_ = static_cast<char*>(base);
    mprotect(base_ + mapped_ - page, page, std::getenv("RECUR_TEST_EMULATED") ? PROT_READ : PROT_NONE);
    data_ = reinterpret_cast<T*>(base_ + mapped_ - page - bytes);
  }
  Guarded(Guarded&& other) noexcept { swap(other); }
  Guarded& operator=(Guarded&& other) noexcept {
    swap(other);
    return *this;
  }
  ~Guarded() {
    if (base_ != nullptr) munmap(base_, mapped_);
  }
  T* data() { return data_; }
  const T* data() const { return data_; }
  Index size() const { return size_; }

 private:
  void swap(Guarded& other) noexcept {
    std::swap(base_, other.base_);
    std::swap(mapped_, other.mapped_);
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
  }
  char* base_ = nullptr;
  std::size_t mapped_ = 0;
  T* data_ = nullptr;
  Index size_ = 0;
};

/// What lies between a row's end and the next row: poison for whoever reads it, evidence of who wrote it.
template <class T>
T canary() {
  return std::numeric_limits<T>::quiet_NaN();
}

/// rows × columns on a guarded buffer, `gap` canaries between rows.
template <class T>
class Matrix {
 public:
  Matrix(Index rows, Index columns, Index gap = 0)
      : rows_(rows),
        columns_(columns),
        stride_(columns + gap),
        values_(rows == 0 ? 0 : (rows - 1) * (columns + gap) + columns) {
    for (Index i = 0; i < values_.size(); ++i) data()[i] = canary<T>();
  }
  static Matrix random(Draw& draw, Index rows, Index columns, Index gap = 0, double low = -1,
                       double high = 1) {
    Matrix m(rows, columns, gap);
    for (Index r = 0; r < rows; ++r)
      for (Index c = 0; c < columns; ++c) m(r, c) = draw.number<T>(low, high);
    return m;
  }
  Matrix copy() const {
    Matrix m(rows_, columns_, stride_ - columns_);
    std::memcpy(m.data(), data(), static_cast<std::size_t>(values_.size()) * sizeof(T));
    return m;
  }

  Index rows() const { return rows_; }
  Index columns() const { return columns_; }
  Index stride() const { return stride_; }
  T* data() { return values_.data(); }
  const T* data() const { return values_.data(); }
  T* row(Index r) { return data() + r * stride_; }
  const T* row(Index r) const { return data() + r * stride_; }
  T& operator()(Index r, Index c) { return data()[r * stride_ + c]; }
  const T& operator()(Index r, Index c) const { return data()[r * stride_ + c]; }

  void expect_gaps_untouched() const {
    for (Index r = 0; r + 1 < rows_; ++r)
      for (Index c = columns_; c < stride_; ++c)
        ASSERT_TRUE(std::isnan((*this)(r, c))) << "written between rows, at " << r << "," << c;
  }

 private:
  Index rows_, columns_, stride_;
  Guarded<T> values_;
};

/// Equal to the bit; a NaN equals a NaN, whatever its payload.
template <class T>
bool same_bits(T a, T b) {
  return std::memcmp(&a, &b, sizeof a) == 0 || (std::isnan(a) && std::isnan(b));
}

template <class T>
void expect_same_bits(const Matrix<T>& found, const Matrix<T>& expected, const std::string& what) {
  ASSERT_EQ(found.rows(), expected.rows()) << what;
  ASSERT_EQ(found.columns(), expected.columns()) << what;
  for (Index r = 0; r < found.rows(); ++r)
    for (Index c = 0; c < found.columns(); ++c)
      ASSERT_TRUE(same_bits(found(r, c), expected(r, c)))
          << what << ": [" << r << "," << c << "] is " << found(r, c) << ", expected " << expected(r, c);
  found.expect_gaps_untouched();
}

/// Sizes around the vectors of every instruction set, and one of many panels.
inline std::vector<Index> sizes_around(Index lanes) {
  std::vector<Index> sizes{
      1, 2, lanes - 1, lanes, lanes + 1, 2 * lanes + 1, 3 * lanes - 1, 4 * lanes, 4 * lanes + 1, 997};
  std::erase_if(sizes, [](Index n) { return n <= 0; });
  return sizes;
}

/// Calls f(kernels, name) for every instruction set of this machine in float, and for the reference in
/// double.
template <class F>
void for_each_kernels(F&& f) {
  for (const Isa isa : supported_isas()) f(kernels<float>(isa), std::string(name(isa)));
  f(kernels<double>(), std::string("double"));
}

}  // namespace recur
