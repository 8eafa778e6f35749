// A forecaster fed row by row: each row of values is answered with the forecast of the next.
#pragma once

#include <filesystem>
#include <memory>

#include "data/table/row_reader.h"
#include "tasks/forecast/forecast_model.h"

namespace recur {

/// Keeps the steps that a forecast looks back on. Its answers are those of a forecast of the whole series:
/// what is taken from each window depends on where it ends, so the state is the window itself.
class SeriesStream {
 public:
  /// Throws ConfigError for a model with columns known in advance, whose future a row does not tell.
  explicit SeriesStream(std::unique_ptr<ForecastModel> model);

  /// Reads a table ("-": the standard input) to its end. Below a header the model's columns are found by
  /// their names; without one a row is the time, if the model's series have times, then the columns in the
  /// order of training (of a model whose columns have no names, the columns of the table that it was trained
  /// on).
  ///
  /// The answers to a row, one for each target: {"time", "series", "mean", "quantiles"} of the next step;
  /// "mean" is null and "waiting" counts the rows that are still needed while there are too few. A row
  /// without a value is answered as the one before it by a model that was trained to drop such ("time" is
  /// null before any row). Throws DataError with file and line, also where a row is not one step after the
  /// one before.
  void read(const std::filesystem::path& file, Index longest_line, ThreadPool& pool,
            const AnswerSink& answer);

 private:
  struct Columns {
    std::optional<Index> time{}, id{};
    std::vector<Index> values{};
  };
  Columns columns_of(const RowReader& rows) const;
  void append(const RowReader& rows, const Row& row, const Columns& columns);
  void append_next_time(std::string_view text);
  void forget();
  void answer_row(ThreadPool& pool, const AnswerSink& answer);

  std::unique_ptr<ForecastModel> model_;
  SeriesPanel panel_;  // of one series: the last steps
  Index rows_ = 0;
};

}  // namespace recur
