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

TEST(Signals, WhatIsIgnoredAtTheStartStaysSo) {
  EXPECT_EXIT(
      {
        ::signal(SIGINT, SIG_IGN);
        {
          const StopOnInterrupt stop;
          raise(SIGINT);
          if (StopOnInterrupt::requested()) _exit(1);
        }
        raise(SIGINT);
        _exit(0);
      },
      testing::ExitedWithCode(0), "");
}

TEST(Signals, ComeBackToWhoHadThem) {
  EXPECT_EXIT(
      {
        ::signal(SIGTERM, [](int) { _exit(0); });
        { const StopOnInterrupt stop; }
        raise(SIGTERM);
        _exit(1);
      },
      testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace recur
