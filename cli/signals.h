// Signals: how a person or a pipe ends the command.
#pragma once

#include <array>
#include <atomic>
#include <csignal>

namespace recur {

/// What a write can run into becomes an error of that write instead of a silent death: a reader that goes
/// away, as `head` does (a training run goes on when its log viewer dies), and a limit on file sizes.
void ignore_write_signals();

/// While it lives, the first SIGINT (Ctrl-C) or SIGTERM only sets `requested`, so that the work can stop at a
/// good moment and save; the second one ends the program at once. A signal that is ignored, as a shell does
/// for programs that it starts with `&`, stays ignored; afterwards each means what it did before.
class StopOnInterrupt {
 public:
  StopOnInterrupt();
  ~StopOnInterrupt();
  StopOnInterrupt(const StopOnInterrupt&) = delete;
  StopOnInterrupt& operator=(const StopOnInterrupt&) = delete;

  static const std::atomic<bool>& requested();

 private:
  static constexpr std::array kSignals{SIGINT, SIGTERM};
  std::array<struct sigaction, kSignals.size()> before_{};
};

}  // namespace recur
