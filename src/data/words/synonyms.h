// Words that may stand for each other, from a file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/types.h"

namespace recur {

/// A word as a model reads it: its id, and what further columns it has; kSameColumn where a word that takes
/// another's place has what that one had.
using WordRow = std::vector<std::int32_t>;
constexpr std::int32_t kSameColumn = INT32_MIN;

class Synonyms {
 public:
  Synonyms() = default;

  /// Reads a file whose lines are words that may stand for each other, parted by tabs, or by spaces where a
  /// line has no tab. `row_of` gives the row of a word, or nothing for one that the vocabulary does not have:
  /// that is left out. Errors: IoError, FormatError, DataError as LineReader; DataError where no word is left
  /// with a synonym.
  static Synonyms read(const std::filesystem::path& path,
                       const std::function<std::optional<WordRow>(std::string_view)>& row_of);

  bool empty() const { return of_.empty(); }
  /// Those of the word with this id, in the order of the file; null if it has none.
  const std::vector<WordRow>* of(std::int32_t word) const {
    const auto found = of_.find(word);
    return found == of_.end() ? nullptr : &found->second;
  }
  /// "1,234 words have synonyms in wordnet.txt".
  const std::string& note() const { return note_; }

 private:
  std::unordered_map<std::int32_t, std::vector<WordRow>> of_;
  std::string note_;
};

}  // namespace recur
