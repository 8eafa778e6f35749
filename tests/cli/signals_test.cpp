#include "cli/signals.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>

namespace recur {
namespace {

TEST(Signals, TheFirstInterruptIsARequestAndTheSecondEndsTheProgram) {
  EXPECT_EXIT(
      {
        const StopOnInterrupt stop;
        raise(SIGINT);
        if (!StopOnInterrupt::requested()) _exit(1);
        raise(SIGINT);
        _exit(2);
      },
      testing::KilledBySignal(SIGINT), "");
}

}  // namespace
}  // namespace recur
