// The times of a panel's series, and its frequency.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "data/series/panel.h"
#include "data/series/series_source.h"

namespace recur {

/// Finds the format of all times, [series][step] as they are written, adds them to the series, and finds the
/// frequency, which must be the source's where it names one. Throws DataError with file and line.
void set_times(SeriesPanel& panel, const SeriesSource& source,
               const std::vector<std::vector<std::string>>& texts);

/// Adds the time of the next step of a series, whose line is there already. Throws DataError with file and
/// line where it is not of the panel's format; where it does not rise, with the hint.
void append_time(const SeriesPanel& panel, OneSeries& series, std::string_view text,
                 std::string_view hint = "");

}  // namespace recur
