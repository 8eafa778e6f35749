// How points in time are written: read from the cells of a column, and written back in the same way.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/types.h"

namespace recur {

/// A point in time: microseconds since 1970-01-01 00:00 as written on the wall (UTC where the text says an
/// offset); of a column of plain numbers, millionths.
using Time = Index;

inline constexpr Time kSecond = 1'000'000, kMinute = 60 * kSecond, kHour = 60 * kMinute, kDay = 24 * kHour;

/// A way of writing time. Dates are year-month-day, month/day/year, day/month/year or day.month.year, with or
/// without a time of day (`T` or a space between; seconds and fractions optional; `Z` or ±hh:mm may follow).
struct TimeFormat {
  enum class Date { none, year_first, month_first, day_first, month, quarter };

  Date date = Date::none;     ///< none: plain numbers
  char separator = '-';       ///< between the parts of a date
  char between = 0;           ///< between date and time of day; 0: dates alone
  int seconds_decimals = -1;  ///< digits after the second; 0: whole seconds; −1: hours and minutes only
  bool has_offset = false;    ///< `Z` or ±hh:mm follows
  Time offset = 0;            ///< what it was where the format was found; times are written with it

  bool is_number() const { return date == Date::none; }

  /// The time that a text says, all of it; nothing if it is not of this format.
  std::optional<Time> parse(std::string_view text) const;
  std::string write(Time time) const;
  /// "dates like 2016-07-01 00:00:00".
  std::string describe() const;
};

/// The format of a column: that of its first cell. Where a date may be month/day or day/month, all cells
/// decide, and month/day is taken where they do not; `ambiguous` says so. Nothing if the first cell is no
/// time.
struct FoundFormat {
  TimeFormat format;
  bool ambiguous = false;
};
/// How dates are written where that is known already. Dates that begin with their year are always read.
enum class DateOrder { automatic, year_first, month_first, day_first };
constexpr std::array<std::string_view, 4> names_of(DateOrder) {
  return {"auto", "year_first", "month_first", "day_first"};
}
std::optional<FoundFormat> find_time_format(std::span<const std::string> cells,
                                            DateOrder order = DateOrder::automatic);

}  // namespace recur
