// The exceptions of the library: a few types for what a user can cause, an assertion for our own bugs.
#pragma once

#include <recur/error.h>

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

namespace recur {

/// What a message shows: a text, a character, a number or a truth. Valid as long as what it was made of.
class MessageArgument {
 public:
  MessageArgument(std::string_view text) : data_(text) {}
  MessageArgument(const std::string& text) : data_(std::string_view(text)) {}
  MessageArgument(const char* text) : data_(std::string_view(text)) {}
  MessageArgument(char character) : data_(character) {}
  MessageArgument(bool truth) : data_(std::string_view(truth ? "true" : "false")) {}
  template <std::signed_integral T>
  MessageArgument(T number) : data_(std::int64_t{number}) {}
  template <std::unsigned_integral T>
  MessageArgument(T number) : data_(std::uint64_t{number}) {}
  MessageArgument(float number) : data_(number) {}
  MessageArgument(double number) : data_(number) {}

  void append_to(std::string& message) const;

 private:
  std::variant<std::string_view, char, std::int64_t, std::uint64_t, float, double> data_;
};

/// A message with `Count` places "{}" ("{{" and "}}" stand for braces); the compiler counts them.
template <std::size_t Count>
class MessageFormat {
 public:
  consteval MessageFormat(const char* text) : text_(text) {
    if (places(text_) != Count) a_message_has_as_many_plain_braces_as_arguments();
  }
  std::string_view text() const { return text_; }

 private:
  static constexpr std::size_t places(std::string_view text) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] != '{' && text[i] != '}') continue;
      const char next = i + 1 < text.size() ? text[i + 1] : '\0';
      if (text[i] == '{' && next == '}') ++count;
      if (next != text[i] && !(text[i] == '{' && next == '}')) return ~std::size_t{0};
      ++i;
    }
    return count;
  }
  static void a_message_has_as_many_plain_braces_as_arguments() {}  // not constexpr: ends the compilation

  std::string_view text_;
};

/// The text with its arguments in place. No fmt: programs that embed recur_core pay for what it links, and
/// its messages need no more than this.
std::string format_message(std::string_view text, std::initializer_list<MessageArgument> arguments);

/// Throws `E` with a formatted message: what was found, where, what was expected, what to do; one line.
template <class E, class... Args>
[[noreturn]] void fail(MessageFormat<sizeof...(Args)> message, const Args&... args) {
  throw E(format_message(message.text(), {MessageArgument(args)...}));
}

/// Throws `E` with a formatted message unless `condition` holds.
template <class E, class... Args>
void check(bool condition, MessageFormat<sizeof...(Args)> message, const Args&... args) {
  if (!condition) fail<E>(message, args...);
}

/// Called by RECUR_ASSERT: reports a bug of ours on stderr and aborts.
[[noreturn]] void assertion_failed(const char* expression, const char* file, int line) noexcept;

}  // namespace recur

/// An invariant of our own code. User input never reaches it; it stays on in release builds where it is
/// cheap.
#define RECUR_ASSERT(condition) \
  ((condition) ? static_cast<void>(0) : ::recur::assertion_failed(#condition, __FILE__, __LINE__))
