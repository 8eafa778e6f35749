#include "data/series/panel.h"

#include <fmt/core.h>

namespace recur {

Time SeriesPanel::time_of(const OneSeries& series, Index step) const {
  const Index last = static_cast<Index>(series.times.size()) - 1;
  if (step <= last) return series.times[static_cast<std::size_t>(step)];
  return frequency.after(series.times.back(), step - last);
}

Time SeriesPanel::clock_of(const OneSeries& series, Index step) const {
  const Time time = time_of(series, step);
  return zone ? zone->to_local(time) : time + format.offset;
}

std::string SeriesPanel::name_of(const OneSeries& series, Index target) const {
  const std::string& column = columns[static_cast<std::size_t>(target)];
  if (series.id.empty()) return column;
  return targets == 1 ? series.id : series.id + "/" + column;
}

std::string SeriesPanel::write_time(const OneSeries& series, Index step) const {
  if (!has_times()) return std::to_string(step + 1);
  const Time time = time_of(series, step);
  // With an offset of their own, times are written as they were read: write() adds it.
  return format.write(zone && !format.has_offset ? zone->to_local(time) : time);
}

std::string SeriesPanel::place_of_line(Index line, Index seen_from) const {
  // Clang 14 does not compile libstdc++'s views.
  // NOLINTNEXTLINE(modernize-loop-convert)
  for (auto f = files.rbegin(); f != files.rend(); ++f) {
    const bool same = seen_from > f->lines_before;
    if (line > f->lines_before)
      return same ? fmt::format("line {}", line - f->lines_before)
                  : fmt::format("{}:{}", f->name, line - f->lines_before);
    if (same) seen_from = 0;
  }
  return seen_from > 0 ? fmt::format("line {}", line) : fmt::format("{}:{}", file, line);
}

std::string SeriesPanel::place(const OneSeries& series, Index step) const {
  const Index line = series.lines[static_cast<std::size_t>(step)];
  const std::string at = line > 0 ? place_of_line(line) : file;
  return series.id.empty() ? at : fmt::format("{} (series {})", at, series.id);
}

}  // namespace recur
