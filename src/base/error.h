// The exceptions of the library: a few types for what a user can cause, an assertion for our own bugs.
#pragma once

#include <fmt/core.h>
#include <recur/error.h>

#include <utility>

namespace recur {

/// Throws `E` with a formatted message: what was found, where, what was expected, what to do; one line.
template <class E, class... Args>
[[noreturn]] void fail(fmt::format_string<Args...> message, Args&&... args) {
  throw E(fmt::format(message, std::forward<Args>(args)...));
}

/// Throws `E` with a formatted message unless `condition` holds.
template <class E, class... Args>
void check(bool condition, fmt::format_string<Args...> message, Args&&... args) {
  if (!condition) fail<E>(message, std::forward<Args>(args)...);
}

/// Called by RECUR_ASSERT: reports a bug of ours on stderr and aborts.
[[noreturn]] void assertion_failed(const char* expression, const char* file, int line) noexcept;

}  // namespace recur

/// An invariant of our own code. User input never reaches it; it stays on in release builds where it is
/// cheap.
#define RECUR_ASSERT(condition) \
  ((condition) ? static_cast<void>(0) : ::recur::assertion_failed(#condition, __FILE__, __LINE__))
