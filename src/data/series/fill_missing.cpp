#include "data/series/fill_missing.h"

#include <cmath>

#include "base/error.h"

namespace recur {
namespace {

/// One feature's values, every `stride`-th.
struct Column {
  float* at;
  std::size_t stride, steps;
  float& operator[](std::size_t t) const { return at[t * stride]; }
  /// The first step from `t` on that has a value; steps if there is none.
  std::size_t known_from(std::size_t t) const {
    while (t < steps && std::isnan((*this)[t])) ++t;
    return t;
  }
};

/// Steps [begin, end) are missing; those before and behind are known, as far as there are any.
void fill_gap(const Column& v, std::size_t begin, std::size_t end, FillMissing how) {
  const bool before = begin > 0, behind = end < v.steps;
  for (std::size_t t = begin; t < end; ++t) {
    if (how == FillMissing::interpolate && before && behind) {
      const float a = v[begin - 1], b = v[end];
      const auto part = static_cast<float>(t - begin + 1) / static_cast<float>(end - begin + 1);
      v[t] = a + (b - a) * part;
    } else {
      v[t] = before ? v[begin - 1] : v[end];
    }
  }
}

}  // namespace

void fill_missing(std::span<float> values, FillMissing how, std::span<const float> means) {
  RECUR_ASSERT(how != FillMissing::error);
  const std::size_t width = means.size();
  for (std::size_t f = 0; f < width; ++f) {
    const Column v{values.data() + f, width, values.size() / width};
    const bool nothing = v.known_from(0) == v.steps;
    for (std::size_t t = 0; t < v.steps; ++t) {
      if (!std::isnan(v[t])) continue;
      if (nothing || how == FillMissing::mean) {
        v[t] = means[f];
      } else {
        fill_gap(v, t, v.known_from(t), how);
      }
    }
  }
}

}  // namespace recur
