#include "data/pairs/pairs.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "data/files/line_reader.h"

namespace recur {
namespace {

bool is_table(const std::filesystem::path& file) {
  return format_by_extension(file) != TableFormat::automatic;
}

bool is_number(const std::string& column) { return parse_integer(column).has_value(); }

RowReader open_table(const PairSource& source, const std::filesystem::path& file) {
  const bool numbers = is_number(source.source_column) && is_number(source.target_column);
  return RowReader(file, {.header = source.header != Header::automatic ? source.header
                                    : numbers                          ? Header::no
                                                                       : Header::yes,
                          .columns = {source.source_column, source.target_column}});
}

void read_table(const PairSource& source, const std::filesystem::path& file, std::vector<TextPair>& pairs) {
  RowReader rows = open_table(source, file);
  check<DataError>(rows.columns().size() > 1,
                   "{}: its rows have one column, expected a source and a target (two files whose lines "
                   "belong together are given as in train.de,train.en)",
                   rows.name());
  const Index from = rows.find_column(source.source_column), to = rows.find_column(source.target_column);
  check<ConfigError>(from != to, "{}: {} cannot hold both source and target", rows.name(),
                     rows.describe(from));
  for (Row row; rows.next(row);)
    pairs.push_back({std::string(rows.text(row, from)), std::string(rows.text(row, to)), rows.place(row)});
}

Index count_rest(LineReader& lines) {
  Index count = lines.line();
  while (lines.next()) ++count;
  return count;
}

void read_lines(const std::filesystem::path& source, const std::filesystem::path& target,
                std::vector<TextPair>& pairs) {
  LineReader sources(source), targets(target);
  for (;;) {
    const bool more = sources.next(), other = targets.next();
    if (more != other) {
      LineReader& longer = more ? sources : targets;
      const std::string place = longer.place(longer.line());
      const Index common = longer.line() - 1, all = count_rest(longer);
      fail<DataError>("{}: this line has no partner: {} has {} and {} has {}, expected as many", place,
                      sources.name(), counted(more ? all : common, "line"), targets.name(),
                      counted(more ? common : all, "line"));
    }
    if (!more) return;
    pairs.push_back(
        {std::string(sources.text()), std::string(targets.text()), sources.place(sources.line())});
  }
}

}  // namespace

std::vector<TextPair> read_pairs(const PairSource& source, std::span<const std::filesystem::path> files) {
  std::vector<TextPair> pairs;
  if (files.empty()) return pairs;
  if (files.size() == 1 || std::ranges::all_of(files, is_table)) {
    for (const auto& file : files) read_table(source, file, pairs);
  } else {
    check<ConfigError>(files.size() == 2 && std::ranges::none_of(files, is_table),
                       "{} files were given, {} first; expected tables, or two files whose lines belong "
                       "together, as in train.de,train.en",
                       files.size(), files[0].string());
    read_lines(files[0], files[1], pairs);
  }
  check<DataError>(!pairs.empty(), "{}: it is empty, expected pairs of texts", files[0].string());
  return pairs;
}

void link_turns(std::vector<TextPair>& pairs, Index most) {
  for (std::size_t i = 1; i < pairs.size(); ++i) {
    const TextPair& last = pairs[i - 1];
    if (pairs[i].source != last.target) continue;
    std::vector<std::string> said = last.before;
    said.push_back(last.source);
    while (static_cast<Index>(said.size()) > most) said.erase(said.begin());
    pairs[i].before = std::move(said);
  }
}

void read_sources(const PairSource& source, const std::filesystem::path& file,
                  const std::function<void(std::string_view)>& sink) {
  if (is_table(file)) {
    RowReader rows = open_table(source, file);
    const Index from = rows.find_column(source.source_column);
    for (Row row; rows.next(row);) sink(rows.text(row, from));
    return;
  }
  for (LineReader lines(file); lines.next();) sink(lines.text());
}

std::vector<std::filesystem::path> split_files(const std::filesystem::path& given) {
  const std::string text = given.string();
  const std::size_t comma = text.find(',');
  std::error_code ignored;
  if (comma == std::string::npos || std::filesystem::exists(given, ignored)) return {given};
  return {text.substr(0, comma), text.substr(comma + 1)};
}

}  // namespace recur
