// Keeping gradients from exploding.
#pragma once

#include <tuple>
#include <vector>

#include "base/fields.h"
#include "base/thread_pool.h"
#include "nn/parameters.h"

namespace recur {

struct ClippingConfig {
  /// Gradients whose common norm is larger are scaled down to it (Pascanu et al. 2013). 0: never.
  double clip_norm = 0;
  /// Each element is cut to ±this, after the norm. 0: never.
  double clip_value = 0;

  static constexpr auto fields = std::tuple{
      field("clip_norm", &ClippingConfig::clip_norm, "largest norm of the gradient; 0: no limit").at_least(0),
      field("clip_value", &ClippingConfig::clip_value, "largest element of the gradient; 0: no limit")
          .at_least(0),
  };
};

/// Norms of gradients, in double: the same bits for any number of threads.
struct GradientNorms {
  double total = 0;                  ///< √ of the sum of all squares
  std::vector<double> of_parameter;  ///< one for each, in the order of the list
};
GradientNorms gradient_norms(const Parameters& parameters, ThreadPool& pool);

/// What gradients of that norm are multiplied with: clip_norm/(norm + 1e-6), at most 1, as PyTorch; 1 without
/// a limit. Goes into OptimizerStep::scale.
double clip_factor(double norm, double clip_norm);

}  // namespace recur
