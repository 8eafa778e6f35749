#include "base/utf8.h"

#include <cstdint>
#include <cstring>

namespace recur {
namespace {

/// Bytes of the valid character at the front of `text`, or 0. RFC 3629, section 4.
std::size_t valid_length(std::string_view text) noexcept {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4) return 0;
  const std::size_t length = static_cast<std::size_t>(utf8_length(text[0]));
  if (text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (!continues_utf8(text[i])) return 0;
  }
  const unsigned second = byte(1);
  const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool surrogate = first == 0xED && second >= 0xA0;
  const bool too_large = first == 0xF4 && second >= 0x90;
  return overlong || surrogate || too_large ? 0 : length;
}

}  // namespace

std::optional<std::size_t> find_invalid_utf8(std::string_view text) noexcept {
  std::size_t at = 0;
  while (at < text.size()) {
    // Most text is ASCII: eight bytes at a time while none has its upper bit set.
    std::uint64_t eight;
    while (at + sizeof eight <= text.size()) {
      std::memcpy(&eight, text.data() + at, sizeof eight);
      if (eight & 0x8080808080808080U) break;
      at += sizeof eight;
    }
    if (at == text.size()) break;
    const std::size_t length = valid_length(text.substr(at));
    if (length == 0) return at;
    at += length;
  }
  return std::nullopt;
}

void append_utf8(std::string& text, char32_t point) {
  const auto byte = [](char32_t bits) { return static_cast<char>(static_cast<unsigned char>(bits)); };
  const auto add_rest = [&](int shift) {
    for (; shift >= 0; shift -= 6) text += byte(0x80 | (point >> shift & 0x3F));
  };
  if (point < 0x80) {
    text += byte(point);
  } else if (point < 0x800) {
    text += byte(0xC0 | point >> 6), add_rest(0);
  } else if (point < 0x10000) {
    text += byte(0xE0 | point >> 12), add_rest(6);
  } else {
    text += byte(0xF0 | point >> 18), add_rest(12);
  }
}

}  // namespace recur
