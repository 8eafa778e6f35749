#include "base/thread_pool.h"

#include <csignal>
#include <system_error>

#include "base/error.h"
#include "base/flush_to_zero.h"

namespace recur {
namespace {

/// True while this thread runs a part: a nested call must not wait for workers that may be waiting for it.
thread_local bool inside_part = false;

void pause() noexcept {
#if defined(__x86_64__) || defined(__i386__)
  _mm_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

/// Waits until `value` is not `old`: some 20 to 100 µs awake, which covers the gaps inside a training step;
/// then asleep.
void wait_while(const std::atomic<std::uint32_t>& value, std::uint32_t old) noexcept {
  constexpr int kSpins = 2000;
  for (int i = 0; i < kSpins; ++i) {
    if (value.load(std::memory_order_acquire) != old) return;
    pause();
  }
  value.wait(old, std::memory_order_acquire);
}

/// Threads started while this lives take no signals, which belong to the threads of the program around us,
/// but those of their own faults, and a profiler's.
class BlockSignals {
 public:
  BlockSignals() noexcept {
    sigset_t blocked;
    sigfillset(&blocked);
    for (const int own : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS, SIGPROF})
      sigdelset(&blocked, own);
    pthread_sigmask(SIG_SETMASK, &blocked, &saved_);
  }
  ~BlockSignals() { pthread_sigmask(SIG_SETMASK, &saved_, nullptr); }
  BlockSignals(const BlockSignals&) = delete;
  BlockSignals& operator=(const BlockSignals&) = delete;

 private:
  sigset_t saved_;
};

}  // namespace

ThreadPool::ThreadPool(Index threads) {
  constexpr Index kMost = 4096;  // more than any machine has; a guard against a slip of the keyboard
  check<ConfigError>(threads >= 1 && threads <= kMost, "threads is {}, expected 1 to {}", threads, kMost);
  failures_.resize(static_cast<std::size_t>(threads));
  shares_ = std::make_unique<Share[]>(static_cast<std::size_t>(threads));
  workers_.reserve(static_cast<std::size_t>(threads - 1));
  const BlockSignals blocked;
  try {
    for (Index thread = 1; thread < threads; ++thread)
      workers_.emplace_back([this, thread] { work(thread); });
  } catch (const std::system_error& error) {
    stop();
    fail<IoError>("cannot start thread {} of {}: {} (use fewer threads)", workers_.size() + 2, threads,
                  error.code().message());
  }
}

ThreadPool::~ThreadPool() { stop(); }

void ThreadPool::stop() noexcept {
  stopping_.store(true, std::memory_order_relaxed);
  round_.fetch_add(1, std::memory_order_release);
  round_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

void ThreadPool::run(Index parts, FunctionRef<void(Index)> part) {
  const FlushToZero flush;
  std::unique_lock use(in_use_, std::defer_lock);
  if (parts <= 1 || workers_.empty() || inside_part || !use.try_lock()) {
    for (Index p = 0; p < parts; ++p) part(p);
    return;
  }
  part_ = &part;
  parts_ = parts;
  // Every share is run in its round, so none may still be reading this call when the next is written.
  busy_.store(static_cast<std::uint32_t>(workers_.size()), std::memory_order_relaxed);
  const std::uint32_t round = round_.fetch_add(1, std::memory_order_release) + 1;
  round_.notify_all();
  run_share(0);
  // What a worker has not begun by now, because its core serves another program, is done here: waiting for a
  // core costs milliseconds.
  for (Index thread = 1; thread < size(); ++thread) {
    if (!claim(thread, round)) continue;
    run_share(thread);
    busy_.fetch_sub(1, std::memory_order_relaxed);
  }
  while (const std::uint32_t busy = busy_.load(std::memory_order_acquire)) wait_while(busy_, busy);
  rethrow_failure();
}

void ThreadPool::work(Index thread) noexcept {
  const FlushToZero flush;
  for (std::uint32_t seen = 0;;) {
    wait_while(round_, seen);
    seen = round_.load(std::memory_order_acquire);
    if (stopping_.load(std::memory_order_relaxed)) return;
    if (!claim(thread, seen)) continue;  // the caller was faster, and may be rounds ahead by now
    run_share(thread);
    if (busy_.fetch_sub(1, std::memory_order_acq_rel) == 1) busy_.notify_one();
  }
}

bool ThreadPool::claim(Index thread, std::uint32_t round) noexcept {
  std::uint32_t before = round - 1;
  return shares_[static_cast<std::size_t>(thread)].claimed.compare_exchange_strong(before, round,
                                                                                   std::memory_order_acq_rel);
}

void ThreadPool::run_share(Index thread) noexcept {
  inside_part = true;
  for (Index p = thread; p < parts_; p += size()) {
    try {
      (*part_)(p);
    } catch (...) {
      failures_[static_cast<std::size_t>(thread)] = {std::current_exception(), p};
      break;
    }
  }
  inside_part = false;
}

void ThreadPool::rethrow_failure() {
  Failure first;
  for (Failure& failure : failures_) {
    if (failure.error && (!first.error || failure.part < first.part)) first = failure;
    failure.error = nullptr;
  }
  if (first.error) std::rethrow_exception(first.error);
}

Index ThreadPool::available_cores() noexcept {
  const unsigned cores = std::thread::hardware_concurrency();
  return cores > 0 ? static_cast<Index>(cores) : 1;
}

}  // namespace recur
