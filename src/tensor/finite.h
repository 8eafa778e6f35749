// Where a number has stopped being one.
#pragma once

#include <string>
#include <string_view>

#include "tensor/tensor.h"

namespace recur {

/// The first of the values that is not finite, as "weight[3] is nan"; empty where all are. REQUIRES: f32 or
/// f64.
std::string first_not_finite(std::string_view what, const Tensor& values);

}  // namespace recur
