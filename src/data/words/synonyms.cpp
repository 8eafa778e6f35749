#include "data/words/synonyms.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "data/files/line_reader.h"
#include "data/text/level.h"

namespace recur {
namespace {

std::vector<std::string_view> entries(std::string_view line) {
  std::vector<std::string_view> out;
  if (line.find('\t') == line.npos) {
    for_each_word(line, [&](std::string_view word) { out.push_back(word); });
    return out;
  }
  while (true) {
    const std::size_t end = line.find('\t');
    if (const std::string_view entry = line.substr(0, end); !entry.empty()) out.push_back(entry);
    if (end == line.npos) return out;
    line.remove_prefix(end + 1);
  }
}

}  // namespace

Synonyms Synonyms::read(const std::filesystem::path& path,
                        const std::function<std::optional<WordRow>(std::string_view)>& row_of) {
  Synonyms synonyms;
  LineReader lines(path);
  while (lines.next()) {
    std::vector<WordRow> rows;
    for (const std::string_view entry : entries(lines.text())) {
      std::optional<WordRow> row = row_of(entry);
      const auto same = [&](const WordRow& other) { return other.front() == row->front(); };
      if (row && std::ranges::none_of(rows, same)) rows.push_back(std::move(*row));
    }
    if (rows.size() < 2) continue;
    for (const WordRow& word : rows) {
      std::vector<WordRow>& others = synonyms.of_[word.front()];
      for (const WordRow& other : rows)
        if (other.front() != word.front() && std::ranges::find(others, other) == others.end())
          others.push_back(other);
    }
  }
  check<DataError>(!synonyms.empty(),
                   "{}: no line has two words of the vocabulary, expected lines of words that may stand for "
                   "each other",
                   path.string());
  synonyms.note_ =
      fmt::format("{} words have synonyms in {}", format_count(static_cast<Index>(synonyms.of_.size())),
                  path.filename().string());
  return synonyms;
}

}  // namespace recur
