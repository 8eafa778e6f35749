#include "train/axis.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>

#include "base/error.h"

namespace recur {
namespace {

/// What an axis can hold: doubles can divide any two of them, margins included. No loss is beyond.
constexpr double kSmallest = 1e-100, kLargest = 1e100;

/// "−12,345.60": a fixed number of decimals, thousands set apart; zero is "0".
std::string plain(double value, int decimals) {
  const std::string digits = fmt::format("{:.{}f}", std::abs(value), decimals);
  const std::size_t whole = std::min(digits.find('.'), digits.size());
  if (digits.find_first_not_of("0.") == std::string::npos) return "0";
  std::string out = value < 0 ? "−" : "";
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && i < whole && (whole - i) % 3 == 0) out += ',';
    out += digits[i];
  }
  return out;
}

/// "10⁻⁷".
std::string power_of_ten(int exponent) {
  constexpr std::string_view kDigits[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string out = exponent < 0 ? "10⁻" : "10";
  for (char c : std::to_string(std::abs(exponent))) out += kDigits[c - '0'];
  return out;
}

/// "1.5×10⁻⁷": `mantissa_decimals` as the step needs them.
std::string scientific(double value, int exponent, int mantissa_decimals) {
  const std::string mantissa = plain(value / std::pow(10.0, exponent), mantissa_decimals);
  return mantissa == "0" ? mantissa : mantissa + "×" + power_of_ten(exponent);
}

/// The round number (1, 2 or 5 times a power of ten) nearest above `rough`.
double round_step(double rough) {
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  for (double digit : {1.0, 2.0, 5.0}) {
    if (digit * power >= rough * (1 - 1e-9)) return digit * power;
  }
  return 10 * power;
}

std::vector<Tick> linear_ticks(double low, double high, int count) {
  const double step = round_step((high - low) / count);
  const double slack = step * 1e-9;  // a tick on the very edge is inside, whatever the rounding
  const int step_exponent = static_cast<int>(std::floor(std::log10(step) + 1e-9));
  const double largest = std::max(std::abs(low), std::abs(high));
  const int exponent = static_cast<int>(std::floor(std::log10(largest)));
  const bool fits = largest < 1e7 && step_exponent >= -5;
  std::vector<Tick> out;
  for (double i = std::ceil((low - slack) / step); i * step <= high + slack; ++i) {
    const double value = i * step;
    out.push_back({value, fits ? plain(value, std::max(0, -step_exponent))
                               : scientific(value, exponent, std::max(0, exponent - step_exponent))});
  }
  return out.size() >= 2 ? out
                         : linear_ticks(low, high, 2 * count);  // one tick would not say how long a unit is
}

std::vector<Tick> log_ticks(double low, double high, int count) {
  const double decades = std::log10(high / low);
  // Few decades: 1, 2, 5 of each; many: every second, third, … power of ten.
  const bool between = decades * 3 <= count + 2;
  const int stride = std::max(1, static_cast<int>(std::ceil(decades / (count + 1))));
  const bool fits = low >= 1e-4 && high < 1e6;  // all labels in one style
  std::vector<Tick> out;
  const int last = static_cast<int>(std::ceil(std::log10(high)));
  for (int exponent = static_cast<int>(std::floor(std::log10(low))); exponent <= last; ++exponent) {
    if (exponent % stride != 0) continue;
    for (double digit : {1.0, 2.0, 5.0}) {
      const double value = digit * std::pow(10.0, exponent);
      const bool inside = value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9);
      if (!inside || (digit > 1 && !between)) continue;
      out.push_back({value, fits         ? plain(value, std::max(0, -exponent))
                            : digit == 1 ? power_of_ten(exponent)
                                         : scientific(value, exponent, 0)});
    }
  }
  return out.size() >= 2 ? out : linear_ticks(low, high, count);  // less than a decade: round numbers do
}

}  // namespace

bool Axis::holds(double value) const {
  return std::abs(value) <= kLargest && (!logarithmic || value >= kSmallest);
}

double Axis::position(double value) const {
  return logarithmic ? std::log(value / low) / std::log(high / low) : (value - low) / (high - low);
}

std::vector<Tick> Axis::ticks(int count) const {
  return logarithmic ? log_ticks(low, high, count) : linear_ticks(low, high, count);
}

Axis axis_around(std::span<const double> values, double margin, bool logarithmic) {
  Axis axis{.logarithmic = logarithmic};
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (double v : values) {
    if (!axis.holds(v)) continue;
    if (std::abs(v) < kSmallest) v = 0;
    low = std::min(low, v);
    high = std::max(high, v);
  }
  if (low > high) {
    low = logarithmic ? 1 : 0;
    high = logarithmic ? 10 : 1;
  } else if (logarithmic) {
    const double ratio = high / low > 1.0001 ? std::pow(high / low, margin) : 2;
    low /= ratio;
    high *= ratio;
  } else {
    // Differences that a double can barely hold are no shape worth magnifying.
    const bool flat = high - low <= 1e-12 * std::max(std::abs(low), std::abs(high));
    const double room = flat ? (low == 0 ? 0.5 : std::abs(low) * 0.1) : (high - low) * margin;
    low -= room;
    high += room;
  }
  axis.low = low;
  axis.high = high;
  return axis;
}

}  // namespace recur
