// Scores of forecasts: errors in units and scaled, intervals, and the M4 competition's overall score.
#pragma once

#include <span>
#include <vector>

#include "base/types.h"

namespace recur {

/// Sums over forecast values, from which the scores follow; sums of parts add up to those of the whole.
struct ForecastSums {
  double count = 0;
  double absolute = 0, square = 0;                ///< |e|, e²; e = forecast − actual
  double symmetric = 0;                           ///< 200·|e| / (|actual| + |forecast|), 0 where both are 0
  double scaled_absolute = 0, scaled_square = 0;  ///< of e / scale
  double actual = 0, actual_square = 0;

  /// `scale`: the standard deviation of the series in its training part.
  void add(double actual_value, double forecast, double scale);
  void add(const ForecastSums& other);

  double mae() const { return absolute / count; }
  double mse() const { return square / count; }
  double rmse() const;
  double smape() const { return symmetric / count; }  ///< in percent, 0 to 200 (M4)
  double mae_scaled() const { return scaled_absolute / count; }
  double mse_scaled() const { return scaled_square / count; }
  /// √(Σ e² / Σ (actual − mean)²) (Lai et al. 2018, eq. 10); NaN if the actual values are all alike.
  double rse() const;
};

/// What MASE divides by: the mean |x_t − x_{t−season}| of the training part (Hyndman & Koehler 2006), of
/// those where neither is NaN, which stands for a value that is missing. NaN if there are none, or all are 0.
double mase_scale(std::span<const double> training, Index season);

/// Overall weighted average of the M4 competition: the mean of sMAPE and MASE, each relative to Naive2's.
double owa(double smape, double mase, double naive2_smape, double naive2_mase);

/// max(q·e, (q − 1)·e), e = actual − forecast.
double pinball(double quantile, double actual, double forecast);

/// Scores of quantile forecasts.
class QuantileSums {
 public:
  /// REQUIRES: quantiles rise.
  explicit QuantileSums(std::vector<double> quantiles = {});

  const std::vector<double>& quantiles() const { return quantiles_; }
  /// One forecast a quantile.
  void add(double actual, std::span<const double> forecasts);
  void add(const QuantileSums& other);

  double pinball() const;  ///< mean over values and quantiles

  /// An interval between two quantiles as far from the median, widest first.
  struct Interval {
    double nominal = 0;   ///< the share of values that should lie in it: 0.8
    double coverage = 0;  ///< the share that did
  };
  std::vector<Interval> intervals() const;

 private:
  std::vector<double> quantiles_;
  double count_ = 0, pinball_ = 0;
  std::vector<double> inside_;  // by lower quantile
};

}  // namespace recur
