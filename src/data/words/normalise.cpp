#include "data/words/normalise.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "base/error.h"

namespace recur {
namespace {

constexpr char32_t kApostrophe = '\'';

enum class Kind {
  space,   ///< parts words
  hidden,  ///< is left out
  letter,
  digit,
  mark,   ///< belongs to what stands before it
  alone,  ///< a word of its own
};

/// Letters of scripts that write no spaces between words.
bool stands_alone(char32_t c) {
  struct Range {
    char32_t first, last;
  };
  static constexpr Range ranges[]{{0x0E00, 0x0EFF}, {0x1000, 0x109F}, {0x1780, 0x17FF}, {0x3040, 0x309F},
                                  {0x3400, 0x4DBF}, {0x4E00, 0x9FFF}, {0xF900, 0xFAFF}, {0x20000, 0x3FFFF}};
  return std::ranges::any_of(ranges, [c](Range r) { return r.first <= c && c <= r.last; });
}

Kind find_kind(char32_t c) {
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(c))) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_PC:
      return stands_alone(c) ? Kind::alone : Kind::letter;
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
      return Kind::digit;
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
      // Variation selectors say how a character is drawn, not which it is.
      return c >= 0xFE00 && c <= 0xFE0F ? Kind::hidden : Kind::mark;
    case UTF8PROC_CATEGORY_CF:
      return Kind::hidden;
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
      return Kind::space;
    default:
      return Kind::alone;
  }
}

void append(std::string& out, char32_t c) {
  utf8proc_uint8_t bytes[4];
  const auto size = utf8proc_encode_char(static_cast<utf8proc_int32_t>(c), bytes);
  out.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
}

Kind kind_of(char32_t c) {
  // Most text is ASCII, and utf8proc's tables are large.
  static const std::array<Kind, 128> ascii = [] {
    std::array<Kind, 128> kinds{};
    for (std::size_t i = 0; i < kinds.size(); ++i) kinds[i] = find_kind(static_cast<char32_t>(i));
    return kinds;
  }();
  return c < ascii.size() ? ascii[c] : find_kind(c);
}

/// Bytes of the HTML line break at the front of `text`: <br>, <br/>, <br />, in any case; or 0.
std::size_t line_break(std::string_view text) {
  if (text.size() < 4 || text[0] != '<' || (text[1] | 0x20) != 'b' || (text[2] | 0x20) != 'r') return 0;
  std::size_t at = 3;
  while (at < text.size() && text[at] == ' ') ++at;
  if (at < text.size() && text[at] == '/') ++at;
  return at < text.size() && text[at] == '>' ? at + 1 : 0;
}

/// The text in normal form C (ASCII is in it already), line breaks and typographic apostrophes settled.
std::u32string code_points(std::string_view text) {
  std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> composed(nullptr, &std::free);
  if (std::ranges::any_of(text, [](char c) { return (c & 0x80) != 0; })) {
    utf8proc_uint8_t* bytes = nullptr;
    const auto size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                   static_cast<utf8proc_ssize_t>(text.size()), &bytes,
                                   static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
    composed.reset(bytes);
    check<Error>(size >= 0, "a text cannot be normalised: {}", utf8proc_errmsg(size));
    text = {reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)};
  }
  std::u32string points;
  for (const char *at = text.data(), *end = at + text.size(); at < end;) {
    if (const std::size_t skipped = line_break({at, end})) {
      points += U' ';
      at += skipped;
      continue;
    }
    const char32_t c = next_code_point(at);
    points += c == 0x2019 ? kApostrophe : c;
  }
  return points;
}

char32_t lower(char32_t c) {
  if (c < 0x80) return c >= 'A' && c <= 'Z' ? c + 0x20 : c;
  return static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(c)));
}

std::string characters(const std::u32string& points) {
  std::string out;
  for (const char32_t c : points) {
    const Kind kind = kind_of(c);
    if (kind == Kind::space) {
      out += c == '\n' || c == '\t' ? static_cast<char>(c) : ' ';
    } else if (kind != Kind::hidden) {
      append(out, c);
    }
  }
  return out;
}

std::string spaced_words(const std::u32string& points) {
  std::string out;
  bool parted = true;
  for (const char32_t c : points) {
    const bool space = kind_of(c) == Kind::space;
    if (!space) {
      if (parted && !out.empty()) out += ' ';
      append(out, c);
    }
    parted = space;
  }
  return out;
}

std::string unicode_words(const std::u32string& points) {
  std::string out;
  Kind before = Kind::space;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const char32_t c = points[i];
    Kind kind = kind_of(c);
    if (kind == Kind::hidden) continue;
    if (kind == Kind::mark) kind = before == Kind::space ? Kind::alone : before;
    const Kind after = i + 1 < points.size() ? kind_of(points[i + 1]) : Kind::space;
    bool joined = before == Kind::letter || before == Kind::digit;
    if (c == kApostrophe && before == Kind::letter && after == Kind::letter) {
      kind = Kind::letter;
    } else if ((c == '.' || c == ',') && before == Kind::digit && after == Kind::digit) {
      kind = Kind::digit;
    } else {
      joined = joined && (kind == Kind::letter || kind == Kind::digit);
      joined = joined || (kind_of(c) == Kind::mark && before != Kind::space);
    }
    if (kind != Kind::space) {
      if (!joined && !out.empty()) out += ' ';
      append(out, c);
    }
    before = kind;
  }
  return out;
}

}  // namespace

std::string lower_case(std::string_view text) {
  std::string out;
  for (const char *at = text.data(), *end = at + text.size(); at < end;)
    append(out, lower(next_code_point(at)));
  return out;
}

std::string normalise(std::string_view text, const NormaliseOptions& options) {
  if (options.level == Level::byte) return std::string(text);
  std::u32string points = code_points(text);
  if (options.lower_case) std::ranges::transform(points, points.begin(), lower);
  if (options.level != Level::word) return characters(points);
  return options.segment == Segmentation::space ? spaced_words(points) : unicode_words(points);
}

}  // namespace recur
