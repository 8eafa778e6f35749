// The units that a text is cut into: bytes, Unicode characters, words, or parts of words.
#pragma once

#include <array>
#include <string_view>

#include "base/types.h"
#include "base/utf8.h"

namespace recur {

/// What one token stands for. Words are what white space (of ASCII) parts; sub-words are words or parts of
/// them (subwords.h). Of both, each line ends in the unit kEndOfLine.
enum class Level { byte, character, word, subword };
constexpr std::array<std::string_view, 4> names_of(Level) { return {"byte", "char", "word", "subword"}; }

/// "characters", for messages.
constexpr std::string_view plural(Level level) {
  return std::array<std::string_view, 4>{"bytes", "characters", "words",
                                         "sub-words"}[static_cast<std::size_t>(level)];
}

/// What is counted of a text before a vocabulary is there: its units, or lines of sub-words, as only a
/// vocabulary knows how many those are.
constexpr std::string_view counted_plural(Level level) {
  return level == Level::subword ? "lines" : plural(level);
}

/// The word or sub-word that ends each line, as in the Penn Treebank's language-model corpus (Mikolov et al.
/// 2010).
inline constexpr std::string_view kEndOfLine = "<eos>";

/// Whether each line of a text ends in kEndOfLine.
constexpr bool ends_lines(Level level) { return level == Level::word || level == Level::subword; }

/// How many bytes of a text, of which more follows, hold whole units: the rest begins the next piece.
std::size_t whole_units(Level level, std::string_view text) noexcept;

/// Units in a text of whole ones; of sub-words its lines.
Index count_units(Level level, std::string_view text) noexcept;

constexpr bool is_space(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }

/// Hands each word of `text` to `sink(std::string_view)`, kEndOfLine at each line's end.
template <class Sink>
void for_each_word(std::string_view text, Sink&& sink) {
  std::size_t at = 0;
  while (at < text.size()) {
    if (is_space(text[at])) {
      if (text[at++] == '\n') sink(kEndOfLine);
      continue;
    }
    const std::size_t begin = at;
    while (at < text.size() && !is_space(text[at])) ++at;
    sink(text.substr(begin, at - begin));
  }
}

}  // namespace recur
