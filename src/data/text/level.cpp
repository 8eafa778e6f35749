#include "data/text/level.h"

#include <algorithm>

namespace recur {

std::size_t whole_units(Level level, std::string_view text) noexcept {
  switch (level) {
    case Level::byte:
      return text.size();
    case Level::word: {
      const auto last = std::find_if(text.rbegin(), text.rend(), is_space);
      return static_cast<std::size_t>(text.rend() - last);
    }
    case Level::subword: {
      // Lines; of one that no buffer takes, words: the space behind them begins the next piece.
      const std::size_t line = text.rfind('\n');
      return line == text.npos ? whole_units(Level::word, text) : line + 1;
    }
    case Level::character: {
      // A character that is cut off lacks one to three bytes, and its first byte says how many it should
      // have.
      for (std::size_t back = 1; back <= std::min<std::size_t>(3, text.size()); ++back) {
        const std::size_t at = text.size() - back;
        if (continues_utf8(text[at])) continue;
        const bool cut = static_cast<std::size_t>(utf8_length(text[at])) > back;
        return cut ? at : text.size();
      }
      return text.size();
    }
  }
  return text.size();
}

Index count_units(Level level, std::string_view text) noexcept {
  if (level == Level::byte) return static_cast<Index>(text.size());
  if (level == Level::character)
    return std::count_if(text.begin(), text.end(), [](char c) { return !continues_utf8(c); });
  if (level == Level::subword)
    return std::count(text.begin(), text.end(), '\n') + (text.empty() || text.back() == '\n' ? 0 : 1);
  Index count = 0;
  for_each_word(text, [&count](std::string_view) { ++count; });
  return count;
}

}  // namespace recur
