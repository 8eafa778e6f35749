// FlushToZero: a guard that makes the thread's floating-point unit treat subnormal numbers as zero.
#pragma once

#include <cstdint>

#if defined(__x86_64__) || defined(__i386__)
#include <xmmintrin.h>
#endif

namespace recur {

/// Subnormals (|x| < 1.2e-38) cost a hundred cycles each on some machines and mean nothing in a network:
/// while a guard lives, results and inputs of that size are zero on this thread; the caller's mode comes back
/// with its destruction. On other architectures it does nothing.
class FlushToZero {
 public:
  FlushToZero() noexcept : saved_(read()) { write(saved_ | kFlags); }
  ~FlushToZero() { write(saved_); }
  FlushToZero(const FlushToZero&) = delete;
  FlushToZero& operator=(const FlushToZero&) = delete;

 private:
#if defined(__x86_64__) || defined(__i386__)
  using Register = std::uint32_t;
  static constexpr Register kFlags = 0x8040;  // MXCSR: flush results (bit 15), inputs are zero (bit 6)
  static Register read() noexcept { return _mm_getcsr(); }
  static void write(Register value) noexcept { _mm_setcsr(value); }
#elif defined(__aarch64__)
  using Register = std::uint64_t;
  static constexpr Register kFlags = Register{1} << 24;  // FPCR.FZ: inputs and results
  static Register read() noexcept {
    Register value;
    asm volatile("mrs %0, fpcr" : "=r"(value));
    return value;
  }
  static void write(Register value) noexcept { asm volatile("msr fpcr, %0" : : "r"(value)); }
#else
  using Register = std::uint32_t;
  static constexpr Register kFlags = 0;
  static Register read() noexcept { return 0; }
  static void write(Register) noexcept {}
#endif
  Register saved_;
};

}  // namespace recur
