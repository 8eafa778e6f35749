#include "tasks/forecast/series_stream.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "data/series/panel_times.h"

namespace recur {

SeriesStream::SeriesStream(std::unique_ptr<ForecastModel> model) : model_(std::move(model)) {
  const SeriesSource& source = model_->config.data;
  check<ConfigError>(
      source.known.empty() || source.known == std::vector<std::string>{"none"},
      "the model reads columns that are known in advance ({}), which a stream does not tell; use recur "
      "predict",
      source.known.empty() ? "" : source.known[0]);
  if (source.layout == SeriesLayout::rows) {
    panel_.columns = {"value"};
  } else {
    panel_.columns = source.target;
    if (source.covariates != std::vector<std::string>{"none"})
      panel_.columns.insert(panel_.columns.end(), source.covariates.begin(), source.covariates.end());
  }
  panel_.targets = source.layout == SeriesLayout::rows ? 1 : static_cast<Index>(source.target.size());
  panel_.covariates = static_cast<Index>(panel_.columns.size()) - panel_.targets;
  if (source.layout != SeriesLayout::rows && source.time != "none") panel_.time_column = source.time;
  if (!source.zone.empty()) panel_.zone.emplace(source.zone);
  panel_.list.push_back({.columns = std::vector<std::vector<double>>(panel_.columns.size())});
}

SeriesStream::Columns SeriesStream::columns_of(const RowReader& rows) const {
  Columns columns;
  const auto numbered = [](const std::string& name) { return parse_integer(name).has_value(); };
  if (rows.has_header() || std::all_of(panel_.columns.begin(), panel_.columns.end(), numbered)) {
    if (panel_.has_times()) columns.time = rows.find_column(panel_.time_column);
    const std::string& id = model_->config.data.id;
    if (!id.empty() && std::count(rows.columns().begin(), rows.columns().end(), id) > 0)
      columns.id = rows.find_column(id);
    for (const std::string& name : panel_.columns) columns.values.push_back(rows.find_column(name));
    return columns;
  }
  const Index first = panel_.has_times() ? 1 : 0;
  const std::vector<std::string_view> names(panel_.columns.begin(), panel_.columns.end());
  check<DataError>(static_cast<Index>(rows.columns().size()) == first + static_cast<Index>(names.size()),
                   "{}: rows of {} without a header, expected {}{} (or a first line that names the columns)",
                   rows.name(), counted(static_cast<Index>(rows.columns().size()), "cell"),
                   first > 0 ? panel_.time_column + "," : "", join(names, ","));
  if (first > 0) columns.time = 0;
  for (Index c = 0; c < static_cast<Index>(names.size()); ++c) columns.values.push_back(first + c);
  return columns;
}

/// The time must be the next one: what is left out cannot be looked up later.
void SeriesStream::append_next_time(std::string_view text) {
  OneSeries& series = panel_.list[0];
  const SeriesSource& source = model_->config.data;
  const auto known = read_frequency(source.frequency);
  const Index step = static_cast<Index>(series.times.size());
  if (step == 0) {
    const auto found = find_time_format(std::vector<std::string>{std::string(text)}, source.dates);
    const bool numbers = known && known->is_number();
    check<DataError>(found && (!known || found->format.is_number() == numbers),
                     "{}: column '{}' holds '{}', expected a {}", panel_.place(series, 0), panel_.time_column,
                     shortened(text), numbers ? "number" : "time such as 2016-07-31 13:00");
    panel_.format = found->format;
  }
  const std::string expected = step == 0 ? "" : panel_.write_time(series, step);
  append_time(panel_, series, text);
  panel_.frequency = known ? *known : find_frequency(series.times, panel_.format.is_number());
  if (step == 0 || !known || !known->regular() || source.missing == Missing::drop) return;
  check<DataError>(
      known->steps_between(series.times[static_cast<std::size_t>(step - 1)], series.times.back()) == 1,
      "{}: time {}, expected {} (the frequency is {}); give every step, with an estimate where a "
      "value is missing, or use a model trained with --missing drop",
      panel_.place(series, step), text, expected, known->describe());
}

void SeriesStream::append(const RowReader& rows, const Row& row, const Columns& columns) {
  OneSeries& series = panel_.list[0];
  const SeriesSource& source = model_->config.data;
  if (columns.id) {
    const std::string_view id = rows.text(row, *columns.id);
    if (rows_ == 0) series.id = id;
    check<DataError>(series.id == id, "{}: a row of series '{}' among those of '{}'; a stream is one series",
                     rows.place(row), shortened(id), shortened(series.id));
  }
  if (source.missing == Missing::drop &&
      std::any_of(columns.values.begin(), columns.values.end(),
                  [&](Index column) { return is_missing(row.cells[static_cast<std::size_t>(column)]); }))
    return;
  std::vector<double> values;
  for (const Index column : columns.values)
    values.push_back(rows.number(row, column, MissingCells::refuse,
                                 is_missing(row.cells[static_cast<std::size_t>(column)])
                                     ? "(a stream has no value to fill a gap with; write an estimate)"
                                     : ""));
  series.lines.push_back(row.line);
  if (columns.time) append_next_time(rows.text(row, *columns.time));
  for (std::size_t c = 0; c < values.size(); ++c) series.columns[c].push_back(values[c]);
  ++rows_;
  forget();
  series.known_steps = static_cast<Index>(series.lines.size());
}

/// What no forecast looks back on any more goes, some steps at a time.
void SeriesStream::forget() {
  OneSeries& series = panel_.list[0];
  const std::size_t kept = static_cast<std::size_t>(model_->config.data.lookback + model_->transform.reach());
  if (series.lines.size() < 2 * kept + 16) return;
  const auto drop = [&](auto& list) {
    if (!list.empty()) list.erase(list.begin(), list.end() - static_cast<std::ptrdiff_t>(kept));
  };
  for (auto& column : series.columns) drop(column);
  drop(series.times);
  drop(series.lines);
}

void SeriesStream::answer_row(ThreadPool& pool, const AnswerSink& answer) {
  const OneSeries& series = panel_.list[0];
  const Index needed = model_->config.data.lookback + model_->transform.reach();
  const Index waiting = std::max<Index>(needed - series.steps(), 0);
  std::vector<WindowForecast> forecasts;
  if (waiting == 0) {
    const ForecastData data = ForecastData::for_panel(model_->config, model_->scales, panel_);
    const Window window{0, series.steps()};
    forecast_windows(model_->net, pool, data, std::span(&window, 1),
                     static_cast<std::uint64_t>(model_->config.seed),
                     [&](std::size_t, const WindowForecast& forecast) { forecasts.push_back(forecast); });
  }
  for (std::size_t d = 0; d < static_cast<std::size_t>(panel_.targets); ++d) {
    nlohmann::ordered_json one;
    // Numbers of steps go on counting when old ones are dropped.
    if (!panel_.has_times()) {
      one["time"] = std::to_string(rows_ + 1);
    } else {
      one["time"] = nullptr;
      if (rows_ > 0) one["time"] = panel_.write_time(series, series.steps());
    }
    one["series"] = panel_.name_of(series, static_cast<Index>(d));
    one["mean"] = waiting > 0 ? nlohmann::ordered_json() : nlohmann::ordered_json(forecasts[0].point[d][0]);
    const auto& quantiles = model_->config.model.quantiles;
    for (std::size_t q = 0; q < quantiles.size(); ++q)
      one["quantiles"][shortest(quantiles[q])] =
          waiting > 0 ? nlohmann::ordered_json() : nlohmann::ordered_json(forecasts[0].quantiles[d][0][q]);
    one["waiting"] = waiting;
    answer(one);
  }
}

void SeriesStream::read(const std::filesystem::path& file, Index longest_line, ThreadPool& pool,
                        const AnswerSink& answer) {
  std::vector<std::string> names;  // that tell a header from a row of values
  for (const auto* name : {&panel_.time_column, &model_->config.data.id})
    if (!name->empty() && !parse_integer(*name)) names.push_back(*name);
  for (const std::string& name : panel_.columns)
    if (!parse_integer(name)) names.push_back(name);
  const SeriesSource& source = model_->config.data;
  RowReader rows(file, {.format = source.format,
                        .header = source.header == Header::no ? Header::no : Header::automatic,
                        .separator = separator_of(source.separator),
                        .usual = names,
                        .lines = {.longest = longest_line}});
  panel_.file = rows.name();
  const Columns columns = columns_of(rows);
  for (Row row; rows.next(row);) {
    append(rows, row, columns);
    answer_row(pool, answer);
  }
}

}  // namespace recur
