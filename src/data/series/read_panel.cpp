#include "data/series/read_panel.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "base/error.h"
#include "base/text.h"
#include "data/series/fill_panel.h"
#include "data/table/row_reader.h"

namespace recur {
namespace {

/// What to do about a cell that says that its value is missing.
std::string_view hint_for(std::string_view cell) {
  return is_missing(cell) ? "(use --missing interpolate to fill gaps)" : "";
}

MissingCells cells_of(Missing policy) {
  return policy == Missing::error ? MissingCells::refuse : MissingCells::allow;
}

/// The columns of a table by what they are for.
struct Roles {
  std::optional<Index> time, id;
  std::vector<Index> values;  // targets, covariates, known
};

/// The time column, given or recognised: the first, if its first cell is a date.
std::optional<Index> time_column(const RowReader& rows, const SeriesSource& source, const Row& first) {
  if (!source.time.empty())
    return source.time == "none" ? std::nullopt : std::optional(rows.find_column(source.time));
  const std::string cell(first.cells[0]);
  const auto found = find_time_format(std::vector<std::string>{cell}, source.dates);
  return found && !found->format.is_number() ? std::optional<Index>(0) : std::nullopt;
}

Roles roles_of(const RowReader& rows, const SeriesSource& source, const Row& first, SeriesPanel& panel) {
  Roles roles;
  roles.time = time_column(rows, source, first);
  if (roles.time) panel.time_column = rows.columns()[static_cast<std::size_t>(*roles.time)];
  if (!source.id.empty()) roles.id = rows.find_column(source.id);
  std::vector<Index> targets, covariates, known;
  for (const std::string& name : source.target) targets.push_back(rows.find_column(name));
  for (const std::string& name : source.known) known.push_back(rows.find_column(name));
  const bool all_covariates = source.covariates == std::vector<std::string>{"all"};
  if (!all_covariates && source.covariates != std::vector<std::string>{"none"})
    for (const std::string& name : source.covariates) covariates.push_back(rows.find_column(name));
  const auto taken = [&](Index column) {
    for (const auto* list : {&targets, &covariates, &known})
      if (std::find(list->begin(), list->end(), column) != list->end()) return true;
    return column == roles.time || column == roles.id;
  };
  for (const auto* list : {&targets, &covariates, &known})
    for (const Index column : *list) {
      const auto times = std::count(targets.begin(), targets.end(), column) +
                         std::count(covariates.begin(), covariates.end(), column) +
                         std::count(known.begin(), known.end(), column);
      check<ConfigError>(
          times == 1 && column != roles.time && column != roles.id,
          "{} is asked for in two ways; a column is one of time, id, target, covariates or known",
          rows.describe(column));
    }
  std::vector<Index> rest;
  for (Index c = 0; c < static_cast<Index>(rows.columns().size()); ++c)
    if (!taken(c)) rest.push_back(c);
  if (targets.empty()) {
    targets = rest;
  } else if (all_covariates) {
    covariates = rest;
  }
  check<ConfigError>(!targets.empty(), "{}: no column is left to forecast; name one with --target",
                     rows.name());
  panel.targets = static_cast<Index>(targets.size());
  panel.covariates = static_cast<Index>(covariates.size());
  panel.known = static_cast<Index>(known.size());
  for (const auto* list : {&targets, &covariates, &known})
    for (const Index column : *list) {
      roles.values.push_back(column);
      panel.columns.push_back(rows.columns()[static_cast<std::size_t>(column)]);
    }
  return roles;
}

/// Steps at the end of which only what is known in advance is there: the future.
Index count_known_steps(const SeriesPanel& panel, const OneSeries& series) {
  Index steps = static_cast<Index>(series.lines.size());
  if (panel.known == 0) return steps;
  const auto missing = [&](Index step) {
    for (std::size_t c = 0; c < static_cast<std::size_t>(panel.targets); ++c)
      if (!std::isnan(series.columns[c][static_cast<std::size_t>(step)])) return false;
    return true;
  };
  while (steps > 0 && missing(steps - 1)) --steps;
  return steps;
}

/// Sets the frequency to one that is known, which the times must have but for gaps; of two times none is
/// seen.
void expect_frequency(SeriesPanel& panel, const std::vector<Time>& times, const std::string& text) {
  if (text.empty() || text == "irregular") return;
  const std::optional<Frequency> expected = read_frequency(text);
  check<ConfigError>(
      expected.has_value(),
      "frequency is '{}', expected one such as '30 minutes', '1 hour', '1 month', 'steps of 1' "
      "or 'trading days'",
      text);
  std::size_t fitting = 0;
  for (std::size_t i = 1; i < times.size(); ++i) {
    const Time span = times[i] - times[i - 1];
    const bool fits = expected->regular() ? expected->steps_between(times[i - 1], times[i]) == 1
                                          : span % kDay == 0 && span <= 4 * kDay;  // over a long weekend
    if (fits) ++fitting;
  }
  check<DataError>(times.size() < 3 || 2 * fitting + 1 >= times.size(),
                   "{}: the frequency of its times is {}, expected {} as the model was made for", panel.file,
                   panel.frequency.describe(), text);
  panel.frequency = *expected;
}

/// Times of each series from their texts, rising.
void set_times(SeriesPanel& panel, const SeriesSource& source,
               const std::vector<std::vector<std::string>>& texts) {
  std::vector<std::string> all;
  for (const auto& list : texts) all.insert(all.end(), list.begin(), list.end());
  const auto found = find_time_format(all, source.dates);
  check<DataError>(
      found.has_value(),
      "{}: column '{}' holds '{}', expected times such as 2016-07-31, 2016-07-31 13:00, 2016-07 or "
      "numbers",
      panel.place(panel.list[0], 0), panel.time_column, shortened(all.empty() ? "" : all[0]));
  panel.format = found->format;
  if (found->ambiguous)
    panel.notes.push_back("dates like " + all[0] + " were read as month" + panel.format.separator + "day");
  const char* const hint = panel.format.between != 0 && !panel.zone && !panel.format.has_offset
                               ? " (if clocks were put back, name the time zone with --zone)"
                           : panel.list.size() == 1
                               ? " (many series in one file: name their column with --id)"
                               : "";
  for (std::size_t s = 0; s < panel.list.size(); ++s) {
    OneSeries& series = panel.list[s];
    for (const std::string& text : texts[s]) append_time(panel, series, text, hint);
  }
  const auto longest =
      std::max_element(panel.list.begin(), panel.list.end(),
                       [](const auto& a, const auto& b) { return a.times.size() < b.times.size(); });
  panel.frequency = find_frequency(longest->times, panel.format.is_number());
  expect_frequency(panel, longest->times, source.frequency);
  if (panel.frequency.kind == Frequency::Kind::weekdays)
    panel.notes.push_back("times are trading days, which are irregular: steps are rows");
  if (panel.frequency.kind == Frequency::Kind::irregular)
    panel.notes.push_back("times are irregular: steps are rows, times of forecasts go on by the median step");
}

void read_columns(RowReader& rows, const SeriesSource& source, SeriesPanel& panel) {
  Row row;
  check<DataError>(rows.next(row), "{}: holds no row below its header", rows.name());
  const Roles roles = roles_of(rows, source, row, panel);
  std::unordered_map<std::string, std::size_t> by_id;
  std::vector<std::vector<std::string>> times;
  do {
    const std::string id(roles.id ? rows.text(row, *roles.id) : std::string_view());
    const auto [place, is_new] = by_id.try_emplace(id, panel.list.size());
    if (is_new) {
      panel.list.push_back({.id = id, .columns = std::vector<std::vector<double>>(roles.values.size())});
      times.emplace_back();
    }
    OneSeries& series = panel.list[place->second];
    for (std::size_t c = 0; c < roles.values.size(); ++c) {
      // A target may be empty where the future of other columns is given.
      const bool may_be_future = panel.known > 0 && static_cast<Index>(c) < panel.targets + panel.covariates;
      series.columns[c].push_back(
          rows.number(row, roles.values[c], may_be_future ? MissingCells::allow : cells_of(source.missing),
                      hint_for(row.cells[static_cast<std::size_t>(roles.values[c])])));
    }
    series.lines.push_back(row.line);
    if (roles.time) times[place->second].emplace_back(rows.text(row, *roles.time));
  } while (rows.next(row));
  for (OneSeries& series : panel.list) series.known_steps = count_known_steps(panel, series);
  if (roles.time) set_times(panel, source, times);
}

void read_rows(RowReader& rows, const SeriesSource& source, SeriesPanel& panel) {
  check<ConfigError>(source.time.empty() && source.target.empty() && source.known.empty(),
                     "a file with a series in each row has no columns of times, targets or known values");
  panel.columns = {"value"};
  panel.targets = 1;
  std::unordered_map<std::string, Index> seen;
  for (Row row; rows.next(row);) {
    OneSeries series{.id = std::to_string(panel.list.size() + 1), .columns = {{}}};
    std::size_t cell = 0, end = row.cells.size();
    if (!row.cells.empty() && !cell_number(row.cells[0])) series.id = row.cells[cell++];
    while (end > cell && is_missing(row.cells[end - 1])) --end;
    for (; cell < end; ++cell) {
      series.columns[0].push_back(
          rows.number(row, static_cast<Index>(cell), cells_of(source.missing), hint_for(row.cells[cell])));
      series.lines.push_back(row.line);
    }
    check<DataError>(!series.lines.empty(), "{}: series '{}' has no values", rows.place(row), series.id);
    const auto [first, is_new] = seen.try_emplace(series.id, row.line);
    check<DataError>(is_new, "{}: series '{}' stands already in line {}", rows.place(row), series.id,
                     first->second);
    series.known_steps = static_cast<Index>(series.lines.size());
    panel.list.push_back(std::move(series));
  }
  check<DataError>(!panel.list.empty(), "{}: holds no series", rows.name());
}

}  // namespace

void append_time(const SeriesPanel& panel, OneSeries& series, std::string_view text, std::string_view hint) {
  const Index step = static_cast<Index>(series.times.size());
  auto time = panel.format.parse(text);
  check<DataError>(time.has_value(), "{}: column '{}' holds '{}', expected {}", panel.place(series, step),
                   panel.time_column, shortened(text), panel.format.describe());
  const auto previous = step == 0 ? std::nullopt : std::optional(series.times.back());
  if (panel.zone && !panel.format.has_offset) {
    time = panel.zone->to_utc(*time, previous);
    check<DataError>(time.has_value(), "{}: clocks in {} never showed {}: they were put forward over it",
                     panel.place(series, step), panel.zone->name(), text);
  }
  const bool twice = previous && *time == *previous;
  check<DataError>(!previous || *time > *previous, "{}: time {} {} line {}, expected times that rise{}",
                   panel.place(series, step), text, twice ? "stands already in" : "is before that of",
                   series.lines[static_cast<std::size_t>(step - 1)], hint);
  series.times.push_back(*time);
}

SeriesPanel read_panel(const std::filesystem::path& path, const SeriesSource& source) {
  const bool tall = source.layout == SeriesLayout::tall;
  check<ConfigError>(!tall || !source.id.empty(),
                     "files in long form need the column that names the series; give --id");
  check<ConfigError>(source.id.empty() || tall || source.layout == SeriesLayout::automatic,
                     "--id is for files in long form; leave --layout out or make it long");
  std::vector<std::string> columns;
  for (const std::string& name : {source.time, source.id})
    if (!name.empty() && name != "none") columns.push_back(name);
  for (const auto* list : {&source.target, &source.known})
    columns.insert(columns.end(), list->begin(), list->end());
  for (const std::string& name : source.covariates)
    if (name != "all" && name != "none") columns.push_back(name);
  RowReader rows(path, {.columns = columns,
                        .usual = {"date", "Date", "datetime", "time", "Time", "timestamp", "day", "Day",
                                  "month", "Month", "ds", "V1"}});
  SeriesPanel panel;
  panel.file = rows.name();
  if (!source.zone.empty()) panel.zone.emplace(source.zone);
  if (source.layout == SeriesLayout::rows) {
    read_rows(rows, source, panel);
  } else {
    read_columns(rows, source, panel);
  }
  Filled all;
  for (OneSeries& series : panel.list) {
    const Filled filled = fill_panel(panel, series, source.missing);
    all.steps += filled.steps;
    all.values += filled.values;
  }
  if (all.steps + all.values > 0)
    panel.notes.push_back(fmt::format("{}: {} missing steps and {} missing values, by --missing {}",
                                      panel.file, all.steps, all.values, to_name(source.missing)));
  return panel;
}

SeriesSource resolved(const SeriesSource& source, const SeriesPanel& panel) {
  SeriesSource out = source;
  if (source.layout == SeriesLayout::rows) return out;
  out.time = panel.has_times() ? panel.time_column : "none";
  if (panel.has_times()) {
    using Date = TimeFormat::Date;
    const Date date = panel.format.date;
    out.dates = date == Date::none          ? DateOrder::automatic
                : date == Date::month_first ? DateOrder::month_first
                : date == Date::day_first   ? DateOrder::day_first
                                            : DateOrder::year_first;
    out.frequency = panel.frequency.describe();
  }
  const auto names = [&](Index begin, Index count) {
    const auto at = panel.columns.begin() + begin;
    return std::vector<std::string>(at, at + count);
  };
  out.target = names(0, panel.targets);
  out.covariates =
      panel.covariates > 0 ? names(panel.targets, panel.covariates) : std::vector<std::string>{"none"};
  out.known = names(panel.targets + panel.covariates, panel.known);
  return out;
}

}  // namespace recur
