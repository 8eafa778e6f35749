// UTF-8: where a text stops being it, and its code points (RFC 3629).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/types.h"

namespace recur {

/// Where `text` first stops being UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF).
std::optional<std::size_t> find_invalid_utf8(std::string_view text) noexcept;

/// The code point at the front of valid UTF-8, which moves past it.
inline char32_t next_code_point(const char*& at) noexcept {
  const auto byte = [&at] { return static_cast<unsigned char>(*at++); };
  const char32_t first = byte();
  if (first < 0x80) return first;
  const int more = first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
  char32_t point = first & (0x3F >> more);
  for (int i = 0; i < more; ++i) point = point << 6 | (byte() & 0x3F);
  return point;
}

/// Bytes of the character that a byte of valid UTF-8 begins.
constexpr Index utf8_length(char first) noexcept {
  const auto byte = static_cast<unsigned char>(first);
  return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

/// Whether a byte is one of a character's that follow its first.
constexpr bool continues_utf8(char c) noexcept { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

/// Appends a code point that is no surrogate.
void append_utf8(std::string& text, char32_t point);

}  // namespace recur
