#include "base/error.h"

#include <cstdio>
#include <cstdlib>
#include <type_traits>

#include "base/text.h"

namespace recur {

void MessageArgument::append_to(std::string& message) const {
  std::visit(
      [&](const auto value) {
        using T = std::remove_cv_t<decltype(value)>;
        if constexpr (std::is_same_v<T, std::string_view> || std::is_same_v<T, char>) {
          message += value;
        } else if constexpr (std::is_integral_v<T>) {
          message += std::to_string(value);
        } else {
          message += shortest(value);
        }
      },
      data_);
}

std::string format_message(std::string_view text, std::initializer_list<MessageArgument> arguments) {
  std::string message;
  const MessageArgument* argument = arguments.begin();
  for (std::size_t i = 0; i < text.size(); ++i) {
    // The compiler saw that braces come in pairs.
    if (text[i] == '{' && text[i + 1] == '}') {
      argument++->append_to(message);
      ++i;
    } else {
      if (text[i] == '{' || text[i] == '}') ++i;
      message += text[i];
    }
  }
  return message;
}

void assertion_failed(const char* expression, const char* file, int line) noexcept {
  std::fprintf(stderr, "recur: bug: %s:%d: '%s' does not hold\n", file, line, expression);
  std::abort();
}

}  // namespace recur
