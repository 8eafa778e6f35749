// Line plots as SVG: panels of series over a shared x, with reference levels and marked points. It knows
// nothing of training; curves.h says what a run's curves are.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace recur {

/// How a series is drawn.
enum class Stroke {
  line,     ///< what the reader should see first
  markers,  ///< a line with a dot at each point: few, separate measurements
  faint,  ///< background: raw, noisy data behind its own smoothed line; its outliers do not stretch the axis
};

/// One curve. Values that the axes cannot show (NaN, infinite; ≤ 0 on a logarithmic axis) are gaps; a point
/// alone between gaps is a dot. Thousands of points are thinned to what pixels can show: extremes stay.
struct Series {
  std::string name{};            ///< its label at the right; a series without a name has none
  std::vector<double> x{}, y{};  ///< REQUIRES: of equal length, x ascending
  Stroke stroke = Stroke::line;
  std::optional<int> colour{};  ///< which of the palette, counted from 0; by default the series' own position
};

/// A horizontal dashed line to compare with.
struct Level {
  std::string name{};
  double y = 0;
};

/// A point worth a word, on the series of that colour.
struct Mark {
  double x = 0, y = 0;
  std::string label{};
  int colour = 0;
};

struct Panel {
  std::string title{};  ///< what is drawn: "Loss"
  std::string unit{};   ///< of y, after the title: "nats per character"
  bool log_y = false;
  double height = 260;  ///< of the plotting area, in pixels; more if its labels need it
  std::vector<Series> series{};
  std::vector<Level> levels{};
  std::vector<Mark> marks{};
};

/// Panels above one another over one x axis.
struct Figure {
  std::string title{}, subtitle{};  ///< either may be empty
  std::string x_label{};
  std::vector<Panel> panels{};
  double width = 800;  ///< in pixels
};

/// The figure as a self-contained SVG file: same figure, same bytes. It follows the viewer's light or dark
/// scheme and uses colours that colour-blind readers can tell apart.
std::string to_svg(const Figure& figure);

}  // namespace recur
