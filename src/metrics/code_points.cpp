#include "metrics/code_points.h"

#include <utf8proc.h>

#include <algorithm>

#include "base/utf8.h"

namespace recur {
namespace {

utf8proc_category_t category(char32_t c) { return utf8proc_category(static_cast<utf8proc_int32_t>(c)); }

bool is_space(char32_t c) {
  if (c < 0x80) return (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x20);
  if (c == 0x85 || c == 0x2028 || c == 0x2029) return true;
  return category(c) == UTF8PROC_CATEGORY_ZS;
}

bool is_cased(char32_t c) {
  const auto kind = category(c);
  return kind == UTF8PROC_CATEGORY_LU || kind == UTF8PROC_CATEGORY_LL || kind == UTF8PROC_CATEGORY_LT;
}

/// What may stand between letters of one word (Unicode's Case_Ignorable).
bool is_ignorable(char32_t c) {
  switch (category(c)) {
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_SK:
      return true;
    default:
      return std::u32string_view(U"'.:·՟״‘’․‧︓﹒﹕＇．：").find(c) != std::u32string_view::npos;
  }
}

/// Whether the Σ at `at` ends a word: a letter before it, none after (Unicode's Final_Sigma).
bool ends_word(std::u32string_view text, std::size_t at) {
  std::size_t before = at;
  while (before > 0 && is_ignorable(text[before - 1])) --before;
  if (before == 0 || !is_cased(text[before - 1])) return false;
  std::size_t after = at + 1;
  while (after < text.size() && is_ignorable(text[after])) ++after;
  return after == text.size() || !is_cased(text[after]);
}

}  // namespace

std::u32string code_points(std::string_view text) {
  std::u32string points;
  points.reserve(text.size());
  for (const char *at = text.data(), *end = at + text.size(); at < end;)
    points.push_back(next_code_point(at));
  return points;
}

std::u32string lower_case(std::u32string_view text) {
  std::u32string lower;
  lower.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char32_t c = text[i];
    if (c < 0x80) {
      lower.push_back(c >= U'A' && c <= U'Z' ? c - U'A' + U'a' : c);
    } else if (c == U'İ') {  // the one letter whose lower case is two
      lower += U"i\u0307";
    } else if (c == U'Σ') {
      lower.push_back(ends_word(text, i) ? U'ς' : U'σ');
    } else {
      lower.push_back(static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(c))));
    }
  }
  return lower;
}

std::vector<std::u32string_view> split_words(std::u32string_view text) {
  std::vector<std::u32string_view> words;
  for (auto at = text.begin();;) {
    at = std::find_if_not(at, text.end(), is_space);
    if (at == text.end()) return words;
    const auto end = std::find_if(at, text.end(), is_space);
    words.push_back(
        text.substr(static_cast<std::size_t>(at - text.begin()), static_cast<std::size_t>(end - at)));
    at = end;
  }
}

}  // namespace recur
