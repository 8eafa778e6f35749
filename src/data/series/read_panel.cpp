#include "data/series/read_panel.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "base/error.h"
#include "base/text.h"
#include "data/series/fill_panel.h"
#include "data/series/panel_times.h"
#include "data/table/row_reader.h"

namespace recur {
namespace {

/// What to do about a cell that says that its value is missing, or that holds a row of them.
std::string_view hint_for(const RowReader& rows, std::string_view cell, PanelUse use) {
  const bool model = use == PanelUse::model;
  if (!model && rows.columns().size() == 1 && cell.find(';') != std::string_view::npos)
    return "(if cells are parted by ';', give --separator ';')";
  if (!is_missing(cell)) return "";
  return model ? "(write a value, or use a model trained with --missing interpolate)"
               : "(use --missing interpolate to fill gaps)";
}

MissingCells cells_of(Missing policy) {
  return policy == Missing::error ? MissingCells::refuse : MissingCells::allow;
}

/// The columns of a table by what they are for.
struct Roles {
  std::optional<Index> time, id;
  std::vector<Index> values;  // targets, covariates, known
};

/// A model finds its columns by their names.
void check_name(const RowReader& rows, const std::string& name) {
  check<DataError>(!name.empty(),
                   "{}: a column that the model reads has no name; write one into the first line",
                   rows.name());
  check<DataError>(std::count(rows.columns().begin(), rows.columns().end(), name) < 2,
                   "{}: two columns are called '{}'; rename one, a model finds its columns by their names",
                   rows.name(), shortened(name));
}

Index find_column(const RowReader& rows, const std::string& column) {
  check_name(rows, column);
  return rows.find_column(column);
}

/// The time column, given or recognised: the first, if its first cell is a date.
std::optional<Index> time_column(const RowReader& rows, const SeriesSource& source, const Row& first) {
  if (!source.time.empty())
    return source.time == "none" ? std::nullopt : std::optional(find_column(rows, source.time));
  const std::string cell(first.cells[0]);
  const auto found = find_time_format(std::vector<std::string>{cell}, source.dates);
  return found && !found->format.is_number() ? std::optional<Index>(0) : std::nullopt;
}

Roles roles_of(const RowReader& rows, const SeriesSource& source, const Row& first, SeriesPanel& panel) {
  Roles roles;
  roles.time = time_column(rows, source, first);
  const auto name_of = [&](Index column) {
    const std::string& name = rows.columns()[static_cast<std::size_t>(column)];
    check_name(rows, name);
    return name;
  };
  if (roles.time) panel.time_column = name_of(*roles.time);
  if (!source.id.empty()) roles.id = find_column(rows, source.id);
  std::vector<Index> targets, covariates, known;
  for (const std::string& name : source.target) targets.push_back(find_column(rows, name));
  for (const std::string& name : source.known) known.push_back(find_column(rows, name));
  const bool all_covariates = source.covariates == std::vector<std::string>{"all"};
  if (!all_covariates && source.covariates != std::vector<std::string>{"none"})
    for (const std::string& name : source.covariates) covariates.push_back(find_column(rows, name));
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
      panel.columns.push_back(name_of(column));
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

/// The source with the columns that a panel was read from, by name.
SeriesSource with_columns_of(const SeriesPanel& panel, const SeriesSource& source) {
  SeriesSource out = source;
  out.time = panel.has_times() ? panel.time_column : "none";
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

/// Reads files into one panel.
class PanelReader {
 public:
  PanelReader(const SeriesSource& source, SeriesPanel& panel) : source_(source), panel_(panel) {}

  void read(RowReader& rows) {
    panel_.files.push_back({rows.name(), lines_before_});
    panel_.file = panel_.files.size() == 1
                      ? rows.name()
                      : fmt::format("{} and {} more", panel_.files[0].name, panel_.files.size() - 1);
    source_.layout == SeriesLayout::rows ? read_rows(rows) : read_columns(rows);
    lines_before_ += last_line_;
  }

  void finish() {
    check<DataError>(!panel_.list.empty(), "{}: holds no series", panel_.file);
    for (OneSeries& series : panel_.list)
      series.known_steps = source_.layout == SeriesLayout::rows ? static_cast<Index>(series.lines.size())
                                                                : count_known_steps(panel_, series);
    if (panel_.has_times()) set_times(panel_, source_, times_);
  }

 private:
  /// The columns of a further file are those of the first, wherever they stand.
  Roles roles_in(const RowReader& rows, const Row& row) {
    std::vector<std::string> columns = rows.columns();
    std::sort(columns.begin(), columns.end());
    if (panel_.files.size() == 1) {
      columns_ = columns;
      return roles_of(rows, source_, row, panel_);
    }
    const bool all = source_.target.empty() || source_.covariates == std::vector<std::string>{"all"};
    check<DataError>(
        !all || columns == columns_,
        "{}: its columns are not those of {}; a further file goes on where the one before ends "
        "(other series: join the tables by their times, or write them in long form with an --id)",
        rows.name(), panel_.files[0].name);
    SeriesPanel same;
    return roles_of(rows, with_columns_of(panel_, source_), row, same);
  }

  void read_columns(RowReader& rows) {
    Row row;
    check<DataError>(rows.next(row), "{}: holds no row below its header", rows.name());
    const Roles roles = roles_in(rows, row);
    do {
      const std::string id(roles.id ? rows.text(row, *roles.id) : std::string_view());
      const auto [place, is_new] = by_id_.try_emplace(id, panel_.list.size());
      if (is_new) {
        panel_.list.push_back({.id = id, .columns = std::vector<std::vector<double>>(roles.values.size())});
        times_.emplace_back();
      }
      OneSeries& series = panel_.list[place->second];
      for (std::size_t c = 0; c < roles.values.size(); ++c) {
        // A target may be empty where the future of other columns is given.
        const bool may_be_future =
            panel_.known > 0 && static_cast<Index>(c) < panel_.targets + panel_.covariates;
        series.columns[c].push_back(
            rows.number(row, roles.values[c], may_be_future ? MissingCells::allow : cells_of(source_.missing),
                        hint_for(rows, row.cells[static_cast<std::size_t>(roles.values[c])], panel_.use)));
      }
      series.lines.push_back(lines_before_ + (last_line_ = row.line));
      if (roles.time) times_[place->second].emplace_back(rows.text(row, *roles.time));
    } while (rows.next(row));
  }

  void read_rows(RowReader& rows) {
    check<ConfigError>(source_.time.empty() && source_.target.empty() && source_.known.empty(),
                       "a file with a series in each row has no columns of times, targets or known values");
    panel_.columns = {"value"};
    panel_.targets = 1;
    for (Row row; rows.next(row);) {
      OneSeries series{.id = std::to_string(panel_.list.size() + 1), .columns = {{}}};
      std::size_t cell = 0, end = row.cells.size();
      if (!row.cells.empty() && !cell_number(row.cells[0])) series.id = row.cells[cell++];
      while (end > cell && is_missing(row.cells[end - 1])) --end;
      last_line_ = row.line;
      for (; cell < end; ++cell) {
        series.columns[0].push_back(rows.number(row, static_cast<Index>(cell), cells_of(source_.missing),
                                                hint_for(rows, row.cells[cell], panel_.use)));
        series.lines.push_back(lines_before_ + row.line);
      }
      check<DataError>(!series.lines.empty(), "{}: series '{}' has no values", rows.place(row), series.id);
      const auto [first, is_new] = by_id_.try_emplace(series.id, panel_.list.size());
      if (!is_new)
        fail<DataError>("{}: series '{}' stands already in {}", rows.place(row), series.id,
                        panel_.place_of_line(panel_.list[first->second].lines[0], lines_before_ + row.line));
      panel_.list.push_back(std::move(series));
    }
  }

  const SeriesSource& source_;
  SeriesPanel& panel_;
  std::vector<std::string> columns_;  // of the first file, sorted
  std::unordered_map<std::string, std::size_t> by_id_;
  std::vector<std::vector<std::string>> times_;  // of each series, as they are written
  Index lines_before_ = 0, last_line_ = 0;
};

}  // namespace

SeriesPanel read_panel(std::span<const std::filesystem::path> files, const SeriesSource& source,
                       PanelUse use) {
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
  SeriesPanel panel{.use = use};
  if (!source.zone.empty()) panel.zone.emplace(source.zone);
  PanelReader reader(source, panel);
  for (const std::filesystem::path& path : files) {
    RowReader rows(path, {.format = source.format,
                          .header = source.header,
                          .separator = separator_of(source.separator),
                          .columns = columns,
                          .usual = {"date", "Date", "datetime", "time", "Time", "timestamp", "day", "Day",
                                    "month", "Month", "ds", "V1"}});
    reader.read(rows);
  }
  reader.finish();
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
  if (source.layout == SeriesLayout::rows) return source;
  SeriesSource out = with_columns_of(panel, source);
  if (panel.has_times()) {
    using Date = TimeFormat::Date;
    const Date date = panel.format.date;
    out.dates = date == Date::none          ? DateOrder::automatic
                : date == Date::month_first ? DateOrder::month_first
                : date == Date::day_first   ? DateOrder::day_first
                                            : DateOrder::year_first;
    out.frequency = panel.frequency.describe();
  }
  return out;
}

}  // namespace recur
