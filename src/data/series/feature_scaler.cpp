#include "data/series/feature_scaler.h"

#include <cmath>

#include "base/moments.h"

namespace recur {
FeatureScaler FeatureScaler::fit(Scaling scaling, std::span<const std::span<const float>> series,
                                 Index features) {
  const auto width = static_cast<std::size_t>(features);
  FeatureScaler scaler{std::vector<float>(width, 0.0F), std::vector<float>(width, 1.0F)};
  if (scaling == Scaling::none) return scaler;
  std::vector<Moments> of(width);
  for (const auto values : series)
    for (std::size_t i = 0; i < values.size(); ++i)
      if (!std::isnan(values[i])) of[i % width].add(values[i]);
  for (std::size_t f = 0; f < width; ++f) {
    const Moments& m = of[f];
    if (m.count == 0) continue;
    const bool minmax = scaling == Scaling::minmax;
    const double range = minmax ? m.high - m.low : m.deviation();
    scaler.shift[f] = static_cast<float>(minmax ? m.low : m.mean);
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
