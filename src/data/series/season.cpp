#include "data/series/season.h"

#include <algorithm>
#include <vector>

#include "base/along_series.h"

namespace recur {
namespace {

/// x less its moving average over `period` steps, where it has one.
std::vector<double> detrended(std::span<const double> x, Index period) {
  std::vector<double> out = moving_average(x, period);
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = x[i + static_cast<std::size_t>(period / 2)] - out[i];
  return out;
}

/// How strongly x, less its moving average, repeats at a period. Few pairs are scaled up to all, so that a
/// long season is not held to be weak because the series is short.
double strength_at(std::span<const double> x, Index period) {
  const std::vector<double> z = detrended(x, period);
  if (!(largest_of(z) > 1e-10 * largest_of(x))) return 0;  // rounding
  const double n = static_cast<double>(z.size());
  return autocorrelation(z, period) * n / (n - static_cast<double>(period));
}

}  // namespace

Season find_season(std::span<const double> x, std::span<const Index> candidates) {
  constexpr double kWeakest = 0.3, kNearly = 0.9;
  std::vector<Season> found;
  double strongest = 0;
  for (const Index period : candidates) {
    // Less than two whole seasons beside the moving average say nothing.
    if (period < 2 || static_cast<Index>(x.size()) < 3 * period) continue;
    found.push_back({period, strength_at(x, period)});
    strongest = std::max(strongest, found.back().strength);
  }
  if (strongest < kWeakest) return {};
  const auto best = std::find_if(found.begin(), found.end(),
                                 [&](const Season& s) { return s.strength >= kNearly * strongest; });
  return *best;
}

}  // namespace recur
