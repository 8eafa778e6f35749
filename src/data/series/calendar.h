// What a calendar says of a time, as inputs of a model.
#pragma once

#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "data/series/time_format.h"

namespace recur {

/// Position in a cycle of the calendar.
enum class Cycle { minute, hour, weekday, day, month, yearday };
constexpr std::array<std::string_view, 6> names_of(Cycle) {
  return {"minute", "hour", "weekday", "day", "month", "yearday"};
}

/// Numbers that a cycle gives: sine and cosine.
inline constexpr Index kNumbersPerCycle = 2;

/// sin and cos of 2π·position of what clocks show at a time, for each cycle, appended to `out`.
void append_calendar(Time clock, std::span<const Cycle> cycles, std::vector<double>& out);

}  // namespace recur
