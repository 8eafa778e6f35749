#include "baselines/series_summary.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace recur {

std::vector<double> summarise(std::span<const float> values, Index features) {
  std::vector<double> out;
  const auto width = static_cast<std::size_t>(features), steps = values.size() / width;
  for (std::size_t f = 0; f < width; ++f) {
    double n = 0, sum = 0, sum_t = 0, least = INFINITY, greatest = -INFINITY, first = 0, last = 0;
    for (std::size_t t = 0; t < steps; ++t) {
      const double v = values[t * width + f];
      if (std::isnan(v)) continue;
      if (n == 0) first = v;
      last = v;
      least = std::min(least, v);
      greatest = std::max(greatest, v);
      sum += v;
      sum_t += static_cast<double>(t);
      ++n;
    }
    if (n == 0) {
      out.insert(out.end(), kSummaryNumbers, 0.0);
      continue;
    }
    const double mean = sum / n, middle = sum_t / n;
    double squares = 0, products = 0, squares_t = 0;
    for (std::size_t t = 0; t < steps; ++t) {
      const double v = values[t * width + f], dt = static_cast<double>(t) - middle;
      if (std::isnan(v)) continue;
      squares += (v - mean) * (v - mean);
      products += (v - mean) * dt;
      squares_t += dt * dt;
    }
    const double slope = squares_t > 0 ? products / squares_t : 0;
    out.insert(out.end(), {mean, std::sqrt(squares / n), least, greatest, first, last, slope});
  }
  return out;
}

Standardiser::Standardiser(std::span<const double> rows, Index width)
    : mean(static_cast<std::size_t>(width)), inverse(static_cast<std::size_t>(width)) {
  const std::size_t w = mean.size();
  RECUR_ASSERT(w > 0);
  const std::size_t count = rows.size() / w;
  const auto n = static_cast<double>(count);
  for (std::size_t i = 0; i < rows.size(); ++i) mean[i % w] += rows[i] / n;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const double d = rows[i] - mean[i % w];
    inverse[i % w] += d * d / n;
  }
  for (std::size_t j = 0; j < w; ++j) {
    // Below this it is rounding, not variation.
    const bool constant = inverse[j] <= 1e-20 * mean[j] * mean[j];
    inverse[j] = constant ? 0 : 1 / std::sqrt(inverse[j]);
  }
}

void Standardiser::apply(std::span<double> rows) const {
  for (std::size_t i = 0; i < rows.size(); ++i)
    rows[i] = (rows[i] - mean[i % mean.size()]) * inverse[i % mean.size()];
}

NearestCentroid::NearestCentroid(std::span<const double> rows, Index width,
                                 std::span<const std::int32_t> labels, Index classes)
    : width_(width),
      means_(static_cast<std::size_t>(classes * width)),
      members_(static_cast<std::size_t>(classes)) {
  const auto w = static_cast<std::size_t>(width);
  RECUR_ASSERT(w > 0 && rows.size() == labels.size() * w);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto c = static_cast<std::size_t>(labels[i]);
    ++members_[c];
    for (std::size_t j = 0; j < w; ++j) means_[c * w + j] += rows[i * w + j];
  }
  for (std::size_t k = 0; k < means_.size(); ++k)
    if (members_[k / w] > 0) means_[k] /= static_cast<double>(members_[k / w]);
}

std::int32_t NearestCentroid::predict(std::span<const double> x) const {
  const auto w = static_cast<std::size_t>(width_);
  double nearest = INFINITY;
  std::int32_t best = 0;
  for (std::size_t c = 0; c < members_.size(); ++c) {
    if (members_[c] == 0) continue;
    double distance = 0;
    for (std::size_t j = 0; j < w; ++j) {
      const double d = x[j] - means_[c * w + j];
      distance += d * d;
    }
    if (distance >= nearest) continue;
    nearest = distance;
    best = static_cast<std::int32_t>(c);
  }
  return best;
}

}  // namespace recur
