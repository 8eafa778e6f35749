#include "cli/signals.h"

#include <csignal>

namespace recur {
namespace {

std::atomic<bool> stop_requested{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may only touch lock-free atomics");

void request_stop(int) { stop_requested.store(true, std::memory_order_relaxed); }

void on_interrupt(void (*handler)(int), int flags) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = flags;
  sigemptyset(&action.sa_mask);
  for (const int signal : {SIGINT, SIGTERM}) ::sigaction(signal, &action, nullptr);
}

}  // namespace

void ignore_write_signals() {
  for (const int signal : {SIGPIPE, SIGXFSZ}) ::signal(signal, SIG_IGN);
}

// SA_RESETHAND: the signal has its usual meaning again once it was caught, so that the next one ends the
// program.
StopOnInterrupt::StopOnInterrupt() {
  stop_requested = false;
  on_interrupt(request_stop, static_cast<int>(SA_RESETHAND));
}

StopOnInterrupt::~StopOnInterrupt() { on_interrupt(SIG_DFL, 0); }

const std::atomic<bool>& StopOnInterrupt::requested() { return stop_requested; }

}  // namespace recur
