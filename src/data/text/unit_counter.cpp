#include "data/text/unit_counter.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace recur {
namespace {

/// Grows `values` so that it has an entry for `index`.
Index& at_grown(std::vector<Index>& values, std::size_t index) {
  if (index >= values.size()) values.resize(index + 1);
  return values[index];
}

using Counted = std::pair<std::string, Index>;

}  // namespace

Index UnitCounter::add(std::string_view text, Index limit) {
  Index count = 0;
  switch (level_) {
    case Level::byte:
      return std::min(limit, static_cast<Index>(text.size()));  // all are known anyway
    case Level::character:
      for (const char *at = text.data(), *end = at + text.size(); at < end && count < limit; ++count) {
        ++at_grown(by_code_point_, next_code_point(at));
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
    case Level::subword:
      for (; !text.empty() && count < limit; ++count) {
        const std::size_t end = text.find('\n');
        lines_.add(text.substr(0, end));
        text.remove_prefix(end == text.npos ? text.size() : end + 1);
      }
      return count;
  }
  return count;
}

Vocabulary UnitCounter::vocabulary(const Limits& limits) const {
  if (level_ == Level::byte) return Vocabulary();
  if (level_ == Level::subword) return train_subwords(lines_.lines(), limits.subwords, limits.max_size);
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
