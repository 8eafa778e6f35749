// Text as people write it, made ready for a vocabulary: words found, case and control characters settled.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "data/text/level.h"

namespace recur {

/// What a word is.
/// - unicode: a run of letters, marks, digits and underscores, with apostrophes between letters (don't) and
/// points
///   or commas between digits (3.5, 1,000). A letter of a script that writes no spaces (Han, Hiragana, Thai,
///   Lao, Khmer, Myanmar) is a word of its own, and so is any other visible character. This is Unicode's UAX
///   29 but for points between letters, which end a word (movie.It), and underscores at its ends.
/// - space: what white space parts, for text that is already cut into words.
enum class Segmentation { unicode, space };
constexpr std::array<std::string_view, 2> names_of(Segmentation) { return {"unicode", "space"}; }

struct NormaliseOptions {
  Level level = Level::word;
  Segmentation segment = Segmentation::unicode;
  bool lower_case = true;
};

/// The text with its words parted by single spaces, so that a Vocabulary of words finds them by white space;
/// of characters and sub-words: all of them, but with control characters as spaces and format characters left
/// out. Both are in normal form C, ’ is ', and an HTML line break (<br />) is white space. Bytes stay as they
/// are. REQUIRES: valid UTF-8, unless of bytes.
std::string normalise(std::string_view text, const NormaliseOptions& options);

/// Full Unicode lower case, character by character.
std::string lower_case(std::string_view text);

}  // namespace recur
