#include "data/text/vocabulary.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

#include "base/enum_names.h"
#include "base/error.h"
#include "data/text/packed_strings.h"

namespace recur {
namespace {

char32_t code_point(std::string_view character) {
  const char* at = character.data();
  return next_code_point(at);
}

constexpr std::int32_t kUnknownId = 0;
constexpr std::int32_t kEndOfLineId = 1;  // of sub-words

/// Takes the scores from the end of a list of strings.
SubwordScores take_scores(std::vector<std::string>& strings, std::string_view where) {
  check<FormatError>(strings.size() > 4 && strings[0] == Vocabulary::kUnknown && strings[1] == kEndOfLine,
                     "{}: the vocabulary of sub-words does not begin with {} and {}, or holds nothing else",
                     where, Vocabulary::kUnknown, kEndOfLine);
  const std::string bytes = std::move(strings.back());
  strings.pop_back();
  const auto kind = from_name<SubwordKind>(strings.back());
  strings.pop_back();
  check<FormatError>(kind && bytes.size() == 4 * strings.size(),
                     "{}: the vocabulary of sub-words does not end in their kind and a score for each",
                     where);
  SubwordScores scores{.kind = *kind, .of = {}};
  for (std::size_t i = 0; i < bytes.size(); i += 4) {
    std::uint32_t bits = 0;
    for (std::size_t b = 0; b < 4; ++b)
      bits |= std::uint32_t{static_cast<unsigned char>(bytes[i + b])} << (8 * b);
    scores.of.push_back(std::bit_cast<float>(bits));
    check<FormatError>(std::isfinite(scores.of.back()), "{}: the score of unit {} of the vocabulary is {}",
                       where, i / 4, scores.of.back());
  }
  return scores;
}

}  // namespace

Vocabulary::Vocabulary() {
  for (int byte = 0; byte < 256; ++byte) units_.emplace_back(1, static_cast<char>(byte));
}

Vocabulary::Vocabulary(Level level, std::vector<std::string> units)
    : level_(level), units_(std::move(units)) {
  RECUR_ASSERT((level == Level::character || level == Level::word) && !units_.empty() &&
               units_[0] == kUnknown);
  for (std::size_t i = 1; i < units_.size(); ++i) {
    if (level == Level::character) {
      const std::size_t point = code_point(units_[i]);
      if (point >= by_code_point_.size()) by_code_point_.resize(point + 1, kUnknownId);
      by_code_point_[point] = static_cast<std::int32_t>(i);
    } else {
      by_word_.emplace(units_[i], static_cast<std::int32_t>(i));
    }
  }
}

Vocabulary::Vocabulary(std::vector<std::string> units, SubwordScores scores)
    : level_(Level::subword), units_(std::move(units)), scores_(std::move(scores)) {
  RECUR_ASSERT(units_.size() > kEndOfLineId && units_[kUnknownId] == kUnknown &&
               units_[kEndOfLineId] == kEndOfLine && scores_.of.size() == units_.size());
  // As SentencePiece has it: what no piece has is e^10 times less likely than the least likely piece.
  scores_.of_unknown = *std::ranges::min_element(scores_.of) - 10;
  for (std::size_t i = kEndOfLineId + 1; i < units_.size(); ++i)
    by_word_.emplace(units_[i], static_cast<std::int32_t>(i));
}

std::optional<std::int32_t> Vocabulary::unknown() const {
  return level_ == Level::byte ? std::nullopt : std::optional(kUnknownId);
}

std::int32_t Vocabulary::id(std::string_view unit) const {
  switch (level_) {
    case Level::byte:
      return static_cast<unsigned char>(unit[0]);
    case Level::character: {
      const char32_t point = code_point(unit);
      return point < by_code_point_.size() ? by_code_point_[point] : kUnknownId;
    }
    case Level::subword:
      if (unit == kEndOfLine) return kEndOfLineId;
      [[fallthrough]];
    case Level::word: {
      const auto found = by_word_.find(unit);
      return found == by_word_.end() ? kUnknownId : found->second;
    }
  }
  return kUnknownId;
}

void Vocabulary::encode(std::string_view text, std::vector<std::int32_t>& ids) const {
  switch (level_) {
    case Level::byte:
      for (char c : text) ids.push_back(static_cast<unsigned char>(c));
      break;
    case Level::character:
      for (const char *at = text.data(), *end = at + text.size(); at < end;) {
        const char32_t point = next_code_point(at);
        ids.push_back(point < by_code_point_.size() ? by_code_point_[point] : kUnknownId);
      }
      break;
    case Level::word:
      for_each_word(text, [&](std::string_view word) { ids.push_back(id(word)); });
      break;
    case Level::subword:
      encode_subwords(text, ids);
      break;
  }
}

void Vocabulary::encode_subwords(std::string_view text, std::vector<std::int32_t>& ids) const {
  struct Place {
    std::size_t begin = 0, end = 0;
  };
  std::unordered_map<std::string_view, Place> seen;  // where the ids of a word lie
  std::string spaced;
  const auto add = [&](std::string_view word) {
    const auto [known, is_new] = seen.try_emplace(word);
    Place& at = known->second;
    if (is_new) {
      at.begin = ids.size();
      spaced.assign(1, ' ').append(word);
      cut_into_subwords(spaced, by_word_, scores_, kUnknownId, ids);
      at.end = ids.size();
    } else {
      for (std::size_t i = at.begin; i < at.end; ++i) ids.push_back(ids[i]);
    }
  };
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const bool ended = end != text.npos;
    std::string_view line = text.substr(0, end);
    text.remove_prefix(ended ? end + 1 : text.size());
    if (!line.empty() && is_space(line.back()) && (!ended || line.back() == '\r')) line.remove_suffix(1);
    while (!line.empty()) {
      const auto word = std::ranges::find_if(line, is_space) - line.begin();
      const auto size = static_cast<std::size_t>(word);
      add(line.substr(0, size));
      if (size == line.size()) break;
      line.remove_prefix(size + 1);
      if (line.empty()) add("");  // a space at the end
    }
    if (ended) ids.push_back(kEndOfLineId);
  }
}

