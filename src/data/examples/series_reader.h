// The readers of series behind read_series_examples, one a format.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "data/examples/examples.h"
#include "data/examples/labels.h"

namespace recur {

/// What every reader needs: how to read, and where examples go.
struct SeriesReader {
  const ExampleSource& source;
  const LabelReader& labels;
  bool with_labels;
  SeriesExamples& into;

  void read_ts(const std::filesystem::path& path) const;
  void read_idx(const std::filesystem::path& path) const;
  /// A table: with series_files a list of files, with id a row a step, else a row a series.
  void read_table(const std::filesystem::path& path, ExampleFormat format) const;
  void read_folder(const std::filesystem::path& folder) const;

  /// Every series must have the features of the first one. Throws DataError, which begins with `place`.
  void expect_features(const std::vector<std::string>& features, const std::string& place) const;

 private:
  void read_listed(RowReader& rows, const std::filesystem::path& table) const;
  void read_long(RowReader& rows) const;
  void read_wide(RowReader& rows) const;
  /// A table with a row a step.
  SeriesExample read_steps(const std::filesystem::path& path) const;
};

/// A value of a series, which must fit a float; NaN where it is missing. Throws DataError.
float step_value(const RowReader& rows, const Row& row, Index column);

/// `value_columns`, ranges of numbers ("2-97", "3-") written out; if there are none, all columns but
/// `others`.
std::vector<Index> find_value_columns(const RowReader& rows, const std::vector<std::string>& value_columns,
                                      const std::vector<Index>& others);

/// Those of the options' columns that are names or single numbers: what a header can be recognised by.
std::vector<std::string> without_ranges(const std::vector<std::string>& columns);

}  // namespace recur
