#include "tasks/forecast/forecast_data.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

#include "base/along_series.h"
#include "base/error.h"
#include "base/text.h"
#include "data/series/read_panel.h"
#include "data/series/season.h"

namespace recur {
namespace {

std::size_t size(Index i) { return static_cast<std::size_t>(i); }

Index share_of(Index count, double fraction) {
  return static_cast<Index>(std::llround(fraction * static_cast<double>(count)));
}

OneSeries* find(SeriesPanel& panel, const std::string& id) {
  for (OneSeries& series : panel.list)
    if (series.id == id) return &series;
  return nullptr;
}

/// Whether a series begins where another ends: one step later, or no longer a pause than that has elsewhere
/// if its steps are rows.
bool goes_on(const SeriesPanel& panel, const OneSeries& first, const OneSeries& second) {
  if (!panel.has_times()) return !first.id.empty();  // by its name, as in the M4 competition
  const Time from = first.times.back(), to = second.times.front();
  if (panel.frequency.regular()) return panel.frequency.after(from) == to;
  Time pause = 0;
  for (std::size_t i = 1; i < first.times.size(); ++i)
    pause = std::max(pause, first.times[i] - first.times[i - 1]);
  return to > from && to - from <= pause;
}

/// Whether a part of `all` is `part`, in time |all| + |part| (Knuth, Morris and Pratt 1977).
bool contains(std::span<const double> all, std::span<const double> part) {
  std::vector<std::size_t> borders{0};  // of each beginning of the part, how much of its end begins the part
  std::size_t matched = 0;
  const auto read = [&](double x) {
    while (matched > 0 && (matched == part.size() || part[matched] != x)) matched = borders[matched - 1];
    if (part[matched] == x) ++matched;
    return matched;
  };
  for (const double x : part.subspan(1)) borders.push_back(read(x));
  matched = 0;
  return std::any_of(all.begin(), all.end(), [&](double x) { return read(x) == part.size(); });
}

/// Whether a series of another file was read already. Times tell: at one time a series has one value, so
/// windows of different times are different examples, however alike. Without times its values tell, if they
/// are not all the same and as many as a window has.
bool overlap(const OneSeries& before, const OneSeries& after, Index window) {
  if (!before.times.empty() && !after.times.empty())
    return after.times.front() <= before.times.back() && after.times.back() >= before.times.front();
  const auto a = std::span(before.columns[0]).first(size(before.steps())),
             b = std::span(after.columns[0]).first(size(after.steps()));
  return after.steps() >= window &&
         std::adjacent_find(b.begin(), b.end(), std::not_equal_to<>()) != b.end() && contains(a, b);
}

void append(OneSeries& series, const OneSeries& more) {
  for (std::size_t c = 0; c < series.columns.size(); ++c) {
    series.columns[c].resize(size(series.known_steps));
    series.columns[c].insert(series.columns[c].end(), more.columns[c].begin(), more.columns[c].end());
  }
  if (!series.times.empty()) series.times.resize(size(series.known_steps));
  series.times.insert(series.times.end(), more.times.begin(), more.times.end());
  series.lines.resize(size(series.known_steps));
  series.lines.insert(series.lines.end(), more.lines.begin(), more.lines.end());
  if (!series.filled.empty() || !more.filled.empty()) {
    series.filled.resize(series.columns.size());
    for (std::size_t c = 0; c < series.columns.size(); ++c) {
      series.filled[c].resize(size(series.known_steps));
      for (std::size_t t = 0; t < more.lines.size(); ++t)
        series.filled[c].push_back(more.was_filled(static_cast<Index>(c), static_cast<Index>(t)));
    }
  }
  series.known_steps += more.known_steps;
}

}  // namespace

ForecastData::ForecastData(const ForecastConfig& config, SeriesPanel panel)
    : config_(config), panel_(std::move(panel)), transform_(config.transform) {
  notes_ = panel_.notes;
  static_cast<SeriesSource&>(config_.data) = resolved(config_.data, panel_);
}

ForecastData ForecastData::for_training(const ForecastConfig& config) {
  ForecastData data(config, read_panel(std::span(config.data.train), config.data));
  data.split();
  if (!config.data.valid.empty()) data.add_file(config.data.valid, Part::valid);
  if (!config.data.test.empty()) data.add_file(config.data.test, Part::test);
  data.find_season();
  data.fit();
  Index longest = 0;
  for (Index s = 0; s < data.series(); ++s) longest = std::max(longest, data.fitted_end(s));
  const Index needed = data.reach() + config.data.horizon;
  check<DataError>(
      !data.windows(Part::train).empty(),
      "{}: its longest series has {} steps to train on, expected at least {} (lookback {}{}, horizon {}); "
      "lower --lookback or --horizon",
      data.panel_.file, longest, needed, config.data.lookback,
      data.transform_.reach() > 0 ? fmt::format(", {} for differences and lags", data.transform_.reach())
                                  : "",
      config.data.horizon);
  if (!config.data.valid.empty()) data.check_file(Part::valid, config.data.valid);
  check<DataError>(!data.windows(Part::valid).empty(),
                   "{}: no series has a window of horizon {} and of measured values in its validation part; "
                   "raise --valid-fraction ({}) or "
                   "give --valid-rows",
                   data.panel_.file, config.data.horizon, shortest(config.data.valid_fraction));
  data.check_tested(config);
  if (data.season() > longest)
    data.notes_.push_back(
        fmt::format("warning: season is {} steps, but the longest series has {} to train on: its seasonal "
                    "naive forecast is the last value, and there is no mase",
                    data.season(), longest));
  data.tell_of_filled();
  const auto short_ones = std::count_if(data.parts_.begin(), data.parts_.end(), [&](const SeriesParts& p) {
    return p.valid > 0 && p.valid < needed;
  });
  if (short_ones > 0)
    data.notes_.push_back(
        fmt::format("{} of {} series are too short to train on: they have fewer than {} steps", short_ones,
                    data.series(), needed));
  return data;
}

ForecastData ForecastData::for_model(const ForecastConfig& config, const FittedScales& scales,
                                     const std::filesystem::path& file) {
  return for_panel(config, scales, read_panel(file, config.data, PanelUse::model));
}

ForecastData ForecastData::for_panel(const ForecastConfig& config, const FittedScales& scales,
                                     SeriesPanel panel) {
  ForecastData data(config, std::move(panel));
  data.scales_ = scales;
  check<DataError>(scales.inputs.size() == data.panel_.columns.size(),
                   "{}: has {} columns that the model reads, expected {}", data.panel_.file,
                   data.panel_.columns.size(), scales.inputs.size());
  data.season_ = std::max<Index>(config.data.season, 1);
  for (const OneSeries& series : data.panel_.list) {
    data.parts_.push_back({0, 0, series.steps()});
    data.prepared_.push_back(data.transform_.prepare(data.panel_, series));
  }
  data.prepare();
  return data;
}

ForecastData ForecastData::moved(Index begin, Index steps) const {
  ForecastData data(config_, panel_);
  data.season_ = season_;
  Index times = 0;
  do {  // ends with what validates now, at the latest
    ++times;
    data.parts_.clear();
    for (const SeriesParts& now : parts_) {
      const Index validation = times * (now.test - now.valid), test = std::min(now.end, now.test + begin);
      data.parts_.push_back({std::max(now.valid, test - validation), test,
                             std::min(now.end, test + steps + config_.data.horizon - 1)});
    }
  } while (data.windows(Part::valid).empty());
  data.fit();
  return data;
}

void ForecastData::fit() {
  std::vector<Index> ends;
  for (Index s = 0; s < series(); ++s) ends.push_back(fitted_end(s));
  for (const OneSeries& series : panel_.list) prepared_.push_back(transform_.prepare(panel_, series));
  scales_ = transform_.fit(panel_, prepared_, ends, notes_);
  prepare();
}

void ForecastData::split() {
  const ForecastDataConfig& d = config_.data;
  for (const OneSeries& series : panel_.list) {
    const Index all = series.steps();
    const Index test = d.test_rows > 0 ? d.test_rows : share_of(all, d.test_fraction);
    const Index before = d.train_rows > 0 ? d.train_rows : all - test;
    Index valid = d.valid_rows > 0 ? d.valid_rows : std::max(d.horizon, share_of(before, d.valid_fraction));
    if (!d.valid.empty()) valid = 0;
    const Index train = d.train_rows > 0 ? d.train_rows : before - valid;
    check<DataError>(train > 0 && train + valid + test <= all,
                     "{}{}: {} steps, expected more than {} for validation and {} for testing{}", panel_.file,
                     series.id.empty() ? "" : " (series " + series.id + ")", all, valid, test,
                     d.train_rows > 0 ? fmt::format(", and {} for training", train) : "");
    parts_.push_back({train, train + valid, train + valid + test});
    if (d.train_rows > 0 && train + valid + test < all && panel_.list.size() == 1)
      notes_.push_back(
          fmt::format("the last {} of {} steps are in no part", all - train - valid - test, all));
  }
}

void ForecastData::add_file(const std::filesystem::path& file, Part part) {
  SeriesPanel more = read_panel(file, config_.data, PanelUse::part);
  check<DataError>(more.columns == panel_.columns, "{}: its columns are not those of {}", more.file,
                   panel_.file);
  Index lines_before = 0;
  for (const OneSeries& series : panel_.list)
    for (const Index line : series.lines) lines_before = std::max(lines_before, line);
  for (const SeriesPanel::File& one : more.files)
    panel_.files.push_back({one.name, one.lines_before + lines_before});
  Index joined = 0, overlapping = 0;
  for (OneSeries& series : more.list) {
    for (Index& line : series.lines)
      if (line > 0) line += lines_before;
    OneSeries* const before = find(panel_, series.id);
    if (before != nullptr && overlap(*before, series, reach() + config_.data.horizon)) ++overlapping;
    if (before != nullptr && goes_on(panel_, *before, series)) {
      SeriesParts& parts = parts_[size(before - panel_.list.data())];
      check<ConfigError>(
          parts.end == before->steps(),
          "{} goes on where the training file ends, but rows before that are in no part; leave "
          "--train-rows out",
          more.file);
      check<ConfigError>(
          part != Part::valid || parts.test == parts.end,
          "{} goes on where {} ends, whose last {} rows are to test; give the test part with --test",
          more.file, panel_.file, parts.end - parts.test);
      append(*before, series);
      parts.end += series.steps();
      if (part == Part::valid) parts.test = parts.end;
      ++joined;
      continue;
    }
    const Index steps = series.steps();
    panel_.list.push_back(std::move(series));
    parts_.push_back(part == Part::valid ? SeriesParts{0, steps, steps} : SeriesParts{0, 0, steps});
  }
  notes_.insert(notes_.end(), more.notes.begin(), more.notes.end());
  if (overlapping > 0)
    notes_.push_back(
        fmt::format("warning: {} and {} hold the same {}{}: the model may have seen what it is scored on",
                    more.file, panel_.file, panel_.has_times() ? "times" : "values",
                    overlapping > 1 ? fmt::format(" of {} series", overlapping) : ""));
  if (joined > 0)
    notes_.push_back(
        fmt::format("{} goes on where {} ends: its windows look back into it", more.file, panel_.file));
}

Index ForecastData::fitted_end(Index series) const {
  const Index all = parts(series).valid;
  if (config_.data.missing != Missing::interpolate) return all;
  Index end = all;
  for (Index c = 0; c < panel_.targets + panel_.covariates; ++c) {
    Index own = all;
    while (own > 0 && panel_.list[size(series)].was_filled(c, own - 1)) --own;
    end = std::min(end, own);
  }
  return end;
}

void ForecastData::find_season() {
  if (config_.data.season > 0) {
    season_ = config_.data.season;
    return;
  }
  // Each series has a vote.
  const std::vector<Index> candidates = usual_seasons(panel_.frequency);
  std::map<Index, Index> votes;
  for (std::size_t s = 0; s < panel_.list.size() && s < 100; ++s)
    for (std::size_t d = 0; d < size(panel_.targets); ++d) {
      const auto training =
          std::span(panel_.list[s].columns[d]).first(size(fitted_end(static_cast<Index>(s))));
      if (!training.empty()) ++votes[recur::find_season(training, candidates).steps];
    }
  Index most = 0;
  for (const auto& [steps, count] : votes)
    if (count > most) {
      most = count;
      season_ = steps;
    }
  config_.data.season = season_;
}

void ForecastData::prepare() {
  for (std::size_t s = 0; s < panel_.list.size(); ++s)
    transform_.add_inputs(panel_, panel_.list[s], scales_, panel_.list[s].steps() + config_.data.horizon,
                          prepared_[s]);
  find_deviations();
}

void ForecastData::find_deviations() {
  for (std::size_t s = 0; s < panel_.list.size(); ++s) {
    deviations_.emplace_back();
    for (std::size_t d = 0; d < size(panel_.targets); ++d) {
      const auto x = std::span(panel_.list[s].columns[d]).first(size(fitted_end(static_cast<Index>(s))));
      double mean = 0, square = 0;
      for (const double v : x) mean += v / static_cast<double>(x.size());
      for (const double v : x) square += (v - mean) * (v - mean) / static_cast<double>(x.size());
      const double deviation = std::sqrt(square);
      deviations_[s].push_back(deviation > 1e-12 * largest_of(x) ? deviation : scales_.original[d].scale);
    }
  }
}

std::pair<Index, Index> ForecastData::origins(Index series, Part part) const {
  const SeriesParts& p = parts(series);
  const Index begin = part == Part::train ? 0 : part == Part::valid ? p.valid : p.test;
  const Index end = part == Part::train ? fitted_end(series) : part == Part::valid ? p.test : p.end;
  const Index first = std::max(begin, reach());
  return {first, std::max(first, end - config_.data.horizon + 1)};
}

std::vector<Window> ForecastData::windows(Part part, Index stride, Index offset) const {
  std::vector<Window> out;
  for (Index s = 0; s < series(); ++s) {
    const auto [begin, end] = origins(s, part);
    for (Index o = begin + offset; o < end; o += stride)
      if (part == Part::train || is_fair({s, o})) out.push_back({s, o});
  }
  return out;
}

Index ForecastData::left_out(Part part) const {
  Index all = 0;
  for (Index s = 0; s < series(); ++s) {
    const auto [begin, end] = origins(s, part);
    all += end - begin;
  }
  return all - static_cast<Index>(windows(part).size());
}

void ForecastData::expect_scored(Part part, const std::string& file) const {
  check<DataError>(!windows(part).empty() || left_out(part) == 0,
                   "{}: none of its {} can be scored: they begin inside an interpolated gap, or none of "
                   "their targets was measured",
                   file, counted(left_out(part), "window"));
}

void ForecastData::check_file(Part part, const std::filesystem::path& file) const {
  if (!windows(part).empty()) return;
  expect_scored(part, file.string());
  Index longest = 0;
  for (const SeriesParts& p : parts_)
    longest = std::max(longest, part == Part::valid ? p.test - p.valid : p.end - p.test);
  const Index horizon = config_.data.horizon;
  fail<DataError>(
      "{}: no series has steps enough to {}: {} (lookback {}, horizon {}), or {} where it goes on after its "
      "training part; the longest has {}",
      file.string(), part == Part::valid ? "validate" : "test", reach() + horizon, config_.data.lookback,
      horizon, horizon, longest);
}

void ForecastData::check_tested(const ForecastConfig& asked) const {
  const ForecastDataConfig& d = asked.data;
  if (!d.test.empty()) check_file(Part::test, d.test);
  if (!windows(Part::test).empty() || (d.test_rows == 0 && d.test_fraction == 0)) return;
  expect_scored(Part::test, panel_.file);
  fail<DataError>(
      "{}: no series has a test part of a horizon ({}) behind a lookback; raise --test-fraction or "
      "--test-rows",
      panel_.file, d.horizon);
}

bool ForecastData::is_fair(const Window& window) const {
  const OneSeries& series = panel_.list[size(window.series)];
  if (series.filled.empty()) return true;
  if (config_.data.missing == Missing::interpolate && window.origin > 0)
    for (Index c = 0; c < panel_.targets + panel_.covariates; ++c)
      if (series.was_filled(c, window.origin - 1)) return false;
  for (Index d = 0; d < panel_.targets; ++d)
    for (Index h = 0; h < config_.data.horizon; ++h)
      if (!series.was_filled(d, window.origin + h)) return true;
  return false;
}

void ForecastData::tell_of_filled() {
  Index values = 0;
  for (Index s = 0; s < series(); ++s)
    for (Index d = 0; d < panel_.targets; ++d)
      for (Index t = parts(s).valid; t < parts(s).end; ++t)
        values += panel_.list[size(s)].was_filled(d, t) ? 1 : 0;
  const Index without = left_out(Part::valid) + left_out(Part::test);
  if (values > 0)
    notes_.push_back(
        fmt::format("{} in the parts for validation and testing were filled in, and are not scored",
                    counted(values, "value")));
  if (without > 0)
    notes_.push_back(fmt::format(
        "{} of {} windows of validation and test are left out: they begin inside an interpolated "
        "gap, or none of their targets was measured",
        without, without + static_cast<Index>(windows(Part::valid).size() + windows(Part::test).size())));
}

std::span<const double> ForecastData::values(Index series, Index target) const {
  const OneSeries& one = panel_.list[size(series)];
  return std::span(one.columns[size(target)]).first(size(one.steps()));
}

double ForecastData::deviation(Index series, Index target) const {
  return deviations_[size(series)][size(target)];
}

}  // namespace recur
