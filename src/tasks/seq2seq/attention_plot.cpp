#include "tasks/seq2seq/attention_plot.h"

#include <fmt/core.h>

#include <algorithm>

#include "train/svg.h"

namespace recur {
namespace {

constexpr double kCell = 22, kEdge = 16, kFont = 12, kWidestLabel = 130, kGap = 6;

constexpr const char* kStyle = R"(<style>
.recur-attention text{font-family:"Helvetica Neue",Helvetica,Arial,"Liberation Sans","DejaVu Sans",sans-serif;font-size:12px;fill:#24292f}
.recur-attention .paper{fill:#ffffff}
.recur-attention .cell{fill:#0072b2}
.recur-attention .frame{fill:none;stroke:#e7e9ec}
@media (prefers-color-scheme:dark){
.recur-attention text{fill:#e6edf3}
.recur-attention .paper{fill:#0d1117}
.recur-attention .cell{fill:#4aa3df}
.recur-attention .frame{stroke:#262c34}
}
</style>
)";

/// Room that the longest of some labels takes.
double room(const std::vector<std::string>& labels) {
  double widest = 0;
  for (const std::string& label : labels) widest = std::max(widest, text_width(label, kFont));
  return std::min(widest, kWidestLabel);
}

std::string label(const std::string& text) { return xml_text(shortened(text, kFont, kWidestLabel)); }

/// One heat map, its top left corner of cells at (x, y).
std::string drawn(const AttentionGrid& grid, double x, double y) {
  std::string out;
  const std::size_t columns = grid.source.size(), rows = grid.target.size();
  for (std::size_t s = 0; s < columns; ++s)
    out += fmt::format("<text transform=\"translate({} {}) rotate(-90)\">{}</text>\n",
                       svg_number(x + (static_cast<double>(s) + 0.5) * kCell + kFont / 3),
                       svg_number(y - kGap), label(grid.source[s]));
  for (std::size_t t = 0; t < rows; ++t) {
    const double top = y + static_cast<double>(t) * kCell;
    out += fmt::format("<text text-anchor=\"end\" x=\"{}\" y=\"{}\">{}</text>\n", svg_number(x - kGap),
                       svg_number(top + kCell / 2 + kFont / 3), label(grid.target[t]));
    for (std::size_t s = 0; s < columns; ++s) {
      const double weight = static_cast<double>(grid.weights[t * columns + s]);
      if (weight < 0.005) continue;
      out += fmt::format(
          "<rect class=\"cell\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" "
          "fill-opacity=\"{:.2f}\"/>\n",
          svg_number(x + static_cast<double>(s) * kCell), svg_number(top), svg_number(kCell),
          svg_number(kCell), weight);
    }
  }
  return out + fmt::format("<rect class=\"frame\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>\n",
                           svg_number(x), svg_number(y), svg_number(kCell * static_cast<double>(columns)),
                           svg_number(kCell * static_cast<double>(rows)));
}

}  // namespace

std::string attention_svg(const std::vector<AttentionGrid>& grids) {
  std::string body;
  double width = 0, height = kEdge;
  for (const AttentionGrid& grid : grids) {
    const double left = kEdge + room(grid.target) + kGap;
    height += room(grid.source) + kGap;
    body += drawn(grid, left, height);
    height += kCell * static_cast<double>(grid.target.size()) + kEdge;
    width = std::max(width, left + kCell * static_cast<double>(grid.source.size()) + kEdge);
  }
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"recur-attention\" width=\"{0}\" "
      "height=\"{1}\" viewBox=\"0 0 {0} {1}\">\n{2}<rect class=\"paper\" width=\"{0}\" "
      "height=\"{1}\"/>\n{3}</svg>\n",
      svg_number(width), svg_number(height), kStyle, body);
}

}  // namespace recur
