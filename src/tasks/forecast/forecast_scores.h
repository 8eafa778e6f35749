// How forecasts of many windows did: in all, by series, by step of the horizon.
#pragma once

#include <vector>

#include "metrics/forecast.h"
#include "tasks/forecast/window_coder.h"
#include "train/report.h"

namespace recur {

class ForecastScores {
 public:
  /// `part`: what the windows lie in; MASE divides by what is before it.
  ForecastScores(const ForecastData& data, Part part, std::vector<double> quantiles = {});

  /// Values that were missing in the file are not scored.
  void add(const Window& window, const WindowForecast& forecast);

  Index windows() const { return static_cast<Index>(each_.size()); }
  /// {"mse_scaled", "mae_scaled", "mse", "mae", "rmse", "smape", "mase", "rse", "rse_last", "pinball",
  /// "coverage_80"}, as
  /// far as they are defined; rse_last is of the last step of the horizon alone.
  nlohmann::json metrics() const;
  double mse_scaled() const { return all_.mse_scaled(); }
  double smape() const;  ///< mean over series of their sMAPE (M4)
  double mase() const;   ///< mean over series of their MASE; NaN where none is defined

  /// Scores of each series and target (those with the largest errors where there are many), and of some
  /// steps.
  std::vector<ReportTable> tables() const;
  /// Scaled squared error of each window.
  ScorePerExample each() const { return {"mse_scaled", false, each_, data_.config().data.horizon}; }

 private:
  /// The values of a series before step `end`; NaN where none was in the file.
  std::vector<double> measured_before(Index series, Index target, Index end) const;

  const ForecastData& data_;
  Part part_;
  ForecastSums all_;
  std::vector<ForecastSums> by_series_;  // [series·targets + target]
  std::vector<ForecastSums> by_step_;
  QuantileSums quantiles_;
  std::vector<double> each_;
};

}  // namespace recur
