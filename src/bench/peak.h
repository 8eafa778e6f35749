// The yardstick: how fast this machine multiplies matrices.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/thread_pool.h"
#include "nn/linear.h"

namespace recur {

/// The fp32 product of two matrices of 1024 × 1024. By oneDNN where its library is installed (it is loaded
/// when asked for; nothing else in the program uses it), else by our own kernel.
class Peak {
 public:
  explicit Peak(ThreadPool& pool);
  ~Peak();

  void run();
  static constexpr double flop = 2.0 * 1024 * 1024 * 1024;
  /// "oneDNN 2.6.3", "recur".
  const std::string& by() const { return by_; }

 private:
  using Multiply = int (*)(char, char, long, long, long, float, const float*, long, const float*, long, float,
                           float*, long);
  ThreadPool& pool_;
  void* library_ = nullptr;
  Multiply multiply_ = nullptr;
  std::string by_ = "recur";
  std::vector<float> a_, b_, y_;
  Parameters parameters_;
  std::unique_ptr<Linear> own_;
};

}  // namespace recur
