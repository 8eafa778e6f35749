// The series of a run, cut into parts and windows.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "data/series/panel.h"
#include "tasks/forecast/config.h"

namespace recur {

/// Where the parts of a series begin: training [0, valid), validation [valid, test), test [test, end).
struct SeriesParts {
  Index valid = 0, test = 0, end = 0;
};

enum class Part { train, valid, test };
constexpr std::array<std::string_view, 3> names_of(Part) { return {"train", "valid", "test"}; }

/// A window: it looks at [origin − lookback, origin) and forecasts [origin, origin + horizon).
struct Window {
  Index series = 0, origin = 0;
};

/// All that a forecast needs of a panel: its series, transformed; the scales of the training part.
class ForecastData {
 public:
  /// The series that a configuration trains on, validation and test files joined. Throws ConfigError,
  /// DataError, IoError; where the training part holds no window.
  static ForecastData for_training(const ForecastConfig& config);
  /// A file for a model with these scales: all of it is test part.
  static ForecastData for_model(const ForecastConfig& config, const FittedScales& scales,
                                const std::filesystem::path& file);

  /// The same of a panel that was read already.
  static ForecastData for_panel(const ForecastConfig& config, const FittedScales& scales, SeriesPanel panel);

  /// The same series with the test part moved: `steps` origins from `begin` after where it began; what is
  /// before is for training, and as much as now for validation; or twice, three times … as much where no
  /// window of validation would be left in. Scales are fitted anew.
  ForecastData moved(Index begin, Index steps) const;

  /// Windows whose targets lie in a part, `stride` steps between origins, the first `offset` later. Those
  /// of validation and test may look back across the part's beginning; those that no score is fair to are
  /// left out: which begin inside an interpolated gap, as it was filled from behind their origin, and which
  /// have no target that was measured.
  std::vector<Window> windows(Part part, Index stride = 1, Index offset = 0) const;

  /// Windows of a part that no score is fair to.
  Index left_out(Part part) const;

  /// Throws DataError where a part has windows, but none that a score is fair to.
  void expect_scored(Part part, const std::string& file) const;

  /// The values of a target of a series, as in the file.
  std::span<const double> values(Index series, Index target) const;

  const ForecastConfig& config() const { return config_; }
  const SeriesPanel& panel() const { return panel_; }
  const Transform& transform() const { return transform_; }
  const FittedScales& scales() const { return scales_; }
  const PreparedSeries& prepared(Index series) const { return prepared_[static_cast<std::size_t>(series)]; }
  const SeriesParts& parts(Index series) const { return parts_[static_cast<std::size_t>(series)]; }
  Index series() const { return static_cast<Index>(panel_.list.size()); }
  Index targets() const { return panel_.targets; }
  Index season() const { return season_; }
  /// Steps before an origin that a window reads.
  Index reach() const { return config_.data.lookback + transform_.reach(); }
  /// What errors are divided by to be scaled: the deviation of the target in the series' training part, or of
  /// its column where the series has none.
  double deviation(Index series, Index target) const;
  /// A line each.
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  ForecastData(const ForecastConfig& config, SeriesPanel panel);
  void split();
  void prepare();
  void fit();
  /// Where training ends in a series: as its part says, or before a gap that was interpolated from behind.
  Index fitted_end(Index series) const;
  void find_season();
  void find_deviations();
  /// [first, last) origin of the windows of a part, whether a score is fair to them or not.
  std::pair<Index, Index> origins(Index series, Part part) const;
  bool is_fair(const Window& window) const;
  /// Throws DataError where a file of its own gives a part no window.
  void check_file(Part part, const std::filesystem::path& file) const;
  /// Throws DataError where a test part was asked for and none of its windows is there.
  void check_tested(const ForecastConfig& asked) const;
  void tell_of_filled();
  void add_file(const std::filesystem::path& file, Part part);

  ForecastConfig config_;  // with the columns and the season that were found
  SeriesPanel panel_;
  Transform transform_;
  FittedScales scales_;
  std::vector<PreparedSeries> prepared_;
  std::vector<SeriesParts> parts_;
  std::vector<std::vector<double>> deviations_;  // [series][target]
  Index season_ = 1;
  std::vector<std::string> notes_;
};

}  // namespace recur
