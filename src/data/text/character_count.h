// How many characters of a text its tokens stand for.
#pragma once

#include <vector>

#include "data/text/vocabulary.h"

namespace recur {

/// The characters that a token adds to a text, so that bits per character compare models over different
/// units:
/// - a character: 1; a byte: 1, or 0 where it continues a character;
/// - a sub-word: its own, but not the space before the first of a line; kEndOfLine 1;
/// - a word: its own, and the space or the line end behind it; so kEndOfLine is 0, and 1 of an empty line;
/// - kUnknown among words: only what is behind it, as predicting it does not say which word it was; among
///   sub-words nothing.
class CharacterCount {
 public:
  explicit CharacterCount(const Vocabulary& vocabulary);

  /// Of a token that comes after another.
  Index operator()(std::int32_t before, std::int32_t token) const {
    return (before == end_of_line_ ? of_first_ : of_)[static_cast<std::size_t>(token)];
  }

 private:
  std::vector<Index> of_, of_first_;  // of_first_: behind the end of a line
  std::int32_t end_of_line_ = -1;
};

}  // namespace recur
