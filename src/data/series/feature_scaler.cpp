#include "data/series/feature_scaler.h"

#include <algorithm>
#include <cmath>

namespace recur {
namespace {

struct Moments {
  double count = 0, sum = 0, squares = 0;
  double low = INFINITY, high = -INFINITY;
};

}  // namespace

FeatureScaler FeatureScaler::fit(Scaling scaling, std::span<const std::span<const float>> series,
                                 Index features) {
  const auto width = static_cast<std::size_t>(features);
  FeatureScaler scaler{std::vector<float>(width, 0.0F), std::vector<float>(width, 1.0F)};
  if (scaling == Scaling::none) return scaler;
  std::vector<Moments> of(width);
  for (const auto values : series)
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double v = values[i];
      if (std::isnan(v)) continue;
      Moments& m = of[i % width];
      m.count += 1;
      m.sum += v;
      m.low = std::min(m.low, v);
      m.high = std::max(m.high, v);
    }
  // Squares of distances from the mean, in a second pass: exact where the mean is far from 0.
  for (const auto values : series)
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (std::isnan(values[i])) continue;
      Moments& m = of[i % width];
      const double d = values[i] - m.sum / m.count;
      m.squares += d * d;
    }
  for (std::size_t f = 0; f < width; ++f) {
    const Moments& m = of[f];
    if (m.count == 0) continue;
    const bool minmax = scaling == Scaling::minmax;
    const double range = minmax ? m.high - m.low : std::sqrt(m.squares / m.count);
    scaler.shift[f] = static_cast<float>(minmax ? m.low : m.sum / m.count);
    scaler.scale[f] = m.high > m.low ? static_cast<float>(1 / range) : 0.0F;
  }
  return scaler;
}

void FeatureScaler::apply(std::span<float> values) const {
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t f = i % shift.size();
    values[i] = (values[i] - shift[f]) * scale[f];
  }
}

}  // namespace recur
