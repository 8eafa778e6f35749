// The frequency of a series, found from its times: how far one step is from the next.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "data/series/time_format.h"

namespace recur {

struct Frequency {
  enum class Kind {
    rows,               ///< there are no times: steps are rows
    number,             ///< plain numbers, `step` apart
    time,               ///< `step` microseconds apart
    months,             ///< `step` months apart, on one day of the month
    month_ends,         ///< `step` months apart, on the last day of the month
    weekdays,           ///< trading days: no Saturday, no Sunday, some days missing; steps are rows
    irregular,          ///< no step fits: steps are rows, `step` (the median) apart in what is predicted
    irregular_numbers,  ///< the same of plain numbers
  };
  Kind kind = Kind::rows;
  Index step = 1;

  /// Whether the time of a row follows from the row before, so that a missing step is seen.
  bool regular() const { return kind != Kind::weekdays && !irregular() && kind != Kind::rows; }
  bool irregular() const { return kind == Kind::irregular || kind == Kind::irregular_numbers; }
  /// Whether its times are plain numbers, no dates.
  bool is_number() const { return kind == Kind::number || kind == Kind::irregular_numbers; }
  /// The time `steps` after.
  Time after(Time time, Index steps = 1) const;
  /// How many steps `later` is after `earlier`; nothing if it is not a whole number. REQUIRES: regular().
  std::optional<Index> steps_between(Time earlier, Time later) const;
  /// Steps that are about this long: of a day, a week, a year. 0 where it is less than one, or unknown.
  Index steps_in(Time span) const;
  /// "1 hour", "30 minutes", "1 month", "trading days", "irregular, about 1 hour".
  std::string describe() const;
};

/// What Frequency::describe() says, read back; "irregular" alone has no step, and is nothing.
std::optional<Frequency> read_frequency(std::string_view text);

/// The frequency of rising times: the median step, months and quarters by the calendar. `numbers`:
/// they are no dates.
Frequency find_frequency(std::span<const Time> times, bool numbers);

/// Seasons that are usual at a frequency, in steps, shortest first: 24 and 168 of hours.
std::vector<Index> usual_seasons(const Frequency& frequency);

}  // namespace recur
