#include "tasks/forecast/series_stream.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "data/table/csv.h"
#include "data/table/row_reader.h"

namespace recur {

SeriesStream::SeriesStream(std::unique_ptr<ForecastModel> model) : model_(std::move(model)) {
  const SeriesSource& source = model_->config.data;
  check<ConfigError>(
      source.known.empty() || source.known == std::vector<std::string>{"none"},
      "the model reads columns that are known in advance ({}), which a stream does not tell; use recur "
      "predict",
      source.known.empty() ? "" : source.known[0]);
  panel_.file = "stdin";
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

void SeriesStream::append(const std::vector<std::string_view>& cells) {
  OneSeries& series = panel_.list[0];
  const std::size_t first = panel_.has_times() ? 1 : 0, columns = panel_.columns.size();
  check<DataError>(cells.size() == columns + first, "stdin:{}: {} cells, expected {}{}", lines_, cells.size(),
                   first > 0 ? panel_.time_column + "," : "",
                   join(std::vector<std::string_view>(panel_.columns.begin(), panel_.columns.end()), ","));
  std::vector<double> values;
  for (std::size_t c = 0; c < columns; ++c) {
    const auto value = cell_number(cells[first + c]);
    check<DataError>(value.has_value(), "stdin:{}: column '{}' holds '{}', expected a number", lines_,
                     panel_.columns[c], shortened(cells[first + c]));
    values.push_back(*value);
  }
  if (panel_.has_times()) {
    const std::vector<std::string> cell{std::string(cells[0])};
    if (series.times.empty()) {
      const auto found = find_time_format(cell, model_->config.data.dates);
      check<DataError>(found.has_value(), "stdin:{}: column '{}' holds '{}', expected a time", lines_,
                       panel_.time_column, shortened(cells[0]));
      panel_.format = found->format;
    }
    auto time = panel_.format.parse(cells[0]);
    const auto previous = series.times.empty() ? std::nullopt : std::optional(series.times.back());
    if (time && panel_.zone && !panel_.format.has_offset) time = panel_.zone->to_utc(*time, previous);
    check<DataError>(time && (!previous || *time > *previous),
                     "stdin:{}: time '{}', expected {} after the one before", lines_, shortened(cells[0]),
                     panel_.format.describe());
    series.times.push_back(*time);
  }
  for (std::size_t c = 0; c < columns; ++c) series.columns[c].push_back(values[c]);
  series.lines.push_back(lines_);
  // What no forecast looks back on any more goes, some steps at a time.
  const std::size_t kept = static_cast<std::size_t>(model_->config.data.lookback + model_->transform.reach());
  if (series.lines.size() >= 2 * kept + 16) {
    const auto drop = [&](auto& list) {
      if (!list.empty()) list.erase(list.begin(), list.end() - static_cast<std::ptrdiff_t>(kept));
    };
    for (auto& column : series.columns) drop(column);
    drop(series.times);
    drop(series.lines);
  }
  series.known_steps = static_cast<Index>(series.lines.size());
}

std::vector<nlohmann::ordered_json> SeriesStream::read(std::string_view line, ThreadPool& pool) {
  ++lines_;
  if (line.ends_with('\r')) line.remove_suffix(1);
  std::vector<std::string_view> cells;
  split_cells(line, ',', cells);
  std::vector<nlohmann::ordered_json> answers;
  if (lines_ == 1 && !cells.empty() && !cell_number(cells.back())) return answers;  // a header
  append(cells);
  const OneSeries& series = panel_.list[0];
  if (panel_.has_times())
    panel_.frequency = read_frequency(model_->config.data.frequency)
                           .value_or(find_frequency(series.times, panel_.format.is_number()));
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
    one["time"] = panel_.has_times() ? panel_.write_time(series, series.steps()) : std::to_string(lines_ + 1);
    one["series"] = panel_.columns[d];
    one["mean"] = waiting > 0 ? nlohmann::ordered_json() : nlohmann::ordered_json(forecasts[0].point[d][0]);
    const auto& quantiles = model_->config.model.quantiles;
    for (std::size_t q = 0; q < quantiles.size(); ++q)
      one["quantiles"][shortest(quantiles[q])] =
          waiting > 0 ? nlohmann::ordered_json() : nlohmann::ordered_json(forecasts[0].quantiles[d][0][q]);
    one["waiting"] = waiting;
    answers.push_back(std::move(one));
  }
  return answers;
}

}  // namespace recur
