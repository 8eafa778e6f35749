#include "data/series/calendar.h"

#include <chrono>
#include <cmath>
#include <numbers>

namespace recur {
namespace {

/// From 0 to below 1.
double position(Time clock, Cycle cycle) {
  const Time days = clock >= 0 ? clock / kDay : -((-clock + kDay - 1) / kDay);
  const double of_day = static_cast<double>(clock - days * kDay) / static_cast<double>(kDay);
  const std::chrono::sys_days date{std::chrono::days(days)};
  const std::chrono::year_month_day ymd{date};
  const auto day = static_cast<double>(static_cast<unsigned>(ymd.day()) - 1);
  const auto length =
      static_cast<double>(static_cast<unsigned>((ymd.year() / ymd.month() / std::chrono::last).day()));
  switch (cycle) {
    case Cycle::minute:
      return of_day * 24 - std::floor(of_day * 24);
    case Cycle::hour:
      return of_day;
    case Cycle::weekday:
      return (static_cast<double>(std::chrono::weekday(date).c_encoding()) + of_day) / 7;
    case Cycle::day:
      return (day + of_day) / length;
    case Cycle::month:
      return (static_cast<double>(static_cast<unsigned>(ymd.month()) - 1)) / 12;
    case Cycle::yearday:
      return static_cast<double>((date - std::chrono::sys_days(ymd.year() / 1 / 1)).count()) / 366;
  }
  return 0;
}

}  // namespace

void append_calendar(Time clock, std::span<const Cycle> cycles, std::vector<double>& out) {
  for (const Cycle cycle : cycles) {
    const double angle = 2 * std::numbers::pi * position(clock, cycle);
    out.push_back(std::sin(angle));
    out.push_back(std::cos(angle));
  }
}

}  // namespace recur
