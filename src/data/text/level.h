// The units that a text is cut into: bytes, Unicode characters, or words.
#pragma once

#include <array>
#include <string_view>

#include "base/types.h"
#include "base/utf8.h"

namespace recur {

/// What one token stands for. Words are what white space (of ASCII) parts; each line ends in the word
/// kEndOfLine.
enum class Level { byte, character, word };
constexpr std::array<std::string_view, 3> names_of(Level) { return {"byte", "char", "word"}; }

/// "characters", for messages.
constexpr std::string_view plural(Level level) {
  return std::array<std::string_view, 3>{"bytes", "characters", "words"}[static_cast<std::size_t>(level)];
}

/// The word that ends each line, as in the Penn Treebank's language-model corpus (Mikolov et al. 2010).
inline constexpr std::string_view kEndOfLine = "<eos>";

/// How many bytes of a text, of which more follows, hold whole units: the rest begins the next piece.
std::size_t whole_units(Level level, std::string_view text) noexcept;

/// Tokens in a text of whole units.
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
