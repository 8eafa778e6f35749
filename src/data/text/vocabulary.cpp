#include "data/text/vocabulary.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <tuple>
#include <utility>

#include "base/error.h"
#include "data/text/packed_strings.h"

namespace recur {
namespace {

using Counted = std::pair<std::string, Index>;

char32_t code_point(std::string_view character) {
  const char* at = character.data();
  return next_code_point(at);
}

/// Grows `values` so that it has an entry for `index`.
template <class T>
T& at_grown(std::vector<T>& values, std::size_t index, T fill) {
  if (index >= values.size()) values.resize(index + 1, fill);
  return values[index];
}

constexpr std::int32_t kUnknownId = 0;

}  // namespace

Vocabulary::Vocabulary() {
  for (int byte = 0; byte < 256; ++byte) units_.emplace_back(1, static_cast<char>(byte));
}

Vocabulary::Vocabulary(Level level, std::vector<std::string> units)
    : level_(level), units_(std::move(units)) {
  RECUR_ASSERT(level != Level::byte && !units_.empty() && units_[0] == kUnknown);
  for (std::size_t i = 1; i < units_.size(); ++i) {
    if (level == Level::character) {
      at_grown(by_code_point_, code_point(units_[i]), kUnknownId) = static_cast<std::int32_t>(i);
    } else {
      by_word_.emplace(units_[i], static_cast<std::int32_t>(i));
    }
  }
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
  }
}

std::vector<std::uint8_t> Vocabulary::to_bytes() const { return strings_to_bytes(units_); }

Vocabulary Vocabulary::from_bytes(Level level, std::span<const std::uint8_t> bytes, std::string_view where) {
  std::vector<std::string> units = strings_from_bytes(bytes, "vocabulary", where);
  if (level == Level::byte) {
    check<FormatError>(units == Vocabulary().units_, "{}: the vocabulary is not that of the 256 bytes",
                       where);
    return Vocabulary();
  }
  check<FormatError>(!units.empty() && units[0] == kUnknown, "{}: the vocabulary does not begin with {}",
                     where, kUnknown);
  check<FormatError>(units.size() <= std::numeric_limits<std::int32_t>::max(),
                     "{}: the vocabulary has {} units", where, units.size());
  for (std::size_t i = 1; i < units.size(); ++i) {
    const bool whole =
        !units[i].empty() && !find_invalid_utf8(units[i]) &&
        (level == Level::word || utf8_length(units[i][0]) == static_cast<Index>(units[i].size()));
    check<FormatError>(whole, "{}: unit {} of the vocabulary is not one of the {} it should hold", where, i,
                       plural(level));
  }
  Vocabulary vocabulary(level, std::move(units));
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
  std::string text = format_message("{} of {} prompt {} are not in the vocabulary and were left out: ",
                                    {unknown, units, plural(level)});
  for (const std::string& kind : shown) text += (&kind == shown.data() ? "'" : ", '") + kind + "'";
  return unknown_kinds.size() > kShown ? text + ", …" : text;
}

EncodedPrompt encode_prompt(const Vocabulary& vocabulary, std::string_view prompt) {
  const Level level = vocabulary.level();
  EncodedPrompt encoded;
  const auto add = [&](std::string_view unit) {
    ++encoded.units;
    const std::int32_t id = vocabulary.id(unit);
    if (id != vocabulary.unknown() || unit == Vocabulary::kUnknown) {
      encoded.ids.push_back(id);
      return;
    }
    ++encoded.unknown;
    if (std::ranges::find(encoded.unknown_kinds, unit) == encoded.unknown_kinds.end()) {
      encoded.unknown_kinds.emplace_back(unit);
    }
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
  while (!prompt.empty()) {
    const auto length = static_cast<std::size_t>(utf8_length(prompt[0]));
    add(prompt.substr(0, length));
    prompt.remove_prefix(length);
  }
  return encoded;
}

std::string Detokenizer::next(std::int32_t id) {
  const std::string& unit = vocabulary_.unit(id);
  if (vocabulary_.level() != Level::word) return unit;
  const bool ends_line = unit == kEndOfLine;
  const bool spaced = !std::exchange(at_line_start_, ends_line);
  if (ends_line) return "\n";
  return spaced ? " " + unit : unit;
}

Index UnitCounter::add(std::string_view text, Index limit) {
  Index count = 0;
  switch (level_) {
    case Level::byte:
      return std::min(limit, static_cast<Index>(text.size()));  // all are known anyway
    case Level::character:
      for (const char *at = text.data(), *end = at + text.size(); at < end && count < limit; ++count) {
        ++at_grown(by_code_point_, next_code_point(at), Index{0});
      }
      return count;
    case Level::word:
      for_each_word(text, [&](std::string_view word) {
        if (count == limit) return;
        ++count;
        const auto found = by_word_.find(word);
        if (found == by_word_.end()) {
          by_word_.emplace(word, 1);
        } else {
          ++found->second;
        }
      });
      return count;
  }
  return count;
}

Vocabulary UnitCounter::vocabulary(const Limits& limits) const {
  if (level_ == Level::byte) return Vocabulary();
  std::vector<Counted> kept;
  const auto keep = [&](std::string unit, Index count) {
    if (count >= std::max<Index>(1, limits.min_count) && unit != Vocabulary::kUnknown)
      kept.emplace_back(std::move(unit), count);
  };
  for (std::size_t point = 0; point < by_code_point_.size(); ++point) {
    if (by_code_point_[point] == 0) continue;
    std::string character;
    append_utf8(character, static_cast<char32_t>(point));
    keep(std::move(character), by_code_point_[point]);
  }
  for (const auto& [word, count] : by_word_) keep(word, count);

  std::ranges::sort(
      kept, {}, [](const Counted& unit) { return std::tuple(-unit.second, std::string_view(unit.first)); });
  if (limits.max_size > 0) kept.resize(std::min(kept.size(), static_cast<std::size_t>(limits.max_size - 1)));
  if (level_ == Level::character) std::ranges::sort(kept);  // UTF-8 sorts as its code points do

  std::vector<std::string> units{std::string(Vocabulary::kUnknown)};
  for (Counted& unit : kept) units.push_back(std::move(unit.first));
  return Vocabulary(level_, std::move(units));
}

}  // namespace recur
