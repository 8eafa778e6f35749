// Numbers brought to a common range, feature by feature.
#pragma once

#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "base/types.h"

namespace recur {

/// standard: mean 0, standard deviation 1; minmax: [0, 1]; none: as they are.
enum class Scaling { standard, minmax, none };
constexpr std::array<std::string_view, 3> names_of(Scaling) { return {"standard", "minmax", "none"}; }

/// x ↦ (x − shift)·scale, for each feature. A constant feature becomes 0.
struct FeatureScaler {
  std::vector<float> shift, scale;  ///< [F]

  /// Of series [steps, F] each; NaN is left out. A feature without any value gets shift 0 and scale 1.
  static FeatureScaler fit(Scaling scaling, std::span<const std::span<const float>> series, Index features);

  Index features() const { return static_cast<Index>(shift.size()); }
  /// values [steps, F], in place.
  void apply(std::span<float> values) const;
};

}  // namespace recur
