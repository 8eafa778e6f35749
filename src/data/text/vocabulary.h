// The units that a model knows, and their ids.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/types.h"
#include "data/text/level.h"

namespace recur {

/// A hash for maps of strings that are asked for string_views.
struct StringHash : std::hash<std::string_view> {
  using is_transparent = void;
};

/// Units and their ids. Of bytes: all 256, each its own id. Of characters and words: id 0 is kUnknown, which
/// stands for whatever has no id of its own; then characters in the order of their code points, words by
/// falling frequency.
class Vocabulary {
 public:
  static constexpr std::string_view kUnknown = "<unk>";

  /// Of all bytes.
  Vocabulary();
  /// Of characters or words in the order of their ids. The first is kUnknown, all differ, characters are one
  /// character each: the caller's duty.
  Vocabulary(Level level, std::vector<std::string> units);

  Level level() const noexcept { return level_; }
  Index size() const noexcept { return static_cast<Index>(units_.size()); }
  /// The text of a unit.
  const std::string& unit(Index id) const { return units_[static_cast<std::size_t>(id)]; }
  /// The id that unknown units get; none where every unit is known.
  std::optional<std::int32_t> unknown() const;
  /// The id of one unit of this level.
  std::int32_t id(std::string_view unit) const;

  /// Appends the ids of a text of whole units, UTF-8 unless of bytes.
  void encode(std::string_view text, std::vector<std::int32_t>& ids) const;

  /// The vocabulary as it lies in a model file (packed_strings.h).
  std::vector<std::uint8_t> to_bytes() const;
  /// Back from there; `where` names the file. Errors: FormatError.
  static Vocabulary from_bytes(Level level, std::span<const std::uint8_t> bytes, std::string_view where);

  friend bool operator==(const Vocabulary& a, const Vocabulary& b) {
    return a.level_ == b.level_ && a.units_ == b.units_;
  }

 private:
  Level level_ = Level::byte;
  std::vector<std::string> units_;
  std::vector<std::int32_t> by_code_point_;  // characters; those beyond its end are unknown
  std::unordered_map<std::string, std::int32_t, StringHash, std::equal_to<>> by_word_;
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

/// Turns ids back into text as they come: characters side by side, words with spaces between, kEndOfLine as a
/// newline.
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

/// Counts the units of a text that comes in pieces, and makes a vocabulary of those that are frequent enough.
class UnitCounter {
 public:
  explicit UnitCounter(Level level) : level_(level) {}

  /// Counts the first `limit` units of a text of whole units; says how many there were.
  Index add(std::string_view text, Index limit);

  struct Limits {
    Index min_count = 1;  // rarer units become kUnknown
    Index max_size = 0;   // of the vocabulary, kUnknown included; rarer units become kUnknown; 0: no limit
  };
  Vocabulary vocabulary(const Limits& limits) const;

 private:
  Level level_;
  std::vector<Index> by_code_point_;
  std::unordered_map<std::string, Index, StringHash, std::equal_to<>> by_word_;
};

}  // namespace recur
