#include "data/series/panel_times.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"

namespace recur {
namespace {

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
  if (expected->irregular()) {
    panel.frequency = *expected;
    return;
  }
  std::size_t fitting = 0;
  for (std::size_t i = 1; i < times.size(); ++i) {
    const Time span = times[i] - times[i - 1];
    const bool fits = expected->regular() ? expected->steps_between(times[i - 1], times[i]) == 1
                                          : span % kDay == 0 && span <= 4 * kDay;  // over a long weekend
    if (fits) ++fitting;
  }
  const bool agrees = times.size() < 3 || 2 * fitting + 1 >= times.size();
  check<ConfigError>(agrees || panel.use != PanelUse::training,
                     "{}: the frequency of its times is {}, but --frequency says {}; leave it out",
                     panel.file, panel.frequency.describe(), text);
  check<DataError>(agrees, "{}: the frequency of its times is {}, expected {} as {}", panel.file,
                   panel.frequency.describe(), text,
                   panel.use == PanelUse::model ? "the model was made for" : "what is trained on has");
  panel.frequency = *expected;
}

}  // namespace

void append_time(const SeriesPanel& panel, OneSeries& series, std::string_view text, std::string_view hint) {
  const Index step = static_cast<Index>(series.times.size());
  auto time = panel.format.parse(text);
  if (!time)
    fail<DataError>("{}: column '{}' holds '{}', expected {}", panel.place(series, step), panel.time_column,
                    shortened(text), panel.format.describe());
  const auto previous = step == 0 ? std::nullopt : std::optional(series.times.back());
  if (panel.zone && !panel.format.has_offset) {
    time = panel.zone->to_utc(*time, previous);
    check<DataError>(time.has_value(), "{}: clocks in {} never showed {}: they were put forward over it",
                     panel.place(series, step), panel.zone->name(), text);
  }
  if (previous && *time <= *previous) {
    const auto line = [&](Index s) { return series.lines[static_cast<std::size_t>(s)]; };
    fail<DataError>("{}: time {} {} {}, expected times that rise{}", panel.place(series, step), text,
                    *time == *previous ? "stands already in" : "is before that of",
                    panel.place_of_line(line(step - 1), line(step)), hint);
  }
  series.times.push_back(*time);
}

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
  const char* const hint = panel.use == PanelUse::model ? ""
                           : panel.format.between != 0 && !panel.zone && !panel.format.has_offset
                               ? " (if clocks were put back, name the time zone with --zone)"
                           : panel.files.size() > 1 ? " (give files in the order of their times)"
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
    panel.notes.emplace_back("times are trading days, which are irregular: steps are rows");
  if (panel.frequency.irregular())
    panel.notes.emplace_back(
        "times are irregular: steps are rows, times of forecasts go on by the median step");
}

}  // namespace recur
