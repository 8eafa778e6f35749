// What stands in for missing values of a series.
#pragma once

#include <array>
#include <span>
#include <string_view>

#include "base/types.h"

namespace recur {

/// Where forecasts have the same policy (Missing), it has the same name.
/// - error: a missing value is refused;
/// - interpolate: on the straight line between the values known before and behind it, beyond them the
/// nearest;
/// - forward: the last known value, before the first the first;
/// - mean: the feature's mean over the training data.
/// A feature that has no value in a series at all gets that mean, too.
enum class FillMissing { error, interpolate, forward, mean };
constexpr std::array<std::string_view, 4> names_of(FillMissing) {
  return {"error", "interpolate", "forward", "mean"};
}

/// Replaces every NaN in values [steps, F] as `how` says; means [F]. Values that stand alone are never
/// changed. REQUIRES: how is not error.
void fill_missing(std::span<float> values, FillMissing how, std::span<const float> means);

}  // namespace recur
