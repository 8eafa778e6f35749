// A forecaster fed row by row: each row of values is answered with the forecast of the next.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "tasks/forecast/forecast_model.h"

namespace recur {

/// Keeps the steps that a forecast looks back on. Its answers are those of a forecast of the whole series:
/// what is taken from each window depends on where it ends, so the state is the window itself.
class SeriesStream {
 public:
  /// Throws ConfigError for a model with columns known in advance, whose future a row does not tell.
  explicit SeriesStream(std::unique_ptr<ForecastModel> model);

  /// Reads a row: the time, if the model's series have times, then its columns in their order. A header is
  /// passed over (no answer). The answers, one for each target: {"time", "series", "mean", "quantiles"} of
  /// the next step; "mean" is null and "waiting" counts the rows that are still needed while there are too
  /// few. Throws DataError with the number of the line.
  std::vector<nlohmann::ordered_json> read(std::string_view line, ThreadPool& pool);

 private:
  void append(const std::vector<std::string_view>& cells);

  std::unique_ptr<ForecastModel> model_;
  SeriesPanel panel_;  // of one series: the last steps
  Index lines_ = 0;
};

}  // namespace recur
