// Finding sub-words in a training text, by SentencePiece.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/types.h"
#include "data/text/vocabulary.h"

namespace recur {

/// Lines spread evenly over a text that comes line by line: all of it, or, so that they take bounded memory,
/// every second, fourth, … line.
class LineSample {
 public:
  explicit LineSample(std::size_t most_bytes = std::size_t{64} << 20) : most_bytes_(most_bytes) {}

  void add(std::string_view line);
  const std::vector<std::string>& lines() const { return lines_; }

 private:
  std::vector<std::string> lines_;
  std::size_t most_bytes_, bytes_ = 0;
  Index every_ = 1, seen_ = 0;
};

/// A vocabulary of at most `size` units (0: 8,000) with all characters of the lines among them. The same
/// lines give the same vocabulary. Errors: ConfigError if there are more characters than units, nothing to
/// learn from, or no SentencePiece in this program.
Vocabulary train_subwords(const std::vector<std::string>& lines, SubwordKind kind, Index size);

}  // namespace recur
