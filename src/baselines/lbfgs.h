// L-BFGS: the minimum of a smooth function from its values and gradients.
#pragma once

#include <span>
#include <vector>

#include "base/function_ref.h"
#include "base/types.h"

namespace recur {

struct LbfgsOptions {
  Index memory = 6;  ///< pairs of steps and changes of the gradient that are remembered
  Index most_iterations = 200;
  double tolerance = 1e-4;  ///< done when ‖g‖ ≤ tolerance·max(1, ‖g‖ at the start)
};

struct LbfgsResult {
  double value = 0;
  Index iterations = 0;
  bool converged = false;
};

/// Moves x to a minimum of f(x, gradient), which returns the value and fills in the gradient. Steps are
/// halved until the value has fallen enough (Armijo, 1e-4). Liu & Nocedal 1989, algorithm 2.1. Sums are in
/// order: the same bits each time.
LbfgsResult minimise(std::vector<double>& x, const LbfgsOptions& options,
                     FunctionRef<double(std::span<const double> x, std::span<double> gradient)> f);

}  // namespace recur
