// An axis of a plot: its range, where a value lies on it, which values get a tick and how they are written.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace recur {

struct Tick {
  double value = 0;
  std::string label{};  ///< UTF-8: a true minus sign, superscript exponents
};

/// A linear or logarithmic axis over [low, high].
struct Axis {
  double low = 0, high = 1;
  bool logarithmic = false;

  /// Whether a value has a place on such an axis at all: at most 1e100 either way, on a logarithmic one at
  /// least 1e-100.
  bool holds(double value) const;
  /// 0 at `low`, 1 at `high`, beyond them outside. REQUIRES: holds(value).
  double position(double value) const;
  /// Ticks at round values within the range: about `count` of them, at least two.
  /// REQUIRES: a range that doubles can divide, as `axis_around` gives: above 1e-12 of its ends.
  std::vector<Tick> ticks(int count) const;
};

/// The axis that shows all `values` it can hold, with `margin` (a share of the range) to spare on both sides.
/// Values that are all equal get room around them; none at all gives [0, 1], logarithmic [1, 10].
Axis axis_around(std::span<const double> values, double margin, bool logarithmic = false);

}  // namespace recur
