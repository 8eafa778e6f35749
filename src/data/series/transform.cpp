#include "data/series/transform.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.h"
#include "base/moments.h"
#include "base/text.h"

namespace recur {
namespace {

std::size_t size(Index i) { return static_cast<std::size_t>(i); }

/// Whether numbers from values of a size differ by no more than rounding.
bool is_constant(double spread, const Moments& values) {
  return !(spread > 1e-12 * std::max(std::abs(values.low), std::abs(values.high)));
}

/// `m` is of values or of their differences. A constant column has no scale.
ColumnScale scale_of(const Moments& m, const Moments& values, Scaling scaling) {
  const double spread = scaling == Scaling::minmax ? m.high - m.low : m.deviation();
  if (scaling == Scaling::none || m.count == 0) return {};
  return {scaling == Scaling::minmax ? m.low : m.mean, is_constant(spread, values) ? 1 : spread};
}

}  // namespace

std::vector<Cycle> cycles_of(const TransformConfig& config) {
  std::vector<Cycle> cycles;
  for (const std::string& name : config.calendar) {
    const auto cycle = from_name<Cycle>(name);
    check<ConfigError>(cycle.has_value(), "calendar is '{}', expected some of {}{}", name,
                       join(kNames<Cycle>), did_you_mean(name, kNames<Cycle>));
    cycles.push_back(*cycle);
  }
  return cycles;
}

std::vector<double> FittedScales::to_numbers() const {
  std::vector<double> numbers;
  for (std::size_t c = 0; c < inputs.size(); ++c)
    numbers.insert(numbers.end(), {inputs[c].offset, inputs[c].scale, original[c].offset, original[c].scale});
  return numbers;
}

FittedScales FittedScales::from_numbers(std::span<const double> numbers, Index columns) {
  check<FormatError>(static_cast<Index>(numbers.size()) == 4 * columns,
                     "the scales of the model are {} numbers, expected 4 for each of {} columns",
                     numbers.size(), columns);
  FittedScales scales;
  for (std::size_t c = 0; c < size(columns); ++c) {
    for (const std::size_t i : {1, 3})
      check<FormatError>(std::isfinite(numbers[4 * c + i]) && numbers[4 * c + i] > 0,
                         "a scale of the model is {}, expected a number above 0", numbers[4 * c + i]);
    scales.inputs.push_back({numbers[4 * c], numbers[4 * c + 1]});
    scales.original.push_back({numbers[4 * c + 2], numbers[4 * c + 3]});
  }
  return scales;
}

Transform::Transform(const TransformConfig& config)
    : config_(config), differences_(config.difference), cycles_(cycles_of(config)) {}

Index Transform::reach() const {
  const auto most = [](const std::vector<Index>& list) {
    return list.empty() ? 0 : *std::max_element(list.begin(), list.end());
  };
  return differences_.reach() + std::max(most(config_.lags), std::max<Index>(most(config_.rolling) - 1, 0));
}

PreparedSeries Transform::prepare(const SeriesPanel& panel, const OneSeries& series) const {
  PreparedSeries out;
  for (std::size_t d = 0; d < size(panel.targets); ++d) {
    std::vector<double> levels(series.columns[d].begin(), series.columns[d].begin() + series.steps());
    if (config_.log)
      for (std::size_t t = 0; t < levels.size(); ++t) {
        check<DataError>(levels[t] > 0,
                         "{}: column '{}' holds {}, expected values above 0, of which there are "
                         "logarithms; leave --log out",
                         panel.place(series, static_cast<Index>(t)), panel.columns[d], shortest(levels[t]));
        levels[t] = std::log(levels[t]);
      }
    out.values.push_back(differences_.of(levels));
    out.levels.push_back(std::move(levels));
  }
  for (const auto& values : out.values)
    for (const Index width : config_.rolling) {
      std::vector<double> means(values.size(), std::nan(""));
      for (std::size_t t = size(differences_.reach() + width - 1); t < values.size(); ++t) {
        double sum = 0;
        for (std::size_t k = 0; k < size(width); ++k) sum += values[t - k];
        means[t] = sum / static_cast<double>(width);
      }
      out.rolled.push_back(std::move(means));
    }
  return out;
}

FittedScales Transform::fit(const SeriesPanel& panel, std::span<const PreparedSeries> prepared,
                            std::span<const Index> ends, std::vector<std::string>& notes) const {
  FittedScales scales;
  for (std::size_t c = 0; c < panel.columns.size(); ++c) {
    const bool target = static_cast<Index>(c) < panel.targets;
    Moments original, levels, input;
    for (std::size_t s = 0; s < panel.list.size(); ++s) {
      const std::vector<double>& x = panel.list[s].columns[c];
      for (std::size_t t = 0; t < size(ends[s]); ++t) {
        original.add(x[t]);
        if (!target) continue;
        levels.add(prepared[s].levels[c][t]);
        const double z = prepared[s].values[c][t];
        if (!std::isnan(z)) input.add(z);
      }
    }
    scales.original.push_back(scale_of(original, original, Scaling::standard));
    scales.inputs.push_back(target ? scale_of(input, levels, config_.scale)
                                   : scale_of(original, original, config_.scale));
    if (original.count > 0 && is_constant(original.deviation(), original))
      notes.push_back(fmt::format(
          "column '{}' is constant ({}{}) in its training part: there is nothing to learn from it",
          panel.columns[c], shortest(original.low),
          original.high > original.low ? " to " + shortest(original.high) : ""));
  }
  return scales;
}

void Transform::add_inputs(const SeriesPanel& panel, const OneSeries& series, const FittedScales& scales,
                           Index steps, PreparedSeries& prepared) const {
  const auto scaled = [&](Index column, Index count) {
    const ColumnScale& scale = scales.inputs[size(column)];
    std::vector<double> out;
    for (std::size_t t = 0; t < size(count); ++t)
      out.push_back((series.columns[size(column)][t] - scale.offset) / scale.scale);
    return out;
  };
  for (Index c = panel.targets; c < panel.targets + panel.covariates; ++c)
    prepared.others.push_back(scaled(c, series.steps()));
  const Index given = static_cast<Index>(series.lines.size());
  for (Index c = panel.targets + panel.covariates; c < static_cast<Index>(panel.columns.size()); ++c)
    prepared.ahead.push_back(scaled(c, given));
  if (cycles_.empty()) return;
  check<ConfigError>(panel.has_times() && !panel.format.is_number(),
                     "{}: has no dates, which the calendar inputs need; leave --calendar out", panel.file);
  const std::size_t first = prepared.ahead.size();
  prepared.ahead.resize(first + cycles_.size() * kNumbersPerCycle);
  for (Index t = 0; t < steps; ++t) {
    std::vector<double> numbers;
    append_calendar(panel.clock_of(series, t), cycles_, numbers);
    for (std::size_t i = 0; i < numbers.size(); ++i) prepared.ahead[first + i].push_back(numbers[i]);
  }
}

double Transform::original(double level) const { return config_.log ? std::exp(level) : level; }

ColumnScale Transform::of_window(const PreparedSeries& series, Index target, Index first, Index origin,
                                 const ColumnScale& column) const {
  const std::span<const double> window =
      std::span(series.values[size(target)]).subspan(size(first), size(origin - first));
  const double n = static_cast<double>(window.size());
  const double mean = std::accumulate(window.begin(), window.end(), 0.0) / n;
  switch (config_.window) {
    case WindowScaling::none:
      return column;
    case WindowScaling::last:
      return {window.back(), column.scale};
    case WindowScaling::centre:
      return {mean, column.scale};
    case WindowScaling::mean: {
      double level = 0;
      for (const double x : window) level += std::abs(x) / n;
      return {0, level > 0 ? level : 1};
    }
    case WindowScaling::standard: {
      double square = 0;
      for (const double x : window) square += (x - mean) * (x - mean) / n;
      // A window that hardly moves must not blow up what little it does.
      return {mean, std::sqrt(square + 1e-10 * column.scale * column.scale)};
    }
  }
  return column;
}

std::vector<double> Transform::base(const PreparedSeries& series, Index target, Index origin, double offset,
                                    Index horizon) const {
  return differences_.continued(std::span(series.levels[size(target)]).first(size(origin)), offset, horizon);
}

}  // namespace recur
