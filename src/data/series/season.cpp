#include "data/series/season.h"

#include <algorithm>
#include <vector>

namespace recur {
namespace {

/// x less its centred moving average over `period` steps (half weights at the ends of an even one).
std::vector<double> detrended(std::span<const double> x, Index period) {
  const Index n = static_cast<Index>(x.size()), half = period / 2;
  std::vector<double> sums(x.size() + 1, 0.0), out;
  for (std::size_t i = 0; i < x.size(); ++i) sums[i + 1] = sums[i] + x[i];
  const auto sum = [&](Index a, Index b) {
    return sums[static_cast<std::size_t>(b)] - sums[static_cast<std::size_t>(a)];
  };
  for (Index t = half; t + half < n; ++t) {
    double window = sum(t - half, t + half + 1);
    if (period % 2 == 0)
      window -= (x[static_cast<std::size_t>(t - half)] + x[static_cast<std::size_t>(t + half)]) / 2;
    out.push_back(x[static_cast<std::size_t>(t)] - window / static_cast<double>(period));
  }
  return out;
}

double lag_correlation(std::span<const double> x, Index lag) {
  double mean = 0, variance = 0, covariance = 0;
  for (const double v : x) mean += v / static_cast<double>(x.size());
  for (const double v : x) variance += (v - mean) * (v - mean);
  for (std::size_t i = static_cast<std::size_t>(lag); i < x.size(); ++i)
    covariance += (x[i] - mean) * (x[i - static_cast<std::size_t>(lag)] - mean);
  // What floats leave of a constant is no series. Few pairs are scaled up to all, so that a long season is
  // not held to be weak because the series is short.
  if (!(variance > 1e-20 * static_cast<double>(x.size()) * (1 + mean * mean))) return 0;
  const double n = static_cast<double>(x.size());
  return covariance / variance * n / (n - static_cast<double>(lag));
}

}  // namespace

Season find_season(std::span<const double> x, std::span<const Index> candidates) {
  constexpr double kWeakest = 0.3, kNearly = 0.9;
  std::vector<Season> found;
  double strongest = 0;
  for (const Index period : candidates) {
    // Less than two whole seasons beside the moving average say nothing.
    if (period < 2 || static_cast<Index>(x.size()) < 3 * period) continue;
    found.push_back({period, lag_correlation(detrended(x, period), period)});
    strongest = std::max(strongest, found.back().strength);
  }
  if (strongest < kWeakest) return {};
  const auto best = std::find_if(found.begin(), found.end(),
                                 [&](const Season& s) { return s.strength >= kNearly * strongest; });
  return *best;
}

}  // namespace recur
