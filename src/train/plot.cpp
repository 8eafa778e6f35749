#include "train/plot.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string_view>

#include "base/error.h"
#include "train/axis.h"
#include "train/svg.h"

namespace recur {
namespace {

constexpr double kFont = 12, kTitleFont = 16, kPanelTitleFont = 13;
constexpr double kEdge = 16;          // between the drawing and the edge of the picture
constexpr double kLabelGap = 16;      // between the baselines of two labels at the right
constexpr double kLabelWidest = 150;  // pixels of text; longer names are shortened
constexpr double kSwatch = 14;        // length of the line sample before a label
constexpr double kLead = 14;          // between the plotting area and the samples: room for the leader lines
constexpr int kColours = 8;

// Okabe and Ito's palette, its yellow and black exchanged for grey and brown that show on white; lighter
// versions on dark. Every rule is scoped, and no element has an id: several plots can stand in one HTML page.
constexpr std::string_view kStyle = R"(<style>
.recur-plot text{font-family:"Helvetica Neue",Helvetica,Arial,"Liberation Sans","DejaVu Sans",sans-serif;font-size:12px;fill:#24292f}
.recur-plot .paper{fill:#ffffff}
.recur-plot .ring{fill:#ffffff;stroke:currentColor;stroke-width:2}
.recur-plot .dot{fill:currentColor}
.recur-plot .title{font-size:16px;font-weight:600}
.recur-plot .head{font-size:13px;font-weight:600}
.recur-plot .dim{fill:#656d76;font-weight:400}
.recur-plot .halo{stroke:#ffffff;stroke-width:4px;stroke-linejoin:round;paint-order:stroke}
.recur-plot .grid{stroke:#e7e9ec}
.recur-plot .axis{stroke:#8c959f}
.recur-plot .level{stroke:#57606a;stroke-width:1.2;stroke-dasharray:5 4}
.recur-plot .mark{stroke:currentColor;stroke-dasharray:1.5 3}
.recur-plot .line{stroke-width:1.8}
.recur-plot .faint{stroke-width:1;opacity:.28}
.recur-plot .lead{stroke-width:1;opacity:.5}
.recur-plot path,.recur-plot line{fill:none;stroke:currentColor;stroke-linejoin:round;stroke-linecap:butt}
.recur-plot .c0{color:#0072b2}
.recur-plot .c1{color:#d55e00}
.recur-plot .c2{color:#009e73}
.recur-plot .c3{color:#cc79a7}
.recur-plot .c4{color:#e69f00}
.recur-plot .c5{color:#56b4e9}
.recur-plot .c6{color:#8c564b}
.recur-plot .c7{color:#7f7f7f}
.recur-plot .neutral{color:#57606a}
@media (prefers-color-scheme:dark){
.recur-plot text{fill:#e6edf3}
.recur-plot .paper,.recur-plot .ring{fill:#0d1117}
.recur-plot .dim{fill:#9198a1}
.recur-plot .halo{stroke:#0d1117}
.recur-plot .grid{stroke:#262c34}
.recur-plot .axis{stroke:#6e7681}
.recur-plot .level{stroke:#9198a1}
.recur-plot .faint{opacity:.4}
.recur-plot .c0{color:#4aa3df}
.recur-plot .c1{color:#ff8b4d}
.recur-plot .c2{color:#2fc79b}
.recur-plot .c3{color:#e39bc4}
.recur-plot .c4{color:#f2b84b}
.recur-plot .c5{color:#86cff5}
.recur-plot .c6{color:#c39b92}
.recur-plot .c7{color:#a8a8a8}
.recur-plot .neutral{color:#9198a1}
}
</style>
)";

/// A plotting area: pixels of its edges, and the two axes.
struct Frame {
  double left = 0, right = 0, top = 0, bottom = 0;
  Axis x, y;

  bool holds(double x_value, double y_value) const { return x.holds(x_value) && y.holds(y_value); }
  double px(double value) const { return left + x.position(value) * (right - left); }
  /// Held inside the frame: only outliers of faint series would leave it.
  double py(double value) const {
    return std::clamp(bottom - y.position(value) * (bottom - top), top, bottom);
  }
};

std::string line(double x1, double y1, double x2, double y2, std::string_view css) {
  return fmt::format("<line class=\"{}\" x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"/>\n", css, svg_number(x1),
                     svg_number(y1), svg_number(x2), svg_number(y2));
}

std::string circle(double x, double y, double radius, std::string_view css) {
  return fmt::format("<circle class=\"{}\" cx=\"{}\" cy=\"{}\" r=\"{}\"/>\n", css, svg_number(x),
                     svg_number(y), svg_number(radius));
}

/// `content` is XML already; `anchor` is start, middle or end.
std::string text(double x, double y, std::string_view anchor, std::string_view css,
                 std::string_view content) {
  const std::string style = css.empty() ? "" : fmt::format(" class=\"{}\"", css);
  return fmt::format("<text{} x=\"{}\" y=\"{}\" text-anchor=\"{}\">{}</text>\n", style, svg_number(x),
                     svg_number(y), anchor, content);
}

std::string colour_class(int colour) { return fmt::format("c{}", colour % kColours); }

/// Beyond the palette, colours come again, dashed.
std::string dashes(int colour) {
  constexpr std::string_view kPatterns[] = {"", "7 3", "2 2", "8 2 2 2"};
  const std::string_view pattern = kPatterns[colour / kColours % 4];
  return pattern.empty() ? "" : fmt::format(" stroke-dasharray=\"{}\"", pattern);
}

int colour_of(const Panel& panel, std::size_t series) {
  return panel.series[series].colour.value_or(static_cast<int>(series));
}

/// What the y axis has to show. Of a faint series that is the middle 98 %: one exploding batch among
/// thousands must not press everything else flat.
std::vector<double> shown_values(const Panel& panel) {
  std::vector<double> out;
  for (const Series& s : panel.series) {
    std::vector<double> values;
    for (double v : s.y) {
      if (Axis{.logarithmic = panel.log_y}.holds(v)) values.push_back(v);
    }
    if (s.stroke == Stroke::faint) std::sort(values.begin(), values.end());
    const auto cut = s.stroke == Stroke::faint ? static_cast<std::ptrdiff_t>(values.size() / 100) : 0;
    out.insert(out.end(), values.begin() + cut, values.end() - cut);
  }
  for (const Level& level : panel.levels) out.push_back(level.y);
  for (const Mark& mark : panel.marks) out.push_back(mark.y);
  return out;
}

/// Which points of [first, last) are drawn: of those that share a column of pixels the first, lowest, highest
/// and last.
std::vector<std::size_t> thinned(const Series& s, const Frame& frame, std::size_t first, std::size_t last) {
  std::vector<std::size_t> out;
  while (first < last) {
    const double column = std::floor(frame.px(s.x[first]));
    std::size_t lowest = first, highest = first, end = first + 1;
    for (; end < last && std::floor(frame.px(s.x[end])) == column; ++end) {
      if (s.y[end] < s.y[lowest]) lowest = end;
      if (s.y[end] > s.y[highest]) highest = end;
    }
    for (std::size_t i : {first, std::min(lowest, highest), std::max(lowest, highest), end - 1}) {
      if (out.empty() || out.back() != i) out.push_back(i);
    }
    first = end;
  }
  return out;
}

std::string draw_series(const Series& s, const Frame& frame, int colour) {
  std::string path, dots;
  for (std::size_t i = 0; i < s.x.size();) {
    if (!frame.holds(s.x[i], s.y[i])) {
      ++i;
      continue;
    }
    std::size_t end = i;  // of the run of points up to the next gap
    while (end < s.x.size() && frame.holds(s.x[end], s.y[end])) ++end;
    const auto points = thinned(s, frame, i, end);
    const bool dotted = s.stroke == Stroke::markers || end - i == 1;
    char command = 'M';
    for (std::size_t p : points) {
      const double x = frame.px(s.x[p]), y = frame.py(s.y[p]);
      if (end - i > 1) path += fmt::format("{}{} {}", command, svg_number(x), svg_number(y));
      command = 'L';
      if (dotted) dots += circle(x, y, s.stroke == Stroke::faint ? 1 : 2.5, "dot");
    }
    i = end;
  }
  std::string out = fmt::format("<g class=\"{}\">\n", colour_class(colour));
  if (!path.empty()) {
    out += fmt::format("<path class=\"{}\"{} d=\"{}\"/>\n", s.stroke == Stroke::faint ? "faint" : "line",
                       dashes(colour), path);
  }
  return out + dots + "</g>\n";
}

/// One label at the right of a panel.
struct Label {
  double wanted = 0, y = 0;  ///< pixels: where its line ends, where there was room
  bool leads = false;        ///< its line reaches the right edge, so a leader can join the two
  std::string name{}, css{}, dashes{};
};

std::vector<Label> labels_of(const Panel& panel, const Frame& frame) {
  std::vector<Label> out;
  for (std::size_t i = 0; i < panel.series.size(); ++i) {
    const Series& s = panel.series[i];
    if (s.name.empty()) continue;
    Label label{.wanted = frame.bottom, .name = s.name};
    label.css = colour_class(colour_of(panel, i));
    label.dashes = dashes(colour_of(panel, i));
    for (std::size_t p = s.x.size(); p-- > 0;) {
      if (!frame.holds(s.x[p], s.y[p])) continue;
      label.wanted = frame.py(s.y[p]);
      label.leads = frame.px(s.x[p]) > frame.right - 2;
      break;
    }
    out.push_back(std::move(label));
  }
  for (const Level& level : panel.levels) {
    if (!frame.y.holds(level.y)) continue;
    out.push_back({.wanted = frame.py(level.y), .leads = true, .name = level.name, .css = "neutral"});
    out.back().dashes = " stroke-dasharray=\"5 4\"";
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const Label& a, const Label& b) { return a.wanted < b.wanted; });
  return out;
}

/// Gives each label its `y`, `kLabelGap` apart and as near to where it is wanted as that allows (least
/// squares, by pooling neighbours that would overlap), within the frame.
void spread(std::vector<Label>& labels, const Frame& frame) {
  struct Block {
    double sum;  // of wanted − its offset within the block's labels
    std::size_t count;
    double mean() const { return sum / static_cast<double>(count); }
  };
  std::vector<Block> blocks;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    blocks.push_back({labels[i].wanted - kLabelGap * static_cast<double>(i), 1});
    while (blocks.size() > 1 && blocks.back().mean() < blocks[blocks.size() - 2].mean()) {
      const Block upper = blocks.back();
      blocks.pop_back();
      blocks.back().sum += upper.sum;
      blocks.back().count += upper.count;
    }
  }
  const double room = frame.bottom - kLabelGap * (static_cast<double>(labels.size()) - 1);
  std::size_t i = 0;
  for (const Block& block : blocks) {
    for (std::size_t k = 0; k < block.count; ++k, ++i) {
      labels[i].y =
          std::clamp(block.mean(), frame.top, std::max(frame.top, room)) + kLabelGap * static_cast<double>(i);
    }
  }
}

std::string draw_labels(const Panel& panel, const Frame& frame) {
  std::vector<Label> labels = labels_of(panel, frame);
  spread(labels, frame);
  std::string out;
  for (const Label& label : labels) {
    const double x = frame.right + kLead;
    out += fmt::format("<g class=\"{}\">\n", label.css);
    if (label.leads) out += line(frame.right, label.wanted, x, label.y, "lead");
    out += fmt::format("<line class=\"line\"{} x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"/>\n", label.dashes,
                       svg_number(x), svg_number(label.y), svg_number(x + kSwatch), svg_number(label.y));
    out += "</g>\n";
    out +=
        text(x + kSwatch + 5, label.y + 4, "start", "", xml_text(shortened(label.name, kFont, kLabelWidest)));
  }
  return out;
}

std::string draw_marks(const Panel& panel, const Frame& frame) {
  std::string out;
  for (const Mark& mark : panel.marks) {
    if (!frame.holds(mark.x, mark.y)) continue;
    const double x = frame.px(mark.x), y = frame.py(mark.y);
    // The label stands at the top of its line, on the side with more room.
    const bool left_of_it = x > (frame.left + frame.right) / 2;
    out += fmt::format("<g class=\"{}\">\n", colour_class(mark.colour));
    out += line(x, frame.top, x, frame.bottom, "mark") + circle(x, y, 4, "ring") + "</g>\n";
    out += text(x + (left_of_it ? -6 : 6), frame.top + 10, left_of_it ? "end" : "start", "halo",
                xml_text(mark.label));
  }
  return out;
}

std::string draw_axes(const Frame& frame, int y_ticks, bool x_labels) {
  std::string out;
  for (const Tick& tick : frame.y.ticks(y_ticks)) {
    const double y = frame.py(tick.value);
    out += line(frame.left, y, frame.right, y, "grid");
    out += text(frame.left - 7, y + 4, "end", "dim", tick.label);
  }
  out += line(frame.left, frame.bottom, frame.right, frame.bottom, "axis");
  for (const Tick& tick : frame.x.ticks(std::max(2, static_cast<int>((frame.right - frame.left) / 80)))) {
    const double x = frame.px(tick.value);
    out += line(x, frame.bottom, x, frame.bottom + 4, "axis");
    if (x_labels) out += text(x, frame.bottom + 18, "middle", "dim", tick.label);
  }
  return out;
}

int y_tick_count(double height) { return std::max(2, static_cast<int>(height / 48)); }

std::string draw_panel(const Panel& panel, const Frame& frame, bool x_labels) {
  std::string heading = xml_text(panel.title);
  if (!panel.unit.empty()) heading += " <tspan class=\"dim\">" + xml_text(panel.unit) + "</tspan>";
  std::string out = "<g>\n" + text(frame.left, frame.top - 12, "start", "head", heading);
  out += draw_axes(frame, y_tick_count(frame.bottom - frame.top), x_labels);
  bool empty = true;
  for (std::size_t i = 0; i < panel.series.size(); ++i) {
    const Series& s = panel.series[i];
    RECUR_ASSERT(s.x.size() == s.y.size());
    for (std::size_t p = 0; p < s.x.size() && empty; ++p) empty = !frame.holds(s.x[p], s.y[p]);
    out += draw_series(s, frame, colour_of(panel, i));
  }
  for (const Level& level : panel.levels) {
    if (frame.y.holds(level.y))
      out += line(frame.left, frame.py(level.y), frame.right, frame.py(level.y), "level");
  }
  out += draw_marks(panel, frame) + draw_labels(panel, frame);
  if (empty) {
    out += text((frame.left + frame.right) / 2, (frame.top + frame.bottom) / 2, "middle", "dim",
                "no finite values");
  }
  return out + "</g>\n";
}

double widest_label(const Figure& figure) {
  double widest = 0;
  for (const Panel& panel : figure.panels) {
    for (const Series& s : panel.series) widest = std::max(widest, text_width(s.name, kFont));
    for (const Level& level : panel.levels) widest = std::max(widest, text_width(level.name, kFont));
  }
  return std::min(widest, kLabelWidest);
}

std::vector<Frame> frames_of(const Figure& figure, double top) {
  std::vector<double> xs;
  for (const Panel& panel : figure.panels) {
    for (const Series& s : panel.series) xs.insert(xs.end(), s.x.begin(), s.x.end());
    for (const Mark& mark : panel.marks) xs.push_back(mark.x);
  }
  Axis x = axis_around(xs, 0);
  if (x.low > 0 && x.low < 0.05 * x.high) x.low = 0;  // what begins almost at 0 was meant to
  std::vector<Frame> frames;
  double left = kEdge;
  top += kEdge;
  for (const Panel& panel : figure.panels) {
    const auto labels = panel.levels.size() + static_cast<std::size_t>(std::count_if(
                                                  panel.series.begin(), panel.series.end(),
                                                  [](const Series& s) { return !s.name.empty(); }));
    Frame frame{.x = x, .y = axis_around(shown_values(panel), 0.05, panel.log_y)};
    frame.top = top + kPanelTitleFont + 12;
    frame.bottom = frame.top + std::max(panel.height, kLabelGap * static_cast<double>(labels));
    for (const Tick& tick : frame.y.ticks(y_tick_count(frame.bottom - frame.top))) {
      left = std::max(left, kEdge + text_width(tick.label, kFont) + 7);
    }
    top = frame.bottom + 26;
    frames.push_back(frame);
  }
  const double labels = widest_label(figure);
  for (Frame& frame : frames) {  // one left and right edge for all: the panels share their x
    frame.left = left;
    frame.right = figure.width - kEdge - (labels > 0 ? labels + kLead + kSwatch + 5 : 0);
  }
  return frames;
}

}  // namespace

std::string to_svg(const Figure& figure) {
  double top = kEdge;
  std::string body;
  if (!figure.title.empty()) body += text(kEdge, top += kTitleFont, "start", "title", xml_text(figure.title));
  if (!figure.subtitle.empty())
    body += text(kEdge, top += kFont + 8, "start", "dim", xml_text(figure.subtitle));

  const std::vector<Frame> frames = frames_of(figure, top);
  for (std::size_t i = 0; i < frames.size(); ++i) {
    body += draw_panel(figure.panels[i], frames[i], /*x_labels=*/i + 1 == frames.size());
  }
  double height = frames.empty() ? top + kEdge : frames.back().bottom + 18 + kEdge;
  if (!frames.empty() && !figure.x_label.empty()) {
    body += text((frames[0].left + frames[0].right) / 2, frames.back().bottom + 36, "middle", "",
                 xml_text(figure.x_label));
    height += 20;
  }
  const std::string width = svg_number(figure.width);
  std::string out = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"recur-plot\" role=\"img\" width=\"{0}\" "
      "height=\"{1}\" "
      "viewBox=\"0 0 {0} {1}\">\n<title>{2}</title>\n",
      width, svg_number(height), xml_text(figure.title));
  out += kStyle;
  out += fmt::format("<rect class=\"paper\" width=\"{}\" height=\"{}\"/>\n", width, svg_number(height));
  return out + body + "</svg>\n";
}

}  // namespace recur
