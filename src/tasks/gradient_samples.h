// Gradients beside finite differences, value by value: what networks tell `verify`.
#pragma once

#include <functional>
#include <vector>

#include "tasks/task.h"

namespace recur {

/// Values of floats as doubles; others as they are.
Tensor in_double(const Tensor& values);
/// Sets the parameters of a twin in double, of the same names.
void copy_in_double(const Parameters& from, Parameters& to);

/// One value drawn from each parameter: its gradient, which lies in the parameter, and what `loss` says when
/// the value changes. REQUIRES: parameters in double.
std::vector<GradientSample> sample_gradients(Random& random, Parameters& parameters,
                                             const std::function<double()>& loss);

}  // namespace recur
