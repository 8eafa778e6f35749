// What a series is beside itself: its autocorrelation, its moving average.
#pragma once

#include <span>
#include <vector>

#include "base/types.h"

namespace recur {

/// The largest absolute value; 0 if there is none.
double largest_of(std::span<const double> x);

/// Autocorrelation of x at a lag, as R's acf: Σ (x_t − x̄)(x_{t+lag} − x̄) / Σ (x_t − x̄)². 0 if x is constant
/// but for what floats leave of one.
double autocorrelation(std::span<const double> x, Index lag);

/// The centred moving averages of x over `period` steps, half weights at the ends of an even one: entry i is
/// that of x[period/2 + i]. Empty where x is shorter.
std::vector<double> moving_average(std::span<const double> x, Index period);

}  // namespace recur
