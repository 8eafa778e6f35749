// Ridge regression from the last values of a series to the next ones: the strong simple forecast.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "base/types.h"

namespace recur {

/// future_h − last = Σ_k w_hk·(past_k − last), one linear map for all series, in closed form:
/// W = (XᵀX + λ·D)⁻¹ XᵀY, D the mean of XᵀX's diagonal. Of the λ in a grid from 10⁻⁶ to 1 the one with the
/// least squared error on the validation windows is taken (Toner & Darlow 2024 show how near this comes to
/// deep models).
class LookbackRidge {
 public:
  LookbackRidge(Index lookback, Index horizon);
  ~LookbackRidge();
  LookbackRidge(LookbackRidge&&) noexcept;
  LookbackRidge& operator=(LookbackRidge&&) noexcept;

  /// A window of a series brought to a common scale: `lookback` values and the `horizon` after them.
  void add_training(std::span<const double> past, std::span<const double> future);
  void add_validation(std::span<const double> past, std::span<const double> future);
  /// Solves for the weights. Without validation windows λ is 10⁻³. REQUIRES: training windows.
  void fit();

  double lambda() const;
  /// The weights, [lookback − 1][horizon], and a regression that has them already.
  std::vector<double> weights() const;
  static LookbackRidge with_weights(Index lookback, Index horizon, std::span<const double> weights);
  /// The forecast after `past`. REQUIRES: fit().
  std::vector<double> predict(std::span<const double> past) const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace recur
