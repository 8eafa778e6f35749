#include "data/series/frequency.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <utility>

#include "base/text.h"

namespace recur {
namespace {

using std::chrono::year_month_day;

struct Civil {
  Index month;  // since year 0
  int day;
  bool last_day;
  Time clock;
};

Index floor_divide(Index a, Index b) { return a >= 0 ? a / b : -((-a + b - 1) / b); }

Civil civil(Time time) {
  const Index days = floor_divide(time, kDay);
  const year_month_day ymd{std::chrono::sys_days(std::chrono::days(days))};
  const std::chrono::year_month_day_last last{ymd.year(), std::chrono::month_day_last(ymd.month())};
  return {static_cast<int>(ymd.year()) * Index{12} + static_cast<unsigned>(ymd.month()) - 1,
          static_cast<int>(static_cast<unsigned>(ymd.day())), ymd.day() == last.day(), time - days * kDay};
}

Time from_civil(Index month, int day, bool last_day, Time clock) {
  const std::chrono::year y(static_cast<int>(floor_divide(month, 12)));
  const std::chrono::month m(static_cast<unsigned>(month - floor_divide(month, 12) * 12 + 1));
  const std::chrono::day longest = (y / m / std::chrono::last).day();
  const auto d = last_day ? longest : std::min(longest, std::chrono::day(static_cast<unsigned>(day)));
  return std::chrono::sys_days(y / m / d).time_since_epoch().count() * kDay + clock;
}

/// 0 is Sunday.
unsigned weekday(Time time) {
  return std::chrono::weekday(std::chrono::sys_days(std::chrono::days(floor_divide(time, kDay))))
      .c_encoding();
}
bool weekend(Time time) { return weekday(time) == 0 || weekday(time) == 6; }

Index median(std::vector<Index> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>((values.size() - 1) / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

bool all_multiples(const std::vector<Index>& values, Index of) {
  return of > 0 && std::all_of(values.begin(), values.end(), [&](Index v) { return v > 0 && v % of == 0; });
}

/// Months apart, on one day of the month or on its last.
std::optional<Frequency> find_months(std::span<const Time> times) {
  const Civil first = civil(times[0]);
  bool one_day = true, last_days = true;
  std::vector<Index> steps;
  Index previous = first.month;
  for (const Time time : times) {
    const Civil c = civil(time);
    if (c.clock != first.clock) return std::nullopt;
    one_day = one_day && c.day == first.day;
    last_days = last_days && c.last_day;
    if (c.month != previous) steps.push_back(c.month - previous);
    previous = c.month;
  }
  if (steps.size() + 1 != times.size() || (!one_day && !last_days)) return std::nullopt;
  const Index step = median(steps);
  if (!all_multiples(steps, step)) return std::nullopt;
  return Frequency{one_day ? Frequency::Kind::months : Frequency::Kind::month_ends, step};
}

constexpr std::array<std::pair<Time, std::string_view>, 5> kUnits{
    {{7 * kDay, "week"}, {kDay, "day"}, {kHour, "hour"}, {kMinute, "minute"}, {kSecond, "second"}}};

constexpr std::string_view kIrregular = "irregular, about ";

std::string describe_span(Time span) {
  for (const auto& [length, name] : kUnits)
    if (span >= length && span % length == 0) return counted(span / length, name);
  return shortest(static_cast<double>(span) / kSecond) + " seconds";
}

}  // namespace

Time Frequency::after(Time time, Index steps) const {
  switch (kind) {
    case Kind::rows:
      return time;
    case Kind::months:
    case Kind::month_ends: {
      const Civil c = civil(time);
      return from_civil(c.month + steps * step, c.day, kind == Kind::month_ends, c.clock);
    }
    case Kind::weekdays:
      for (Index i = 0; i < steps; ++i) {
        time += kDay;
        while (weekend(time)) time += kDay;
      }
      return time;
    default:
      return time + steps * step;
  }
}

std::optional<Index> Frequency::steps_between(Time earlier, Time later) const {
  if (kind == Kind::months || kind == Kind::month_ends) {
    const Civil a = civil(earlier), b = civil(later);
    if (a.clock != b.clock || (b.month - a.month) % step != 0) return std::nullopt;
    const Index steps = (b.month - a.month) / step;
    return after(earlier, steps) == later ? std::optional(steps) : std::nullopt;
  }
  if ((later - earlier) % step != 0) return std::nullopt;
  return (later - earlier) / step;
}

Index Frequency::steps_in(Time span) const {
  switch (kind) {
    case Kind::time:
      return span / step;
    case Kind::months:
    case Kind::month_ends:
      return span / (step * (365 * kDay / 12));
    case Kind::weekdays:
      return span / kDay * 5 / 7;
    default:
      return 0;
  }
}

std::string Frequency::describe() const {
  switch (kind) {
    case Kind::rows:
      return "rows without times";
    case Kind::number:
      return "steps of " + shortest(static_cast<double>(step) / 1e6);
    case Kind::time:
      return describe_span(step);
    case Kind::months:
    case Kind::month_ends: {
      const std::string ends = kind == Kind::month_ends ? " (last days of months)" : "";
      if (step % 12 == 0) return counted(step / 12, "year") + ends;
      return (step == 3 ? std::string("1 quarter") : counted(step, "month")) + ends;
    }
    case Kind::weekdays:
      return "trading days";
    case Kind::irregular:
      return std::string(kIrregular) + describe_span(step);
    case Kind::irregular_numbers:
      return std::string(kIrregular) + shortest(static_cast<double>(step) / 1e6);
  }
  return {};
}

std::optional<Frequency> read_frequency(std::string_view text) {
  using Kind = Frequency::Kind;
  constexpr std::string_view kNumbers = "steps of ", kEnds = " (last days of months)";
  const auto millionths = [](std::string_view number) -> std::optional<Index> {
    const auto x = parse_number(number);
    if (!x || !(*x >= 1e-6 && *x < 1e12)) return std::nullopt;
    return static_cast<Index>(std::llround(*x * 1e6));
  };
  if (text.starts_with(kIrregular)) {
    text.remove_prefix(kIrregular.size());
    if (const auto step = millionths(text)) return Frequency{Kind::irregular_numbers, *step};
    const auto about = read_frequency(text);
    return about && about->kind == Kind::time ? std::optional(Frequency{Kind::irregular, about->step})
                                              : std::nullopt;
  }
  if (text == "trading days") return Frequency{Kind::weekdays, kDay};
  if (text.starts_with(kNumbers)) {
    const auto step = millionths(text.substr(kNumbers.size()));
    return step ? std::optional(Frequency{Kind::number, *step}) : std::nullopt;
  }
  const bool ends = text.ends_with(kEnds);
  if (ends) text.remove_suffix(kEnds.size());
  const std::size_t blank = text.find(' ');
  if (blank == std::string_view::npos) return std::nullopt;
  const auto count = millionths(text.substr(0, blank));
  std::string_view unit = text.substr(blank + 1);
  if (unit.ends_with('s')) unit.remove_suffix(1);
  if (!count) return std::nullopt;
  for (const auto& [name, months] : {std::pair{"month", 1}, {"quarter", 3}, {"year", 12}})
    if (unit == name && *count % 1'000'000 == 0 && *count <= 1'000'000'000)
      return Frequency{ends ? Kind::month_ends : Kind::months, *count / 1'000'000 * months};
  for (const auto& [length, name] : kUnits)
    if (unit == name && !ends && *count <= 1'000'000'000'000)
      return Frequency{Kind::time, *count * (length / kSecond)};
  return std::nullopt;
}

Frequency find_frequency(std::span<const Time> times, bool numbers) {
  using Kind = Frequency::Kind;
  if (times.size() < 2) return numbers ? Frequency{Kind::number, 1'000'000} : Frequency{Kind::time, kDay};
  std::vector<Index> steps;
  for (std::size_t i = 1; i < times.size(); ++i) steps.push_back(times[i] - times[i - 1]);
  const Index step = median(steps);
  if (!numbers && *std::min_element(steps.begin(), steps.end()) >= 27 * kDay)
    if (const auto months = find_months(times)) return *months;
  if (!all_multiples(steps, step))
    return {numbers ? Kind::irregular_numbers : Kind::irregular, std::max<Index>(step, 1)};
  if (!numbers && step == kDay) {
    const auto gaps = std::count_if(steps.begin(), steps.end(), [&](Index s) { return s != step; });
    if (static_cast<std::size_t>(gaps) * 10 > steps.size() &&
        std::none_of(times.begin(), times.end(), weekend))
      return {Kind::weekdays, kDay};
  }
  return {numbers ? Kind::number : Kind::time, step};
}

std::vector<Index> usual_seasons(const Frequency& frequency) {
  using Kind = Frequency::Kind;
  switch (frequency.kind) {
    case Kind::months:
    case Kind::month_ends:
      return 12 % frequency.step == 0 && frequency.step < 12 ? std::vector<Index>{12 / frequency.step}
                                                             : std::vector<Index>{};
    case Kind::time: {
      std::vector<Index> seasons;
      for (const Time span : {kMinute, kHour, kDay, 7 * kDay, 365 * kDay})
        // A year of minutes is no season that anyone could fit.
        if (span % frequency.step == 0 || span == 365 * kDay)
          if (const Index n = span / frequency.step; n > 1 && n <= 2016) seasons.push_back(n);
      return seasons;
    }
    case Kind::weekdays:
      return {5};
    default:
      return {4, 7, 12, 24, 48, 52, 96, 144, 168, 288, 336, 365};
  }
}

}  // namespace recur
