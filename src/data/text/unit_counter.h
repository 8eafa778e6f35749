// From a training text to a vocabulary.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/types.h"
#include "data/text/train_subwords.h"
#include "data/text/vocabulary.h"

namespace recur {

/// Counts the units of a text that comes in pieces, and makes a vocabulary of those that are frequent enough.
class UnitCounter {
 public:
  explicit UnitCounter(Level level) : level_(level) {}

  /// Counts the first `limit` units (of sub-words: lines) of a text of whole units; says how many there were.
  Index add(std::string_view text, Index limit);

  struct Limits {
    Index min_count = 1;  // rarer units become kUnknown; of sub-words none do
    Index max_size = 0;   // of the vocabulary, kUnknown included; rarer units become kUnknown; 0: no limit
    SubwordKind subwords = SubwordKind::unigram;
  };
  /// Sub-words are found by SentencePiece, of lines spread evenly over the text where it is large. Errors:
  /// ConfigError if that many characters are no vocabulary of sub-words, or this program knows none.
  Vocabulary vocabulary(const Limits& limits) const;

 private:
  Level level_;
  std::vector<Index> by_code_point_;
  std::unordered_map<std::string, Index, StringHash, std::equal_to<>> by_word_;
  LineSample lines_;  // of sub-words
};

}  // namespace recur
