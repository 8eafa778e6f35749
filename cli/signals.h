// Signals: how a person or a pipe ends the command.
#pragma once

#include <atomic>

namespace recur {

/// A reader that goes away, as `head` does, becomes an error of the write instead of a silent death: a
/// training run goes on when its log viewer dies.
void ignore_broken_pipes();

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
