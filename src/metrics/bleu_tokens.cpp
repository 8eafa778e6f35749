#include "metrics/bleu_tokens.h"

#include <utf8proc.h>

namespace recur {
namespace {

using View = std::u32string_view;

void replace_all(std::u32string& text, View from, View to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != text.npos; at += to.size())
    text.replace(at, from.size(), to);
}

/// Puts spaces around what `apart` is true of.
template <class Apart>
std::u32string set_apart(View text, const Apart& apart) {
  std::u32string out;
  for (const char32_t c : text) {
    if (apart(c)) {
      out += {U' ', c, U' '};
    } else {
      out += c;
    }
  }
  return out;
}

/// Wherever two neighbours are a first and a second, from the left, none of them in two pairs, puts a space
/// before the pair's mark and one behind it: the mark is the second, or the first.
template <class First, class Second>
std::u32string part_pairs(View text, const First& first, const Second& second, bool mark_is_second) {
  std::u32string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i + 1 < text.size() && first(text[i]) && second(text[i + 1])) {
      if (mark_is_second) {
        out += {text[i], U' ', text[i + 1], U' '};
      } else {
        out += {U' ', text[i], U' ', text[i + 1]};
      }
      ++i;
    } else {
      out += text[i];
    }
  }
  return out;
}

bool is_digit(char32_t c) { return c >= U'0' && c <= U'9'; }
bool no_digit(char32_t c) { return !is_digit(c); }
bool is_stop(char32_t c) { return c == U'.' || c == U','; }

/// ASCII's punctuation but the apostrophe, the hyphen, the comma and the full stop.
bool always_apart(char32_t c) {
  return (c >= U' ' && c <= U'&') || (c >= U'(' && c <= U'+') || c == U'/' || (c >= U':' && c <= U'@') ||
         (c >= U'[' && c <= U'`') || (c >= U'{' && c <= U'~');
}

/// mteval-v13a.pl: commas and full stops stay between digits, hyphens part a word behind a digit.
std::u32string mteval_13a(View text) {
  std::u32string line(text);
  replace_all(line, U"<skipped>", U"");
  replace_all(line, U"-\n", U"");
  replace_all(line, U"\n", U" ");
  replace_all(line, U"&quot;", U"\"");
  replace_all(line, U"&amp;", U"&");
  replace_all(line, U"&lt;", U"<");
  replace_all(line, U"&gt;", U">");
  line = set_apart(U' ' + line + U' ', always_apart);
  line = part_pairs(line, no_digit, is_stop, true);
  line = part_pairs(line, is_stop, no_digit, false);
  return part_pairs(
      line, is_digit, [](char32_t c) { return c == U'-'; }, true);
}

/// mteval-v14.pl with --international-tokenization: punctuation stays between numbers only.
std::u32string international(View text) {
  const auto category = [](char32_t c) { return utf8proc_category(static_cast<utf8proc_int32_t>(c)); };
  const auto no_number = [&](char32_t c) {
    const auto kind = category(c);
    return kind != UTF8PROC_CATEGORY_ND && kind != UTF8PROC_CATEGORY_NL && kind != UTF8PROC_CATEGORY_NO;
  };
  const auto is_mark = [&](char32_t c) {
    const auto kind = category(c);
    return kind >= UTF8PROC_CATEGORY_PC && kind <= UTF8PROC_CATEGORY_PO;
  };
  const auto is_symbol = [&](char32_t c) {
    const auto kind = category(c);
    return kind >= UTF8PROC_CATEGORY_SM && kind <= UTF8PROC_CATEGORY_SO;
  };
  std::u32string line = part_pairs(text, no_number, is_mark, true);
  line = part_pairs(line, is_mark, no_number, false);
  return set_apart(line, is_symbol);
}

}  // namespace

std::u32string bleu_tokens(View text, BleuTokens tokens) {
  switch (tokens) {
    case BleuTokens::mteval_13a:
      return mteval_13a(text);
    case BleuTokens::international:
      return international(text);
    case BleuTokens::none:
      break;
  }
  return std::u32string(text);
}

}  // namespace recur
