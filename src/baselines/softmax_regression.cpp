#include "baselines/softmax_regression.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "baselines/lbfgs.h"

namespace recur {
namespace {

/// p [classes] of x [width] by weights [classes, width + 1].
void softmax_of(std::span<const double> weights, std::span<const double> x, std::span<double> p) {
  const std::size_t stride = x.size() + 1;
  double highest = -INFINITY, sum = 0;
  for (std::size_t c = 0; c < p.size(); ++c) {
    const double* const w = weights.data() + c * stride;
    double a = w[x.size()];
    for (std::size_t i = 0; i < x.size(); ++i) a += w[i] * x[i];
    p[c] = a;
    highest = std::max(highest, a);
  }
  for (double& v : p) sum += v = std::exp(v - highest);
  for (double& v : p) v /= sum;
}

}  // namespace

SoftmaxRegression::SoftmaxRegression(std::span<const double> rows, Index width,
                                     std::span<const std::int32_t> labels, Index classes, double strength)
    : width_(width), classes_(classes), weights_(static_cast<std::size_t>(classes * (width + 1))) {
  const std::size_t n = labels.size(), w = static_cast<std::size_t>(width), stride = w + 1;
  RECUR_ASSERT(rows.size() == n * w);
  std::vector<double> p(static_cast<std::size_t>(classes));
  minimise(weights_, {}, [&](std::span<const double> at, std::span<double> gradient) {
    double value = 0;
    for (std::size_t k = 0; k < at.size(); ++k) {
      const bool is_bias = k % stride == w;
      gradient[k] = is_bias ? 0 : at[k] / strength;
      if (!is_bias) value += at[k] * at[k] / (2 * strength);
    }
    for (std::size_t i = 0; i < n; ++i) {
      const auto x = rows.subspan(i * w, w);
      softmax_of(at, x, p);
      const auto label = static_cast<std::size_t>(labels[i]);
      value -= std::log(std::max(p[label], 1e-300));
      for (std::size_t c = 0; c < p.size(); ++c) {
        const double error = p[c] - (c == label ? 1 : 0);
        double* const g = gradient.data() + c * stride;
        for (std::size_t j = 0; j < w; ++j) g[j] += error * x[j];
        g[w] += error;
      }
    }
    return value;
  });
}

std::vector<double> SoftmaxRegression::probabilities(std::span<const double> x) const {
  RECUR_ASSERT(static_cast<Index>(x.size()) == width_);
  std::vector<double> p(static_cast<std::size_t>(classes_));
  softmax_of(weights_, x, p);
  return p;
}

}  // namespace recur
