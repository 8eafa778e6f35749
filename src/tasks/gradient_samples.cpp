#include "tasks/gradient_samples.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace recur {
namespace {

/// The gradient of one value of a parameter, drawn at random, beside what `loss` says. Where a function has a
/// kink, as relu's at 0, the difference is between the slopes on its two sides, and the gradient of neither
/// is wrong: then another value is drawn, and nothing is said where none is found.
std::optional<GradientSample> smooth_sample(Random& random, Parameter& p,
                                            const std::function<double()>& loss) {
  constexpr int kMostDraws = 64;
  const double* const gradient = p.gradient.data<double>();
  const double here = loss();
  for (int draw = 0; draw < kMostDraws; ++draw) {
    // One that has a gradient: most rows of an embedding were not read.
    Index at = random.next_below(p.value.size());
    for (Index tried = 0; tried < p.value.size() && gradient[at] == 0; ++tried)
      at = (at + 1) % p.value.size();
    double& value = p.value.data<double>()[at];
    const double before = value, step = 1e-5 * (1 + std::abs(before));
    const auto with = [&](double other) {
      value = other;
      ++p.version;
      return loss();
    };
    const double above = (with(before + step) - here) / step, below = (here - with(before - step)) / step;
    value = before;
    ++p.version;
    const GradientSample sample{p.name + "[" + std::to_string(at) + "]", gradient[at], (above + below) / 2};
    // At a kink one side's slope is the gradient, so that it is off by half of what the two are apart.
    const double apart = std::abs(above - below);
    const bool kink = apart > 1e-7 + 1e-4 * std::abs(sample.difference) &&
                      std::abs(sample.gradient - sample.difference) <= apart;
    if (!kink) return sample;
  }
  return std::nullopt;
}

}  // namespace

Tensor in_double(const Tensor& values) {
  if (values.dtype() != DType::f32) return values;
  Tensor wide = Tensor::empty(values.shape(), DType::f64);
  std::copy_n(values.data<float>(), values.size(), wide.data<double>());
  return wide;
}

void copy_in_double(const Parameters& from, Parameters& to) {
  for (const Parameter& p : from) {
    Parameter& wide = *to.find(p.name);
    wide.value = in_double(p.value);
    ++wide.version;
  }
}

std::vector<GradientSample> sample_gradients(Random& random, Parameters& parameters,
                                             const std::function<double()>& loss) {
  std::vector<GradientSample> samples;
  for (Parameter& p : parameters) {
    if (p.kind == ParameterKind::statistic) continue;
    if (const auto sample = smooth_sample(random, p, loss)) samples.push_back(*sample);
  }
  return samples;
}

}  // namespace recur
