// Windows as a model reads them, and forecasts as people read them.
#pragma once

#include <span>
#include <vector>

#include "nn/pass.h"
#include "tasks/forecast/forecast_data.h"

namespace recur {

/// Windows of a batch as tensors. A window is one row, or one for each target where channels are
/// independent; B rows in all, each with D targets.
struct CodedBatch {
  Sequence x{};                          ///< steps of B sequences, [·, features]
  Tensor lookback{};                     ///< segments: [B, lookback] instead
  std::vector<std::int32_t> channels{};  ///< of each row, the target; 0 where a row has all
  std::vector<ColumnScale> scales{};     ///< [B·D] what was taken from each window
  Tensor targets{};                      ///< for the loss, in the order of the model's outputs
  std::vector<bool> filled{};            ///< of each of these, whether its value was missing; empty: none was
};

/// Forecasts of a window in units of the series.
struct WindowForecast {
  std::vector<std::vector<double>> point;                   ///< [target][step]
  std::vector<std::vector<std::vector<double>>> quantiles;  ///< [target][step][quantile]
};

/// Cuts windows from prepared series and undoes in forecasts what was done to them.
class WindowCoder {
 public:
  /// Throws ConfigError for covariates that a recursive forecast would have to know in advance.
  WindowCoder(const ForecastConfig& config, const Transform& transform, const FittedScales& scales,
              Index targets, Index covariates, Index known);

  /// Numbers that the model reads at a step.
  Index features() const { return features_; }
  /// Targets of a row.
  Index row_targets() const { return independent() ? 1 : targets_; }
  Index rows_per_window() const { return independent() ? targets_ : 1; }
  /// Numbers for each target and step: the point forecast and the quantiles.
  Index outputs() const { return 1 + static_cast<Index>(config_.model.quantiles.size()); }
  /// Whether the model also reads the horizon's steps, of which it knows some columns.
  bool reads_ahead() const { return config_.model.method == Method::direct && known_ > 0; }
  /// Steps that a row has: lookback, and what of the horizon is read.
  Index steps(bool training) const;
  const ForecastConfig& config() const { return config_; }

  /// The windows as inputs; `training`: with targets (and, for recursive models, the true steps to follow).
  CodedBatch encode(const ForecastData& data, std::span<const Window> windows, bool training) const;
  /// One step of a row for a recursive forecast: step `t` ≥ origin, its targets forecast as `future`[target]
  /// [step − origin], scaled. To `out`, features() numbers.
  void write_step(const PreparedSeries& series, const Window& window, Index channel,
                  std::span<const ColumnScale> scales, std::span<const std::vector<double>> future, Index t,
                  float* out) const;

  /// What the scaled outputs y of a target say, in units of the series: departures from what the window goes
  /// on with (direct, segments), or the values of one step after another (recursive).
  std::vector<double> decode(const ForecastData& data, const Window& window, Index target,
                             const ColumnScale& scale, std::span<const double> y) const;

 private:
  bool independent() const { return config_.model.channel_independent; }
  Index target_of(Index row, Index d) const { return independent() ? row : d; }

  ForecastConfig config_;
  const Transform& transform_;
  const FittedScales& scales_;
  Index targets_, known_, features_ = 0;
};

}  // namespace recur
