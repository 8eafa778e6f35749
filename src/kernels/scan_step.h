// A scan that is one step long, for streams.
#pragma once

#include "kernels/scan.h"

namespace recur {

/// One step in time, again and again: what does not change from one to the next is put together once. The
/// bits are those of a scan.
template <class T>
class ScanStep {
 public:
  /// `args` are of a dense layout of one step, their final states those that they begin with, `pre` null or
  /// memory for the input's product; `workspace` as for scan_forward. All outlive the object.
  ScanStep(const ScanArgs<T>& args, T* workspace);

  /// Reads x [rows, I], or null and `pre` [rows, Gx·H], what scan_inputs() would give. Writes y and states.
  void read(const T* x, const T* pre) noexcept;

  T* y() const noexcept { return args_.y; }
  /// State i of the rows, [rows, R] for h, [rows, H] for the others.
  T* state(std::size_t i) const noexcept { return args_.final_state[i]; }

 private:
  ScanArgs<T> args_;
  T* workspace_;
  StepArgs<T> step_;
  /// Where a step is nothing but one call of the cell's kernel.
  void (*forward_)(const StepArgs<T>&) noexcept = nullptr;
};

}  // namespace recur
