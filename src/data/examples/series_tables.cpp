// Series in tables: a row a step, a row a series, or a row a file.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <unordered_map>

#include "base/error.h"
#include "base/text.h"
#include "data/examples/columns.h"
#include "data/examples/files.h"
#include "data/examples/series_reader.h"

namespace recur {
namespace {

const std::vector<std::string> kIdNames{"id"};
const std::vector<std::string> kTimeNames{"time"};

/// A range of numbers, both ends in it; an open one ends at `last`.
struct Range {
  Index first, last;
};
std::optional<Range> range_of(const std::string& text, Index last) {
  const std::size_t dash = text.find('-');
  if (dash == text.npos) return std::nullopt;
  const auto begin = parse_integer(text.substr(0, dash));
  const auto end = dash + 1 == text.size() ? std::optional(last) : parse_integer(text.substr(dash + 1));
  return begin && end ? std::optional(Range{*begin, *end}) : std::nullopt;
}

std::vector<std::string> names_of(const RowReader& rows, const std::vector<Index>& columns) {
  std::vector<std::string> names;
  for (const Index column : columns) names.push_back(rows.columns()[static_cast<std::size_t>(column)]);
  return names;
}

/// Checks that the times of a series grow: numbers as numbers, others as texts, as ISO dates allow.
class Clock {
 public:
  void tick(const RowReader& rows, const Row& row, Index column) {
    const std::string_view cell = rows.text(row, column);
    const auto number = cell_number(cell);
    const bool later = number && number_ ? *number > *number_ : cell > text_;
    check<DataError>(
        later || first_,
        "{}: {} holds '{}' behind '{}' of the same series, expected a later time (numbers, or dates "
        "as 2024-01-31 12:00)",
        rows.place(row), rows.describe(column), shortened(cell), shortened(text_));
    first_ = false;
    text_ = cell;
    number_ = number;
  }

