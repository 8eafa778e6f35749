// The options that say how series lie in a file.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/fields.h"
#include "data/series/time_format.h"
#include "data/table/row_reader.h"

namespace recur {

/// How series lie in a table. `automatic`: in long form if an id column is given, else as columns.
enum class SeriesLayout {
  automatic,
  columns,  ///< a row a step, a column a series
  tall,     ///< long form: a row a step of one of the series, named in the id column
  rows,     ///< a row a series: its name, then its values; shorter ones end in empty cells
};
constexpr std::array<std::string_view, 4> names_of(SeriesLayout) {
  return {"auto", "columns", "long", "rows"};
}

/// What is done about steps and values that are missing.
enum class Missing {
  error,
  interpolate,  ///< a straight line between its neighbours; at the ends the nearest value
  forward,      ///< the value before
  zero,
  drop,  ///< rows with a missing value go, and missing steps are not looked for
};
constexpr std::array<std::string_view, 5> names_of(Missing) {
  return {"error", "interpolate", "forward", "zero", "drop"};
}

struct SeriesSource {
  std::string time{};
  std::string id{};
  SeriesLayout layout = SeriesLayout::automatic;
  std::vector<std::string> target{};
  std::vector<std::string> covariates{"all"};
  std::vector<std::string> known{};
  DateOrder dates = DateOrder::automatic;
  std::string frequency{};
  std::string zone{};
  Missing missing = Missing::error;
  TableFormat format = TableFormat::automatic;
  Header header = Header::automatic;
  std::string separator{};

  static constexpr auto fields = std::tuple{
      field("time", &SeriesSource::time,
            "column of times, by name or number from 1; not given: the first column if it holds dates"),
      field("id", &SeriesSource::id, "column that names the series, of files in long form"),
      field("layout", &SeriesSource::layout,
            "how series lie in the file; auto: long with an id, else columns"),
      field("target", &SeriesSource::target, "columns to forecast; not given: all"),
      field("covariates", &SeriesSource::covariates,
            "further columns that the model reads, known up to now: names, all (that remain) or none"),
      field("known", &SeriesSource::known, "columns that are known in advance, such as holidays or prices"),
      field("dates", &SeriesSource::dates, "what comes first in dates; auto: as the dates say"),
      field("frequency", &SeriesSource::frequency,
            "how far a step is from the next, as in '1 hour' or '1 month'; not given: found from the times"),
      field("zone", &SeriesSource::zone,
            "time zone of the times, such as Europe/Berlin; resolves the hours of daylight saving"),
      field("missing", &SeriesSource::missing, "what is done about missing steps and values"),
      field("format", &SeriesSource::format, "how the files are written; auto: by name and first line"),
      field("header", &SeriesSource::header, "whether the first row names the columns"),
      field("separator", &SeriesSource::separator,
            "between the cells of a table; not given: a comma (csv) or a tab (tsv)"),
  };
};

}  // namespace recur
