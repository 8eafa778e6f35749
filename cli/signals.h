// Signals: how a person or a pipe ends the command.
#pragma once

#include <atomic>

namespace recur {

/// What a write can run into becomes an error of that write instead of a silent death: a reader that goes
/// away, as `head` does (a training run goes on when its log viewer dies), and a limit on file sizes.
void ignore_write_signals();

/// While it lives, the first SIGINT (Ctrl-C) or SIGTERM only sets `requested`, so that the work can stop at a
/// good moment and save; the second one ends the program at once.
class StopOnInterrupt {
 public:
  StopOnInterrupt();
  ~StopOnInterrupt();
  StopOnInterrupt(const StopOnInterrupt&) = delete;
  StopOnInterrupt& operator=(const StopOnInterrupt&) = delete;

  static const std::atomic<bool>& requested();
};

}  // namespace recur