 private:
  bool first_ = true;
  std::string text_;
  std::optional<double> number_;
};

}  // namespace

float step_value(const RowReader& rows, const Row& row, Index column) {
  return static_cast<float>(rows.number(row, column, MissingCells::allow));
}

std::vector<std::string> without_ranges(const std::vector<std::string>& columns) {
  std::vector<std::string> single;
  std::copy_if(columns.begin(), columns.end(), std::back_inserter(single),
               [](const std::string& column) { return !column.empty() && !range_of(column, 1); });
  return single;
}

std::vector<Index> find_value_columns(const RowReader& rows, const std::vector<std::string>& value_columns,
                                      const std::vector<Index>& others) {
  const auto count = static_cast<Index>(rows.columns().size());
  std::vector<Index> columns;
  for (const std::string& column : value_columns) {
    const bool named =
        std::find(rows.columns().begin(), rows.columns().end(), column) != rows.columns().end();
    const auto range = named ? std::nullopt : range_of(column, count);
    if (!range) {
      columns.push_back(rows.find_column(column));
      continue;
    }
    check<ConfigError>(range->first >= 1 && range->first <= range->last && range->last <= count,
                       "{}: no columns {}; {}", rows.name(), column, rows.list_columns());
    for (Index i = range->first; i <= range->last; ++i) columns.push_back(i - 1);
  }
  for (Index i = 0; value_columns.empty() && i < count; ++i) {
    if (std::find(others.begin(), others.end(), i) == others.end()) columns.push_back(i);
  }
  check<ConfigError>(!columns.empty(), "{}: no column is left for the values; {}", rows.name(),
                     rows.list_columns());
  std::vector<bool> seen(rows.columns().size());
  for (const Index column : columns) {
    const auto at = static_cast<std::size_t>(column);
    check<ConfigError>(!seen[at], "{}: {} is named twice among the values", rows.name(),
                       rows.describe(column));
    seen[at] = true;
  }
  return columns;
}

SeriesExample SeriesReader::read_steps(const std::filesystem::path& path) const {
  TableOptions options =
      table_options(source, format_by_name(source, path).value_or(ExampleFormat::automatic));
  options.columns = without_ranges(source.value_columns);
  if (!source.time.empty()) options.columns.push_back(source.time);
  options.usual = kTimeNames;
  RowReader rows(path, options);
  const auto time = known_column(rows, source.time, kTimeNames);
  const auto columns =
      find_value_columns(rows, source.value_columns, time ? std::vector{*time} : std::vector<Index>{});
  expect_features(names_of(rows, columns), rows.name());
  SeriesExample example{.place = path.filename().string()};
  Clock clock;
  for (Row row; rows.next(row); ++example.steps) {
    if (time) clock.tick(rows, row, *time);
    for (const Index column : columns) example.values.push_back(step_value(rows, row, column));
  }
  check<DataError>(example.steps > 0, "{}: a series without steps", rows.name());
  return example;
}

void SeriesReader::read_table(const std::filesystem::path& path, ExampleFormat format) const {
  const bool listed = !source.series_files.empty();
  TableOptions options = table_options(source, format);
  const auto expect = [&](const std::string& column) {
    if (!column.empty()) options.columns.push_back(column);
  };
  expect(source.id);
  if (with_labels) expect(source.label_column);
  if (!listed) {
    expect(source.time);
    for (const std::string& column : without_ranges(source.value_columns)) expect(column);
  }
  options.usual = kLabelNames;
  options.usual.insert(options.usual.end(), {"id", "time"});
  RowReader rows(path, options);
  if (listed) return read_listed(rows, path);
  if (known_column(rows, source.id, kIdNames)) return read_long(rows);
  read_wide(rows);
}

void SeriesReader::read_listed(RowReader& rows, const std::filesystem::path& table) const {
  const std::string& pattern = source.series_files;
  const std::size_t slot = pattern.find("{id}");
  check<ConfigError>(slot != pattern.npos,
                     "series_files is '{}', expected {{id}} in it (as in series_{{id}}.csv)", pattern);
  const Index id = known_column(rows, source.id, kIdNames).value_or(0);
  std::optional<Index> label;
  if (with_labels) label = column_of(rows, known_column(rows, source.label_column, kLabelNames), id, "label");
  for (Row row; rows.next(row);) {
    std::string name = pattern;
    name.replace(slot, 4, trimmed(rows.text(row, id)));
    std::vector<std::string> found;
    if (label) found = labels.read(rows.text(row, *label), rows.place(row));
    SeriesExample& example = into.list.emplace_back(read_steps(table.parent_path() / name));
    example.labels = std::move(found);
    example.place = name;
  }
}

void SeriesReader::read_long(RowReader& rows) const {
  const Index id = *known_column(rows, source.id, kIdNames);
  const auto time = known_column(rows, source.time, kTimeNames);
  const auto label = with_labels
                         ? std::optional(column_of(rows, known_column(rows, source.label_column, kLabelNames),
                                                   std::nullopt, "label"))
                         : column_if_there(rows, source.label_column, kLabelNames);
  std::vector<Index> others{id};
  if (time) others.push_back(*time);
  if (label) others.push_back(*label);
  const auto columns = find_value_columns(rows, source.value_columns, others);
  expect_features(names_of(rows, columns), rows.name());

  struct Open {
    std::size_t at;  // in the list
    std::string label;
    Index line;
    Clock clock{};
  };
  std::unordered_map<std::string, Open> series;
  for (Row row; rows.next(row);) {
    const std::string name(trimmed(rows.text(row, id)));
    const std::string_view cell = with_labels ? rows.text(row, *label) : std::string_view();
    const auto [found, added] = series.try_emplace(name, Open{into.list.size(), std::string(cell), row.line});
    Open& open = found->second;
    if (added) {
      SeriesExample& example = into.list.emplace_back();
      example.place = fmt::format("{} (id {})", rows.place(row), shortened(name));
      if (with_labels) example.labels = labels.read(cell, rows.place(row));
    }
    check<DataError>(cell == open.label, "{}: series '{}' has the label '{}' here, but '{}' in line {}",
                     rows.place(row), shortened(name), shortened(cell), shortened(open.label), open.line);
    if (time) open.clock.tick(rows, row, *time);
    SeriesExample& example = into.list[open.at];
    for (const Index column : columns) example.values.push_back(step_value(rows, row, column));
    ++example.steps;
  }
}

void SeriesReader::read_wide(RowReader& rows) const {
  const auto label = with_labels
                         ? std::optional(column_of(rows, known_column(rows, source.label_column, kLabelNames),
                                                   std::nullopt, "label"))
                         : column_if_there(rows, source.label_column, kLabelNames);
  const auto columns =
      find_value_columns(rows, source.value_columns, label ? std::vector{*label} : std::vector<Index>{});
  expect_features({"value"}, rows.name());
  for (Row row; rows.next(row);) {
    SeriesExample& example = into.list.emplace_back();
    example.place = rows.place(row);
    for (const Index column : columns) example.values.push_back(step_value(rows, row, column));
    while (!example.values.empty() && std::isnan(example.values.back())) example.values.pop_back();
    example.steps = static_cast<Index>(example.values.size());
    check<DataError>(example.steps > 0, "{}: a series without values", example.place);
    if (with_labels) example.labels = labels.read(rows.text(row, *label), example.place);
  }
}

}  // namespace recur
