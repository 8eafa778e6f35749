#include "tasks/forecast/forecast_plot.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "train/plot.h"

namespace recur {
namespace {

std::size_t size(Index i) { return static_cast<std::size_t>(i); }

/// Steps to draw: enough to see a few seasons, few enough to see each.
constexpr Index kMostSteps = 400;
constexpr std::size_t kMostPanels = 4;

/// For each of the first series the last windows, one behind the other.
std::vector<Window> chosen(const ForecastData& data, std::span<const Window> windows) {
  const Index horizon = data.config().data.horizon, count = std::max<Index>(1, kMostSteps / horizon);
  std::map<Index, std::vector<Window>> by_series;
  for (std::size_t i = windows.size(); i-- > 0;) {
    std::vector<Window>& list = by_series[windows[i].series];
    const bool apart = list.empty() || windows[i].origin + horizon <= list.back().origin;
    if (apart && static_cast<Index>(list.size()) < count) list.push_back(windows[i]);
  }
  std::vector<Window> out;
  for (auto& [series, list] : by_series) {
    if (out.size() >= kMostPanels * size(count)) break;
    out.insert(out.end(), list.rbegin(), list.rend());
  }
  return out;
}

}  // namespace

std::string forecast_svg(ForecastNet& net, ThreadPool& pool, const ForecastData& data,
                         std::span<const Window> windows, std::uint64_t seed) {
  const std::vector<Window> shown = chosen(data, windows);
  Figure figure{.title = "Forecast against actual", .x_label = "step"};
  std::map<Index, std::size_t> panels;  // of a series, its first
  const Index targets = std::min<Index>(data.targets(), kMostPanels);
  forecast_windows(net, pool, data, shown, seed, [&](std::size_t i, const WindowForecast& forecast) {
    const Window& window = shown[i];
    const auto found = panels.find(window.series);
    if (found == panels.end()) {
      if (figure.panels.size() >= kMostPanels) return;
      panels[window.series] = figure.panels.size();
      for (Index d = 0; d < targets; ++d) {
        const OneSeries& one = data.panel().list[size(window.series)];
        const std::string column = data.panel().columns[size(d)];
        Panel panel{.title = one.id.empty() ? column : one.id + " " + column, .height = 180};
        panel.series = {{.name = "actual", .stroke = Stroke::line},
                        {.name = "forecast", .stroke = Stroke::line}};
        if (!forecast.quantiles.empty())
          for (const std::size_t q : {std::size_t{0}, data.config().model.quantiles.size() - 1})
            panel.series.push_back({.name = fmt::format("{:g} %", 100 * data.config().model.quantiles[q]),
                                    .stroke = Stroke::faint,
                                    .colour = 1});
        figure.panels.push_back(std::move(panel));
      }
    }
    for (Index d = 0; d < targets; ++d) {
      Panel& panel = figure.panels[panels[window.series] + size(d)];
      const auto actual = data.values(window.series, d);
      for (std::size_t h = 0; h < forecast.point[size(d)].size(); ++h) {
        const double x = static_cast<double>(window.origin) + static_cast<double>(h) + 1;
        const auto put = [&](std::size_t series, double y) {
          panel.series[series].x.push_back(x);
          panel.series[series].y.push_back(y);
        };
        put(0, actual[size(window.origin) + h]);
        put(1, forecast.point[size(d)][h]);
        if (forecast.quantiles.empty()) continue;
        put(2, forecast.quantiles[size(d)][h].front());
        put(3, forecast.quantiles[size(d)][h].back());
      }
    }
  });
  return to_svg(figure);
}

}  // namespace recur
