// The simple forecasts that a model is compared with, on the same windows.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "baselines/lookback_ridge.h"
#include "formats/model_file.h"
#include "tasks/forecast/forecast_scores.h"

namespace recur {

/// Ridge regression on the lookback, as large as a model's scales make it: the same for every series.
class RidgeBaseline {
 public:
  /// Fits on training windows, its strength chosen on validation windows. Nothing if that would take longer
  /// than it is worth (lookback above 2048).
  static std::optional<RidgeBaseline> fit(const ForecastData& data);

  std::vector<double> forecast(const ForecastData& data, const Window& window, Index target) const;
  double lambda() const { return ridge_.lambda(); }

  /// For the model file, [lookback − 1, horizon]: so that it can be scored on other files, too. Undefined if
  /// that would be larger than a model should be.
  Tensor to_tensor(Index lookback, Index horizon) const;
  /// Nothing if the file has none. Throws FormatError.
  static std::optional<RidgeBaseline> from_file(const ModelFile& file, Index lookback, Index horizon);

 private:
  explicit RidgeBaseline(LookbackRidge ridge) : ridge_(std::move(ridge)) {}
  LookbackRidge ridge_;
};

/// A simple forecast of a target of a window; nothing where it cannot be made.
struct BaselineForecast {
  std::string name;
  std::function<std::optional<std::vector<double>>(const Window&, Index target)> forecast;
};

/// Those that make sense for the data: last value, drift, seasonal naive, seasonal random walk on logs,
/// Naive2 (of one window a series), ridge. They refer to `data` and `ridge` (null: without).
std::vector<BaselineForecast> baselines_for(const ForecastData& data, std::span<const Window> windows,
                                            const RidgeBaseline* ridge);

/// Scores of a baseline; nothing where it cannot forecast one of the windows.
std::optional<ForecastScores> score_baseline(const ForecastData& data, Part part,
                                             std::span<const Window> windows,
                                             const BaselineForecast& baseline);

}  // namespace recur
