// What is done to a series before a model sees it, and undone in what the model says.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/fields.h"
#include "data/series/calendar.h"
#include "data/series/difference.h"
#include "data/series/feature_scaler.h"
#include "data/series/panel.h"

namespace recur {

/// What is taken from each window, and added again to its forecast.
enum class WindowScaling {
  none,
  last,      ///< less its last value
  centre,    ///< less its mean
  mean,      ///< divided by its mean size, for series of different size
  standard,  ///< less its mean, divided by its standard deviation
};
constexpr std::array<std::string_view, 5> names_of(WindowScaling) {
  return {"none", "last", "centre", "mean", "standard"};
}

struct TransformConfig {
  Scaling scale = Scaling::standard;
  WindowScaling window = WindowScaling::none;
  bool log = false;
  std::vector<Index> difference{};
  std::vector<std::string> calendar{};
  std::vector<Index> lags{}, rolling{};

  static constexpr auto fields = std::tuple{
      field("scale", &TransformConfig::scale, "scale of each column, fitted on the training part"),
      field(
          "window", &TransformConfig::window,
          "what is taken from each window and given back to its forecast: nothing, its last value, its mean "
          "(centre), its size (mean), or mean and deviation (standard)"),
      field("log", &TransformConfig::log, "logarithms of the targets, which must be above 0"),
      field("difference", &TransformConfig::difference,
            "lags at which targets are differenced, one after another: 1 for trend, the season for season")
          .between(1, 1 << 20),
      field("calendar", &TransformConfig::calendar,
            "further inputs from the time of the next step: minute, hour, weekday, day, month, yearday"),
      field("lags", &TransformConfig::lags, "further inputs: targets so many steps back").between(1, 1 << 20),
      field("rolling", &TransformConfig::rolling, "further inputs: means of targets over so many steps")
          .between(2, 1 << 20),
  };
};

/// The cycles that a configuration names. Throws ConfigError.
std::vector<Cycle> cycles_of(const TransformConfig& config);

/// x ↦ (x − offset)/scale.
struct ColumnScale {
  double offset = 0, scale = 1;
};

/// The statistics of a panel's columns, from its training part.
struct FittedScales {
  std::vector<ColumnScale> inputs;    ///< [column] of what the model reads, targets differenced
  std::vector<ColumnScale> original;  ///< [column] mean and standard deviation, for scaled errors

  std::vector<double> to_numbers() const;
  static FittedScales from_numbers(std::span<const double> numbers, Index columns);
};

/// A series as the model's windows are cut from.
struct PreparedSeries {
  std::vector<std::vector<double>> levels;  ///< [target][step]: the values, or their logarithms
  std::vector<std::vector<double>> values;  ///< [target][step]: differences of the levels
  std::vector<std::vector<double>> rolled;  ///< [target·rolling][step]: means of the values
  std::vector<std::vector<double>> others;  ///< [covariate][step], scaled
  std::vector<std::vector<double>> ahead;   ///< [known + calendar][step], scaled; as far as they are known
};

/// Takes logarithms and differences of a panel's series. Fitted scales are applied to what is not a target.
class Transform {
 public:
  /// Throws ConfigError for what cannot go together.
  explicit Transform(const TransformConfig& config);

  const TransformConfig& config() const { return config_; }
  const Differences& differences() const { return differences_; }
  const std::vector<Cycle>& cycles() const { return cycles_; }
  /// Steps before the first of a window that its inputs read.
  Index reach() const;

  /// Levels, differences and rolling means. Throws DataError where a logarithm of 0 or less is asked for.
  PreparedSeries prepare(const SeriesPanel& panel, const OneSeries& series) const;
  /// Scales from steps [0, ends[s]) of each series. `notes` learns of constant columns.
  FittedScales fit(const SeriesPanel& panel, std::span<const PreparedSeries> prepared,
                   std::span<const Index> ends, std::vector<std::string>& notes) const;
  /// Scaled covariates, known columns and calendar, up to `steps` (more than the series has: the future).
  void add_inputs(const SeriesPanel& panel, const OneSeries& series, const FittedScales& scales, Index steps,
                  PreparedSeries& prepared) const;

  /// Level to value: e^x after log.
  double original(double level) const;

  /// What is taken from a window whose target `t` is values[first … origin).
  ColumnScale of_window(const PreparedSeries& series, Index target, Index first, Index origin,
                        const ColumnScale& column) const;
  /// The levels after `origin` if every difference is what the window's offset is: forecasts are told as
  /// departures from it, in units of the window's scale.
  std::vector<double> base(const PreparedSeries& series, Index target, Index origin, double offset,
                           Index horizon) const;

 private:
  TransformConfig config_;
  Differences differences_;
  std::vector<Cycle> cycles_;
};

}  // namespace recur
