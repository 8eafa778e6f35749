#include "base/thread_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <limits>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

#include "base/error.h"
#include "tests/base/temporary_folder.h"

namespace recur {
namespace {

// A thread's share goes to that thread, or, where it is late, to the caller: never to a third.
TEST(ThreadPool, RunsEveryPartOnceOnItsOwnThreadOrTheCallers) {
  const auto caller = std::this_thread::get_id();
  for (const Index threads : {1, 2, 3, 5}) {
    ThreadPool pool(threads);
    ASSERT_EQ(pool.size(), threads);
    std::vector<std::set<std::thread::id>> owners(static_cast<std::size_t>(threads));
    for (const Index parts : {0, 1, 2, 7, 100}) {
      for (int repeat = 0; repeat < 20; ++repeat) {
        std::vector<int> calls(static_cast<std::size_t>(parts), 0);
        std::vector<std::thread::id> ran(static_cast<std::size_t>(parts));
        pool.run(parts, [&](Index part) {
          ++calls[static_cast<std::size_t>(part)];
          ran[static_cast<std::size_t>(part)] = std::this_thread::get_id();
        });
        EXPECT_EQ(calls, std::vector<int>(static_cast<std::size_t>(parts), 1));
        for (Index part = 0; part < parts; ++part) {
          const auto by = ran[static_cast<std::size_t>(part)];
          EXPECT_EQ(by, ran[static_cast<std::size_t>(part % threads)]) << "a share stays together";
          if (by != caller) owners[static_cast<std::size_t>(part % threads)].insert(by);
        }
      }
    }
    EXPECT_TRUE(owners[0].empty()) << "the first share is the caller's";
    for (const auto& owner : owners) EXPECT_LE(owner.size(), 1U);
  }
}

TEST(ThreadPool, SleepsBetweenCallsAndWakes) {
  ThreadPool pool(3);
  std::atomic<int> calls = 0;
  for (int i = 0; i < 5; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));  // far longer than the workers spin
    pool.run(3, [&](Index) { ++calls; });
  }
  EXPECT_EQ(calls, 15);
}

TEST(ThreadPool, RethrowsTheLowestFailureAndGoesOnWorking) {
  ThreadPool pool(3);
  for (int repeat = 0; repeat < 100; ++repeat) {
    const std::string message = message_of<std::runtime_error>([&] {
      pool.run(6, [](Index part) {
        if (part == 1 || part == 2 || part == 4) throw std::runtime_error(std::to_string(part));
      });
    });
    EXPECT_EQ(message, "1");
    std::atomic<int> calls = 0;
    pool.run(6, [&](Index) { ++calls; });
    EXPECT_EQ(calls, 6);
  }
}

TEST(ThreadPool, NestedCallsRunOnTheirOwnThread) {
  ThreadPool pool(2);
  std::atomic<int> calls = 0;
  pool.run(4, [&](Index) {
    const auto outer = std::this_thread::get_id();
    pool.run(3, [&](Index) {
      EXPECT_EQ(std::this_thread::get_id(), outer);
      ++calls;
    });
  });
  EXPECT_EQ(calls, 12);
}

TEST(ThreadPool, ServesSeveralCallers) {
  ThreadPool pool(2);
  std::atomic<int> calls = 0;
  const auto call = [&] {
    for (int i = 0; i < 500; ++i) pool.run(4, [&](Index) { ++calls; });
  };
  std::thread other(call);
  call();
  other.join();
  EXPECT_EQ(calls, 4000);
}

/// Whether half of the smallest normal number is zero here and now. Volatile, for the compiler does not know
/// that the answer depends on the thread's mode.
bool flushed() {
  volatile float x = std::numeric_limits<float>::min();
  x = x * 0.5F;
  return x == 0.0F;
}

TEST(ThreadPool, FlushesSubnormalsInEveryPartAndRestoresTheCaller) {
#if !defined(__x86_64__) && !defined(__aarch64__)
  GTEST_SKIP() << "not on this architecture";
#endif
  for (const Index threads : {1, 3}) {
    ThreadPool pool(threads);
    EXPECT_FALSE(flushed());
    pool.run(5, [&](Index) { EXPECT_TRUE(flushed()); });
    EXPECT_FALSE(flushed());
    EXPECT_THROW(pool.run(5, [](Index) { throw 1; }), int);
    EXPECT_FALSE(flushed());
  }
}

TEST(ThreadPool, RefusesAnImpossibleSize) {
  EXPECT_EQ(message_of<ConfigError>([] { ThreadPool pool(0); }), "threads is 0, expected 1 to 4096");
  EXPECT_GE(ThreadPool::available_cores(), 1);
}

TEST(Slice, PartsFollowOneAnotherAndDifferByAtMostOne) {
  for (const Index count : {0, 1, 2, 10, 11, 12}) {
    for (const Index parts : {1, 2, 3, 5}) {
      Index end = 0;
      for (Index part = 0; part < parts; ++part) {
        const Slice slice = slice_of(count, parts, part);
        EXPECT_EQ(slice.begin, end);
        EXPECT_GE(slice.size(), count / parts);
        EXPECT_LE(slice.size(), count / parts + 1);
        end = slice.end;
      }
      EXPECT_EQ(end, count);
    }
  }
}

// A fault of a worker must reach the handlers that the program around us has for it (and profilers their
// thread).
TEST(ThreadPool, WorkersLeaveSignalsToOthersButNotTheirOwnFaults) {
  ThreadPool pool(2);
  std::atomic<bool> done{false};
  sigset_t blocked;
  pool.run(2, [&](Index part) {
    if (part == 0) {
      while (!done) std::this_thread::yield();  // so that the caller cannot run part 1
    } else {
      pthread_sigmask(SIG_BLOCK, nullptr, &blocked);
      done = true;
    }
  });
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGCHLD, SIGUSR1, SIGALRM})
    EXPECT_TRUE(sigismember(&blocked, signal)) << signal;
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS, SIGPROF})
    EXPECT_FALSE(sigismember(&blocked, signal)) << signal;
}

}  // namespace
}  // namespace recur
