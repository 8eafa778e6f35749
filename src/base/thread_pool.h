// ThreadPool: a fixed set of threads that share one call's parts.
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/function_ref.h"
#include "base/types.h"

namespace recur {

/// Runs the parts of a call on `size()` threads, the caller's included. Part p runs on thread p mod size(),
/// so that what a thread keeps in its cache is there again in the next call; unless that thread is late,
/// because its core serves another program: then the caller runs its parts too. No result may depend on it.
///
/// A call allocates nothing. Between calls the workers spin for some microseconds, because the next call of a
/// training step follows at once, and then sleep, so that an idle pool costs nothing and a busy neighbour no
/// more than its share. Subnormals are flushed to zero in every part, on the caller's thread too, whose mode
/// is restored.
class ThreadPool {  // NOLINT(clang-analyzer-optin.performance.Padding): a cache line for each atomic
 public:
  /// Starts `threads - 1` workers; with 1 there are none and every call runs on the caller's thread.
  /// Throws ConfigError if `threads` < 1, IoError if the system refuses a thread.
  explicit ThreadPool(Index threads = available_cores());
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  Index size() const noexcept { return static_cast<Index>(failures_.size()); }

  /// Calls `part(p)` once for every p in [0, parts) and returns when all are done. A call from inside a part,
  /// or while another thread uses the pool, runs on its own thread alone. If parts throw, the exception of
  /// the lowest of them that ran is rethrown here; which of the other parts have run is then not defined.
  void run(Index parts, FunctionRef<void(Index)> part);

  /// The cores this process may run on, by its affinity; a limit of its CPU time (cgroup) is not seen.
  static Index available_cores() noexcept;

 private:
  struct alignas(64) Failure {
    std::exception_ptr error;
    Index part = 0;
  };

  void work(Index thread) noexcept;
  /// Takes the share of a thread in a round; false if it is taken. Each share is taken once in each round.
  bool claim(Index thread, std::uint32_t round) noexcept;
  void run_share(Index thread) noexcept;
  void rethrow_failure();
  void stop() noexcept;

  struct alignas(64) Share {
    std::atomic<std::uint32_t> claimed{0};  // the last round in which it was
  };

  std::vector<std::thread> workers_;
  std::unique_ptr<Share[]> shares_;  // one a thread, the caller's first
  std::vector<Failure> failures_;    // one a thread, the caller's first
  std::mutex in_use_;                // held by the thread whose call the workers serve

  // The call that is being served: written before `round_` moves, read after.
  const FunctionRef<void(Index)>* part_ = nullptr;
  Index parts_ = 0;
  std::atomic<bool> stopping_{false};

  alignas(64) std::atomic<std::uint32_t> round_{0};  // moves on with every call
  alignas(64) std::atomic<std::uint32_t> busy_{0};   // workers that have not finished this round
};

/// Where a part begins and ends.
struct Slice {
  Index begin, end;
  Index size() const noexcept { return end - begin; }
};

/// The `part`-th of `parts` slices of [0, count), whose sizes differ by at most one.
constexpr Slice slice_of(Index count, Index parts, Index part) noexcept {
  const Index size = count / parts, longer = count % parts;
  const Index begin = part * size + (part < longer ? part : longer);
  return {begin, begin + size + (part < longer ? 1 : 0)};
}

}  // namespace recur
