// A panel: one or many series with the same columns, as forecasting reads and predicts them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/types.h"
#include "data/series/frequency.h"
#include "data/series/time_zone.h"

namespace recur {

/// One series. Columns are targets, then covariates (known up to now), then what is known in advance.
struct OneSeries {
  std::string id{};                            ///< empty where the panel is one series
  std::vector<std::vector<double>> columns{};  ///< [column][step]
  std::vector<Time> times{};                   ///< of each step; empty where there are none
  std::vector<Index> lines{};                  ///< of the file, of each step; 0 where a step was filled in
  std::vector<std::vector<bool>> filled{};     ///< [column][step] whose value was missing; empty if none was
  Index known_steps = 0;  ///< steps whose targets are known; later ones have columns known in advance

  Index steps() const { return known_steps; }
  /// Whether a value was missing, and stands there by the policy for such.
  bool was_filled(Index column, Index step) const {
    return !filled.empty() && filled[static_cast<std::size_t>(column)][static_cast<std::size_t>(step)];
  }
};

/// What a panel is read for: who reads a message about it can choose options again, or has a model.
enum class PanelUse {
  training,
  part,  ///< a file beside the one that is trained on
  model,
};

struct SeriesPanel {
  /// A file that it was read from. Lines are counted through all of them.
  struct File {
    std::string name{};
    Index lines_before = 0;
  };

  PanelUse use = PanelUse::training;
  std::string file{};                  ///< its name, for messages; of several the first, and how many more
  std::vector<File> files{};           ///< where there are several
  std::vector<std::string> columns{};  ///< names, in the order of OneSeries::columns
  Index targets = 0, covariates = 0, known = 0;
  std::vector<OneSeries> list{};
  Frequency frequency{};
  TimeFormat format{};
  std::optional<TimeZone> zone{};
  std::string time_column{};         ///< empty where there is none
  std::vector<std::string> notes{};  ///< what a user should know, a line each

  bool has_times() const { return !time_column.empty(); }
  /// The time of a step of a series, also of one after its end.
  Time time_of(const OneSeries& series, Index step) const;
  /// The same as clocks show it.
  Time clock_of(const OneSeries& series, Index step) const;
  /// What the answers about a target of a series call it: "sales", "north" or "north/sales".
  std::string name_of(const OneSeries& series, Index target) const;
  /// As the file writes it; the number of the step, from 1, where there are no times.
  std::string write_time(const OneSeries& series, Index step) const;
  /// "sales.csv:17" of a line as OneSeries::lines counts it; "line 17" as a line of the same file sees it.
  std::string place_of_line(Index line, Index seen_from = 0) const;
  /// The same of a step, and the series where there are several.
  std::string place(const OneSeries& series, Index step) const;
};

}  // namespace recur
