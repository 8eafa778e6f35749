#include "tasks/forecast/forecast_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "train/job.h"

namespace recur {
namespace {

using Metrics = std::pair<std::string, nlohmann::json>;

/// The model among the baselines, best first; its title says whether it is worth having. What counts is OWA
/// where there is one, as many series of different size have no common scale; else the squared error.
ReportTable verdict(const nlohmann::json& model, const std::vector<Metrics>& baselines) {
  const bool relative = model.contains("owa");
  const std::string key = relative ? "owa" : "mse_scaled";
  const std::string unit = relative ? "OWA" : "squared error";
  // What was not measured is worst.
  const auto score = [&](const nlohmann::json& metrics) {
    const double value = metrics.value(key, kNotMeasured);
    return std::isnan(value) ? std::numeric_limits<double>::infinity() : value;
  };
  std::vector<Metrics> order;
  for (const Metrics& baseline : baselines)
    if (baseline.second.contains(key)) order.push_back(baseline);
  const auto better = [&](const Metrics& a, const Metrics& b) { return score(a.second) < score(b.second); };
  std::stable_sort(order.begin(), order.end(), better);
  const double own = score(model);
  ReportTable table{"Score", {"", "mse scaled", "mae scaled", "rmse", "mae", "smape"}, {}};
  if (relative) table.columns.insert(table.columns.begin() + 1, "owa");
  if (!order.empty()) {
    const double best = score(order[0].second);
    const std::string& name = order[0].first;
    // Less than one part in a hundred is not worth a model.
    const double less = 100 * (1 - own / best);
    if (own < best && less >= 1) {
      table.title = fmt::format("Better than every baseline: {:.1f} % less {} than the best of them ({})",
                                less, unit, name);
    } else if (own < best) {
      table.title = fmt::format("Hardly better than a baseline ({}): {:.2f} % less {}", name, less, unit);
    } else if (own <= best) {
      table.title = fmt::format("Not better than a baseline ({}): the same {}", name, unit);
    } else if (own > 3 * best) {
      table.title = fmt::format("Not better than a baseline ({}), which has {} {}", name,
                                best > 0 ? "less than a third of its" : "no", unit);
    } else {
      table.title = fmt::format("Not better than a baseline ({}): {:.1f} % more {}", name, -less, unit);
    }
  }
  const Metrics mine{"the model", model};
  order.insert(std::upper_bound(order.begin(), order.end(), mine, better), mine);
  for (const auto& [name, metrics] : order) {
    std::vector<std::string> cells{name};
    for (std::string column : std::span(table.columns).subspan(1)) {
      std::replace(column.begin(), column.end(), ' ', '_');
      cells.push_back(fmt::format("{:.4g}", metrics.value(column, kNotMeasured)));
    }
    table.rows.push_back(std::move(cells));
  }
  return table;
}

}  // namespace

Report report_windows(ForecastNet& net, ThreadPool& pool, const ForecastData& data, Part part,
                      std::span<const Window> windows, const RidgeBaseline* ridge, std::uint64_t seed,
                      const std::function<bool()>& stop_requested) {
  ForecastScores scores(data, part, data.config().model.quantiles);
  forecast_windows(net, pool, data, windows, seed, [&](std::size_t i, const WindowForecast& forecast) {
    throw_if_asked(stop_requested);
    scores.add(windows[i], forecast);
  });
  Report report;
  report.metrics = scores.metrics();
  std::vector<std::pair<std::string, ForecastScores>> baselines;
  for (const BaselineForecast& baseline : baselines_for(data, windows, ridge))
    if (auto scored = score_baseline(data, part, windows, baseline))
      baselines.emplace_back(baseline.name, std::move(*scored));
  const auto naive2 =
      std::find_if(baselines.begin(), baselines.end(), [](const auto& b) { return b.first == "naive2"; });
  const auto add_owa = [&](nlohmann::json& metrics, const ForecastScores& of) {
    if (naive2 == baselines.end()) return;
    const double value = owa(of.smape(), of.mase(), naive2->second.smape(), naive2->second.mase());
    if (!std::isnan(value)) metrics["owa"] = value;
  };
  add_owa(report.metrics, scores);
  std::vector<Metrics> all;
  for (const auto& [name, scored] : baselines) {
    all.emplace_back(name, scored.metrics());
    add_owa(all.back().second, scored);
    report.baselines[name] = all.back().second;
  }
  report.tables = scores.tables();
  report.tables.insert(report.tables.begin(), verdict(report.metrics, all));
  if (const Index without = data.left_out(part); without > 0)
    report.tables.front().title += fmt::format("; {} of {} windows could not be scored", without,
                                               without + static_cast<Index>(data.windows(part).size()));
  report.each = scores.each();
  return report;
}

}  // namespace recur
