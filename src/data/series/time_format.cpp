#include "data/series/time_format.h"

#include <fmt/format.h>

#include <chrono>
#include <cmath>

#include "base/text.h"

namespace recur {
namespace {

using std::chrono::year_month_day;

/// Reads a text from its front.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool done() const { return text_.empty(); }
  char peek() const { return text_.empty() ? '\0' : text_.front(); }
  bool take(char c) {
    if (peek() != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  /// A number of `least` to `most` digits.
  std::optional<int> digits(std::size_t least, std::size_t most) {
    std::size_t n = 0;
    int value = 0;
    while (n < most && n < text_.size() && text_[n] >= '0' && text_[n] <= '9')
      value = value * 10 + (text_[n++] - '0');
    if (n < least) return std::nullopt;
    text_.remove_prefix(n);
    taken_ = static_cast<int>(n);
    return value;
  }
  int taken() const { return taken_; }

 private:
  std::string_view text_;
  int taken_ = 0;
};

std::optional<Time> at_midnight(int y, int m, int d) {
  const year_month_day date{std::chrono::year(y), std::chrono::month(static_cast<unsigned>(m)),
                            std::chrono::day(static_cast<unsigned>(d))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date).time_since_epoch().count() * kDay;
}

/// The date in front of a text; `found` learns its separator and whether it is whole.
std::optional<Time> read_date(Reader& in, TimeFormat& found) {
  using Date = TimeFormat::Date;
  const auto year_first = [&]() -> std::optional<Time> {
    const auto y = in.digits(4, 4);
    if (!y) return std::nullopt;
    const bool quarter_at_once = in.peek() == 'Q';
    if (!quarter_at_once) {
      if (in.peek() != '-' && in.peek() != '/' && in.peek() != '.') return std::nullopt;
      found.separator = in.peek();
      in.take(in.peek());
    }
    if (in.take('Q')) {
      const auto q = in.digits(1, 1);
      found.date = Date::quarter;
      if (quarter_at_once) found.separator = 0;
      return q && *q >= 1 && *q <= 4 ? at_midnight(*y, *q * 3 - 2, 1) : std::nullopt;
    }
    const auto m = in.digits(1, 2);
    if (!m) return std::nullopt;
    if (!in.take(found.separator)) {
      found.date = Date::month;
      return at_midnight(*y, *m, 1);
    }
    const auto d = in.digits(1, 2);
    found.date = Date::year_first;
    return d ? at_midnight(*y, *m, *d) : std::nullopt;
  };
  const auto year_last = [&](bool month_first) -> std::optional<Time> {
    const auto a = in.digits(1, 2);
    if (!a || (in.peek() != '/' && in.peek() != '.' && in.peek() != '-')) return std::nullopt;
    found.separator = in.peek();
    in.take(found.separator);
    const auto b = in.digits(1, 2);
    if (!b || !in.take(found.separator)) return std::nullopt;
    const auto y = in.digits(4, 4);
    found.date = month_first ? Date::month_first : Date::day_first;
    return y ? at_midnight(*y, month_first ? *a : *b, month_first ? *b : *a) : std::nullopt;
  };
  switch (found.date) {
    case Date::month_first:
      return year_last(true);
    case Date::day_first:
      return year_last(false);
    default:
      return year_first();
  }
}

std::optional<Time> read_clock(Reader& in, TimeFormat& found) {
  const auto h = in.digits(1, 2);
  if (!h || !in.take(':')) return std::nullopt;
  const auto m = in.digits(2, 2);
  if (!m || *h > 23 || *m > 59) return std::nullopt;
  Time time = *h * kHour + *m * kMinute;
  found.seconds_decimals = -1;
  if (in.take(':')) {
    const auto s = in.digits(2, 2);
    if (!s || *s > 59) return std::nullopt;
    time += *s * kSecond;
    found.seconds_decimals = 0;
    if (in.take('.')) {
      const auto fraction = in.digits(1, 6);
      if (!fraction) return std::nullopt;
      found.seconds_decimals = in.taken();
      time += static_cast<Time>(*fraction * std::pow(10, 6 - in.taken()));
      while (in.peek() >= '0' && in.peek() <= '9') in.take(in.peek());  // finer than a microsecond
    }
  }
  return time;
}

/// `Z` or ±hh:mm or ±hhmm, as what local time is ahead of UTC.
std::optional<Time> read_offset(Reader& in) {
  if (in.take('Z')) return 0;
  const Time sign = in.peek() == '-' ? -1 : 1;
  if (!in.take('+') && !in.take('-')) return std::nullopt;
  const auto h = in.digits(2, 2);
  in.take(':');
  const auto m = in.digits(2, 2);
  if (!h || !m) return std::nullopt;
  return sign * (*h * kHour + *m * kMinute);
}

std::optional<Time> read_number(std::string_view text) {
  const auto x = parse_number(text);
  if (!x || !(std::abs(*x) < 4e12)) return std::nullopt;  // so that differences of times are in range
  return static_cast<Time>(std::llround(*x * 1e6));
}

/// Reads a text with what `format` says of the order of a date, and says of which format it is exactly.
std::optional<Time> read_time(std::string_view text, TimeFormat& format) {
  Reader in(text);
  const auto date = read_date(in, format);
  if (!date) return std::nullopt;
  format.between = 0;
  format.has_offset = false;
  if (in.done()) return date;
  if (format.date == TimeFormat::Date::month || format.date == TimeFormat::Date::quarter) return std::nullopt;
  format.between = in.peek();
  if (!in.take('T') && !in.take(' ')) return std::nullopt;
  const auto clock = read_clock(in, format);
  if (!clock) return std::nullopt;
  Time time = *date + *clock;
  if (in.done()) return time;
  in.take(' ');
  const auto offset = read_offset(in);
  if (!offset || !in.done()) return std::nullopt;
  format.has_offset = true;
  format.offset = *offset;
  return time - *offset;
}

}  // namespace

std::optional<Time> TimeFormat::parse(std::string_view text) const {
  if (is_number()) return read_number(text);
  TimeFormat found;
  found.date = date;
  const auto time = read_time(text, found);
  // Seconds, fractions and the time of midnight may be left out; what a date is must not change.
  const bool same = found.date == date && found.separator == separator && found.has_offset == has_offset;
  return same ? time : std::nullopt;
}

std::string TimeFormat::write(Time time) const {
  if (is_number()) return shortest(static_cast<double>(time) / 1e6);
  time += offset;
  const Time days = time >= 0 ? time / kDay : -((-time + kDay - 1) / kDay), clock = time - days * kDay;
  const year_month_day ymd{std::chrono::sys_days(std::chrono::days(days))};
  const int y = static_cast<int>(ymd.year());
  const unsigned m = static_cast<unsigned>(ymd.month()), d = static_cast<unsigned>(ymd.day());
  std::string out;
  const std::string dash = separator == 0 ? "" : std::string(1, separator);
  switch (date) {
    case Date::month:
      return fmt::format("{:04}{}{:02}", y, dash, m);
    case Date::quarter:
      return fmt::format("{:04}{}Q{}", y, dash, (m + 2) / 3);
    case Date::month_first:
      out = fmt::format("{:02}{}{:02}{}{:04}", m, dash, d, dash, y);
      break;
    case Date::day_first:
      out = fmt::format("{:02}{}{:02}{}{:04}", d, dash, m, dash, y);
      break;
    default:
      out = fmt::format("{:04}{}{:02}{}{:02}", y, dash, m, dash, d);
  }
  if (between == 0) return out;
  out += fmt::format("{}{:02}:{:02}", between, clock / kHour, clock / kMinute % 60);
  if (seconds_decimals >= 0) out += fmt::format(":{:02}", clock / kSecond % 60);
  if (seconds_decimals > 0)
    out += fmt::format(".{:06}", clock % kSecond).substr(0, static_cast<std::size_t>(seconds_decimals) + 1);
  if (!has_offset) return out;
  if (offset == 0) return out + "Z";
  const Time ahead = std::abs(offset);
  return out + fmt::format("{}{:02}:{:02}", offset < 0 ? '-' : '+', ahead / kHour, ahead / kMinute % 60);
}

std::string TimeFormat::describe() const {
  if (is_number()) return "numbers";
  TimeFormat plain = *this;
  plain.offset = 0;
  return "times like " + plain.write(*at_midnight(2016, 7, 31));
}

std::optional<FoundFormat> find_time_format(std::span<const std::string> cells, DateOrder order) {
  if (cells.empty()) return std::nullopt;
  const auto fits = [&](TimeFormat format, std::string_view cell) { return read_time(cell, format); };
  for (const auto date : {TimeFormat::Date::year_first, TimeFormat::Date::month_first}) {
    TimeFormat format;
    format.date = date;
    TimeFormat day_first;
    day_first.date = TimeFormat::Date::day_first;
    const bool first = read_time(cells[0], format).has_value();
    if (date == TimeFormat::Date::year_first) {
      if (first) return FoundFormat{format, false};
      if (order == DateOrder::year_first) return std::nullopt;
      continue;
    }
    if (order != DateOrder::automatic) {
      if (order == DateOrder::day_first) format.date = TimeFormat::Date::day_first;
      return read_time(cells[0], format) ? std::optional(FoundFormat{format, false}) : std::nullopt;
    }
    const bool also_day_first = read_time(cells[0], day_first).has_value();
    if (!first && !also_day_first) break;
    // Dots are written where days come first; otherwise a number over 12 in any cell decides.
    const bool dots = also_day_first && day_first.separator == '.';
    bool month_possible = first, day_possible = also_day_first;
    for (const std::string& cell : cells) {
      TimeFormat m, d;
      m.date = TimeFormat::Date::month_first;
      d.date = TimeFormat::Date::day_first;
      const bool as_month = fits(m, cell).has_value(), as_day = fits(d, cell).has_value();
      if (!as_month && as_day) month_possible = false;
      if (as_month && !as_day) day_possible = false;
    }
    if (day_possible && (dots || !month_possible)) return FoundFormat{day_first, false};
    return FoundFormat{first ? format : day_first, first && day_possible};
  }
  if (read_number(cells[0])) return FoundFormat{TimeFormat{}, false};
  return std::nullopt;
}

}  // namespace recur