std::vector<std::uint8_t> Vocabulary::to_bytes() const {
  if (level_ != Level::subword) return strings_to_bytes(units_);
  std::vector<std::string> all = units_;
  all.emplace_back(to_name(scores_.kind));
  std::string& scores = all.emplace_back();
  for (const float score : scores_.of) {
    const auto bits = std::bit_cast<std::uint32_t>(score);
    for (int shift = 0; shift < 32; shift += 8) scores += static_cast<char>(bits >> shift);
  }
  return strings_to_bytes(all);
}

Vocabulary Vocabulary::from_bytes(Level level, std::span<const std::uint8_t> bytes, std::string_view where) {
  std::vector<std::string> units = strings_from_bytes(bytes, "vocabulary", where);
  if (level == Level::byte) {
    check<FormatError>(units == Vocabulary().units_, "{}: the vocabulary is not that of the 256 bytes",
                       where);
    return Vocabulary();
  }
  SubwordScores scores;
  if (level == Level::subword) scores = take_scores(units, where);
  check<FormatError>(!units.empty() && units[0] == kUnknown, "{}: the vocabulary does not begin with {}",
                     where, kUnknown);
  check<FormatError>(units.size() <= std::numeric_limits<std::int32_t>::max(),
                     "{}: the vocabulary has {} units", where, units.size());
  for (std::size_t i = 1; i < units.size(); ++i) {
    const bool whole =
        !units[i].empty() && !find_invalid_utf8(units[i]) &&
        (level == Level::character ? utf8_length(units[i][0]) == static_cast<Index>(units[i].size())
                                   : level == Level::word || units[i].size() <= kLongestSubword);
    check<FormatError>(whole, "{}: unit {} of the vocabulary is not one of the {} it should hold", where, i,
                       plural(level));
  }
  Vocabulary vocabulary = level == Level::subword ? Vocabulary(std::move(units), std::move(scores))
                                                  : Vocabulary(level, std::move(units));
  for (Index i = 1; i < vocabulary.size(); ++i) {
    check<FormatError>(vocabulary.id(vocabulary.unit(i)) == i, "{}: unit {} of the vocabulary occurs twice",
                       where, i);
  }
  return vocabulary;
}

std::string EncodedPrompt::note(Level level) const {
  if (unknown == 0) return "";
  constexpr std::size_t kShown = 8;
  const std::span shown = std::span(unknown_kinds).first(std::min(kShown, unknown_kinds.size()));
  std::string text =
      format_message("{} of {} prompt {} are not in the vocabulary and were left out: ",
                     {unknown, units, plural(level == Level::subword ? Level::character : level)});
  for (const std::string& kind : shown) text += (&kind == shown.data() ? "'" : ", '") + kind + "'";
  return unknown_kinds.size() > kShown ? text + ", …" : text;
}

EncodedPrompt encode_prompt(const Vocabulary& vocabulary, std::string_view prompt) {
  const Level level = vocabulary.level();
  EncodedPrompt encoded;
  const auto knows = [&](std::string_view unit) {
    ++encoded.units;
    if (vocabulary.id(unit) != vocabulary.unknown() || unit == Vocabulary::kUnknown) return true;
    ++encoded.unknown;
    if (std::ranges::find(encoded.unknown_kinds, unit) == encoded.unknown_kinds.end())
      encoded.unknown_kinds.emplace_back(unit);
    return false;
  };
  const auto add = [&](std::string_view unit) {
    if (knows(unit)) encoded.ids.push_back(vocabulary.id(unit));
  };
  if (level == Level::byte) {
    for (std::size_t i = 0; i < prompt.size(); ++i) add(prompt.substr(i, 1));
    return encoded;
  }
  if (const auto bad = find_invalid_utf8(prompt))
    fail<DataError>("the prompt is not valid UTF-8 at byte {}", *bad + 1);
  if (level == Level::word) {
    for_each_word(prompt, add);
    return encoded;
  }
  std::string known;  // for sub-words, which have all characters that they know among them
  while (!prompt.empty()) {
    const std::string_view character = prompt.substr(0, static_cast<std::size_t>(utf8_length(prompt[0])));
    prompt.remove_prefix(character.size());
    if (level == Level::character) {
      add(character);
    } else if (knows(is_space(character[0]) ? " " : character)) {
      known += character;
    }
  }
  vocabulary.encode(known, encoded.ids);
  return encoded;
}

std::string Detokenizer::next(std::int32_t id) {
  const std::string& unit = vocabulary_.unit(id);
  if (!ends_lines(vocabulary_.level())) return unit;
  const bool ends_line = unit == kEndOfLine;
  const bool at_start = std::exchange(at_line_start_, ends_line);
  if (ends_line) return "\n";
  if (vocabulary_.level() == Level::word) return at_start ? unit : " " + unit;
  return at_start && unit.starts_with(' ') ? unit.substr(1) : unit;
}

}  // namespace recur
