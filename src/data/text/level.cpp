#include "data/text/level.h"

#include <algorithm>
#include <cstring>

namespace recur {
namespace {

constexpr bool continues(char c) noexcept { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

/// Bytes of the valid character at the front of `text`, or 0. RFC 3629, section 4.
std::size_t valid_length(std::string_view text) noexcept {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4) return 0;
  const std::size_t length = static_cast<std::size_t>(utf8_length(text[0]));
  if (text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (!continues(text[i])) return 0;
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

std::size_t whole_units(Level level, std::string_view text) noexcept {
  switch (level) {
    case Level::byte:
      return text.size();
    case Level::word: {
      const auto last = std::find_if(text.rbegin(), text.rend(), is_space);
      return static_cast<std::size_t>(text.rend() - last);
    }
    case Level::character: {
      // A character that is cut off lacks one to three bytes, and its first byte says how many it should
      // have.
      for (std::size_t back = 1; back <= std::min<std::size_t>(3, text.size()); ++back) {
        const std::size_t at = text.size() - back;
        if (continues(text[at])) continue;
        const bool cut = static_cast<std::size_t>(utf8_length(text[at])) > back;
        return cut ? at : text.size();
      }
      return text.size();
    }
  }
  return text.size();
}

Index count_units(Level level, std::string_view text) noexcept {
  if (level == Level::byte) return static_cast<Index>(text.size());
  if (level == Level::character)
    return std::count_if(text.begin(), text.end(), [](char c) { return !continues(c); });
  Index count = 0;
  for_each_word(text, [&count](std::string_view) { ++count; });
  return count;
}

}  // namespace recur
