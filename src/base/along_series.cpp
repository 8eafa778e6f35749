#include "base/along_series.h"

#include <algorithm>
#include <cmath>

namespace recur {

double largest_of(std::span<const double> x) {
  double largest = 0;
  for (const double v : x) largest = std::max(largest, std::abs(v));
  return largest;
}

double autocorrelation(std::span<const double> x, Index lag) {
  double mean = 0, variance = 0, covariance = 0;
  for (const double v : x) mean += v / static_cast<double>(x.size());
  for (const double v : x) variance += (v - mean) * (v - mean);
  for (std::size_t i = static_cast<std::size_t>(lag); i < x.size(); ++i)
    covariance += (x[i] - mean) * (x[i - static_cast<std::size_t>(lag)] - mean);
  const double least = 1e-10 * largest_of(x);
  if (!(variance > least * least * static_cast<double>(x.size()))) return 0;
  return covariance / variance;
}

std::vector<double> moving_average(std::span<const double> x, Index period) {
  const std::size_t half = static_cast<std::size_t>(period / 2);
  std::vector<double> sums(x.size() + 1, 0.0), out;
  for (std::size_t i = 0; i < x.size(); ++i) sums[i + 1] = sums[i] + x[i];
  for (std::size_t t = half; t + half < x.size(); ++t) {
    double window = sums[t + half + 1] - sums[t - half];
    if (period % 2 == 0) window -= (x[t - half] + x[t + half]) / 2;
    out.push_back(window / static_cast<double>(period));
  }
  return out;
}

}  // namespace recur
