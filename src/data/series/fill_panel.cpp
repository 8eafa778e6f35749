#include "data/series/fill_panel.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"

namespace recur {
namespace {

std::string_view advice(const SeriesPanel& panel) {
  return panel.use == PanelUse::model ? "write what is missing, or use a model trained with --missing "
                                        "interpolate, forward, zero or drop"
                                      : "choose what to do with --missing interpolate, forward, zero or drop";
}

/// Keeps the steps that `keep` lists (−1: a new one, all of it missing).
void rearrange(const SeriesPanel& panel, OneSeries& series, const std::vector<Index>& keep) {
  OneSeries whole{.id = series.id};
  whole.columns.resize(series.columns.size());
  Time time = series.times.empty() ? 0 : series.times[0];
  Index known = 0;
  for (const Index step : keep) {
    const std::size_t s = static_cast<std::size_t>(step);
    for (std::size_t c = 0; c < series.columns.size(); ++c)
      whole.columns[c].push_back(step < 0 ? std::numeric_limits<double>::quiet_NaN() : series.columns[c][s]);
    if (!series.times.empty())
      whole.times.push_back(time = step < 0 ? panel.frequency.after(time) : series.times[s]);
    whole.lines.push_back(step < 0 ? 0 : series.lines[s]);
    if (step >= 0 && step < series.known_steps) known = static_cast<Index>(whole.lines.size());
  }
  whole.known_steps = known;
  series = std::move(whole);
}

Index add_steps(const SeriesPanel& panel, OneSeries& series, Missing policy) {
  std::vector<Index> keep{0};
  Index added = 0;
  for (std::size_t i = 1; i < series.times.size(); ++i) {
    const Time before = series.times[i - 1], now = series.times[i];
    const auto steps = panel.frequency.steps_between(before, now);
    const Index step = static_cast<Index>(i);
    check<DataError>(steps.has_value() && *steps >= 1,
                     "{}: time {} is no whole number of steps of {} after {}", panel.place(series, step),
                     panel.write_time(series, step), panel.frequency.describe(),
                     panel.write_time(series, step - 1));
    if (*steps > 1) {
      check<DataError>(
          policy != Missing::error, "{}: {} step{} missing between {} and {} (the frequency is {}); {}{}",
          panel.place(series, step), *steps - 1, *steps == 2 ? " is" : "s are",
          panel.write_time(series, step - 1), panel.write_time(series, step), panel.frequency.describe(),
          advice(panel),
          panel.use == PanelUse::model || panel.zone || panel.format.has_offset || panel.format.between == 0
              ? ""
              : ", or name the time zone with --zone if clocks were changed");
      // More would be a mistake in a time, and more than memory holds.
      check<DataError>(
          *steps - 1 + added <= 1'000'000 + 10 * static_cast<Index>(series.times.size()),
          "{}: {} steps are missing between {} and {}, more than can be filled in; mend the times{}",
          panel.place(series, step), *steps - 1, panel.write_time(series, step - 1),
          panel.write_time(series, step), panel.use == PanelUse::model ? "" : ", or use --missing drop");
      for (Index k = 1; k < *steps; ++k) keep.push_back(-1);
      added += *steps - 1;
    }
    keep.push_back(step);
  }
  if (added > 0) rearrange(panel, series, keep);
  return added;
}

/// What is missing in x, from the values around it.
void fill(std::vector<double>& x, Missing policy) {
  const std::size_t n = x.size();
  for (std::size_t i = 0; i < n;) {
    if (!std::isnan(x[i])) {
      ++i;
      continue;
    }
    std::size_t end = i;
    while (end < n && std::isnan(x[end])) ++end;
    for (std::size_t k = i; k < end; ++k) {
      if (policy == Missing::zero) x[k] = 0;
      if (policy == Missing::forward) x[k] = x[i - 1];
      if (policy != Missing::interpolate) continue;
      if (i == 0 || end == n) {
        x[k] = i == 0 ? x[end] : x[i - 1];
      } else {
        const double share = static_cast<double>(k - i + 1) / static_cast<double>(end - i + 1);
        x[k] = x[i - 1] + share * (x[end] - x[i - 1]);
      }
    }
    i = end;
  }
}

}  // namespace

Filled fill_panel(const SeriesPanel& panel, OneSeries& series, Missing policy) {
  Filled filled;
  if (panel.frequency.regular() && !series.times.empty() && policy != Missing::drop)
    filled.steps = add_steps(panel, series, policy);
  const Index all = static_cast<Index>(series.lines.size());
  const auto known_at = [&](std::size_t column, Index step) {
    return step < series.known_steps || static_cast<Index>(column) >= panel.targets + panel.covariates;
  };
  std::vector<bool> broken(static_cast<std::size_t>(all), false);
  bool any = false;
  for (std::size_t c = 0; c < series.columns.size(); ++c)
    for (Index t = 0; t < all; ++t) {
      if (!known_at(c, t) || !std::isnan(series.columns[c][static_cast<std::size_t>(t)])) continue;
      check<DataError>(policy != Missing::error, "{}: column '{}' has no value; {}", panel.place(series, t),
                       panel.columns[c], advice(panel));
      broken[static_cast<std::size_t>(t)] = true;
      any = true;
      if (series.lines[static_cast<std::size_t>(t)] > 0) ++filled.values;
    }
  if (!any) return filled;
  if (policy == Missing::drop) {
    std::vector<Index> keep;
    for (Index t = 0; t < all; ++t)
      if (!broken[static_cast<std::size_t>(t)]) keep.push_back(t);
    check<DataError>(!keep.empty(), "{}: every row of the series lacks a value", panel.place(series, 0));
    rearrange(panel, series, keep);
    return filled;
  }
  series.filled.assign(series.columns.size(), std::vector<bool>(static_cast<std::size_t>(all), false));
  for (std::size_t c = 0; c < series.columns.size(); ++c) {
    std::vector<double>& x = series.columns[c];
    for (Index t = 0; t < all; ++t)
      series.filled[c][static_cast<std::size_t>(t)] =
          known_at(c, t) && std::isnan(x[static_cast<std::size_t>(t)]);
    const bool in_advance = static_cast<Index>(c) >= panel.targets + panel.covariates;
    x.resize(static_cast<std::size_t>(in_advance ? all : series.known_steps));
    check<DataError>(policy != Missing::forward || x.empty() || !std::isnan(x[0]),
                     "{}: column '{}' begins without a value, so that there is none to carry forward; {} "
                     "--missing interpolate, zero or drop",
                     panel.place(series, 0), panel.columns[c],
                     panel.use == PanelUse::model ? "write one, or use a model trained with" : "use");
    check<DataError>(policy == Missing::zero || x.empty() ||
                         std::any_of(x.begin(), x.end(), [](double v) { return !std::isnan(v); }),
                     "{}: column '{}' holds no value at all", panel.place(series, 0), panel.columns[c]);
    fill(x, policy);
    x.resize(static_cast<std::size_t>(all), std::numeric_limits<double>::quiet_NaN());
  }
  return filled;
}

}  // namespace recur
