// Forecasts that need no training, from all that is known of a series; what a model must beat.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/types.h"

namespace recur {

/// Each gives `horizon` values after `history`. REQUIRES: the history has a value; season ≥ 1.

/// The last value, again and again (persistence, Naive1).
std::vector<double> last_value(std::span<const double> history, Index horizon);

/// The values of one season before; the last value where the history is shorter than a season.
std::vector<double> seasonal_naive(std::span<const double> history, Index season, Index horizon);

/// A straight line through the first and the last value.
std::vector<double> drift(std::span<const double> history, Index horizon);

/// Each value is as much above the one before it, in proportion, as a season ago:
/// ln x_t = ln x_{t−1} + ln x_{t−m} − ln x_{t−m−1}. Nothing where a value that it needs is not above 0, or
/// there are fewer than m + 1.
std::optional<std::vector<double>> seasonal_log_walk(std::span<const double> history, Index season,
                                                     Index horizon);

/// The M4 competition's test for a season: autocorrelation at it beyond 90 % of what noise would show
/// (1.645·√((1 + 2·Σ_{k<m} r_k²)/n)), of at least three seasons.
bool is_seasonal(std::span<const double> x, Index season);

/// Multiplicative seasonal indices (mean 1) by classical decomposition, as R's decompose: entry i belongs to
/// positions i, i + season, …. REQUIRES: at least two seasons.
std::vector<double> seasonal_indices(std::span<const double> x, Index season);

/// Naive2 of the M4 competition: persistence of the seasonally adjusted series where is_seasonal() says so;
/// else persistence.
std::vector<double> naive2(std::span<const double> history, Index season, Index horizon);

}  // namespace recur
