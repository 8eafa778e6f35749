// The units that a model knows, and their ids.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/types.h"
#include "data/text/level.h"
#include "data/text/subwords.h"

namespace recur {

/// Units and their ids. Of bytes: all 256, each its own id. Of characters and words: id 0 is kUnknown, which
/// stands for whatever has no id of its own; then characters in the order of their code points, words by
/// falling frequency. Of sub-words: kUnknown, kEndOfLine, then pieces; one that begins a word begins with the
/// space before it, and the first of a line has that space too.
class Vocabulary {
 public:
  static constexpr std::string_view kUnknown = "<unk>";

  /// Of all bytes.
  Vocabulary();
  /// Of characters or words in the order of their ids. The first is kUnknown, all differ, characters are one
  /// character each: the caller's duty.
  Vocabulary(Level level, std::vector<std::string> units);
  /// Of sub-words. The first unit is kUnknown, the second kEndOfLine, all differ and have a score: the
  /// caller's duty.
  Vocabulary(std::vector<std::string> units, SubwordScores scores);

  Level level() const noexcept { return level_; }
  Index size() const noexcept { return static_cast<Index>(units_.size()); }
  /// The text of a unit.
  const std::string& unit(Index id) const { return units_[static_cast<std::size_t>(id)]; }
  /// The id that unknown units get; none where every unit is known.
  std::optional<std::int32_t> unknown() const;
  /// The id of one unit of this level.
  std::int32_t id(std::string_view unit) const;

  /// Appends the ids of a text of whole units, UTF-8 unless of bytes. Of sub-words, any white space but a
  /// line end is a space, and one at the end of an unfinished line is left out: it begins what comes next.
  void encode(std::string_view text, std::vector<std::int32_t>& ids) const;

  /// The vocabulary as it lies in a model file (packed_strings.h).
  std::vector<std::uint8_t> to_bytes() const;
  /// Back from there; `where` names the file. Errors: FormatError.
  static Vocabulary from_bytes(Level level, std::span<const std::uint8_t> bytes, std::string_view where);

  friend bool operator==(const Vocabulary& a, const Vocabulary& b) {
    return a.level_ == b.level_ && a.units_ == b.units_ && a.scores_ == b.scores_;
  }

 private:
  void encode_subwords(std::string_view text, std::vector<std::int32_t>& ids) const;

  Level level_ = Level::byte;
  std::vector<std::string> units_;
  std::vector<std::int32_t> by_code_point_;  // characters; those beyond its end are unknown
  UnitIds by_word_;                          // words and sub-words
  SubwordScores scores_{};                   // of sub-words
};

/// A prompt in the ids of a vocabulary, and what of it the vocabulary does not know.
struct EncodedPrompt {
  std::vector<std::int32_t> ids;           // the known units
  Index units = 0;                         // in the prompt
  Index unknown = 0;                       // units left out
  std::vector<std::string> unknown_kinds;  // the different ones, as they came

  /// "12 of 40 prompt characters are not in the vocabulary and were left out: 'é', 'ß', …"; empty if all are
  /// known.
  std::string note(Level level) const;
};

/// Encodes what a user typed. Unknown units are left out: where training met none, a model knows nothing of
/// kUnknown either. (The word "<unk>" itself may be typed.) Errors: DataError if it is not UTF-8 and not of
/// bytes.
EncodedPrompt encode_prompt(const Vocabulary& vocabulary, std::string_view prompt);

/// Turns ids back into text as they come: characters and sub-words side by side, words with spaces between,
/// kEndOfLine as a newline.
class Detokenizer {
 public:
  /// The vocabulary must outlive it.
  explicit Detokenizer(const Vocabulary& vocabulary) : vocabulary_(vocabulary) {}

  /// The text that `id` adds.
  std::string next(std::int32_t id);

 private:
  const Vocabulary& vocabulary_;
  bool at_line_start_ = true;
};

}  // namespace recur
