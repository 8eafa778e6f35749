#include "tasks/forecast/forecast_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace recur {
namespace {

using Scored = std::pair<std::string, ForecastScores>;

/// The model among the baselines, best first; its title says whether it is worth having.
ReportTable verdict(const ForecastScores& model, const std::vector<Scored>& baselines) {
  std::vector<const Scored*> order;
  for (const Scored& baseline : baselines) order.push_back(&baseline);
  std::stable_sort(order.begin(), order.end(), [](const Scored* a, const Scored* b) {
    return a->second.mse_scaled() < b->second.mse_scaled();
  });
  ReportTable table{"", {"", "mse scaled", "mae scaled", "rmse", "mae", "smape"}, {}};
  const auto row = [](const std::string& name, const ForecastScores& scores) {
    std::vector<std::string> cells{name};
    const nlohmann::json metrics = scores.metrics();
    for (const char* key : {"mse_scaled", "mae_scaled", "rmse", "mae", "smape"})
      cells.push_back(fmt::format("{:.4g}", metrics.value(key, kNotMeasured)));
    return cells;
  };
  const double own = model.mse_scaled();
  if (!order.empty()) {
    const double best = order[0]->second.mse_scaled();
    // Less than one part in a hundred is not worth a model.
    table.title = own < 0.99 * best
                      ? fmt::format("Better than every baseline: {:.1f} % less squared error than the best of them ({})",
                                    100 * (1 - own / best), order[0]->first)
                  : own < best ? fmt::format("Hardly better than a baseline ({}): {:.2f} % less squared error",
                                             order[0]->first, 100 * (1 - own / best))
                               : fmt::format("Not better than a baseline ({}): {:.1f} % more squared error",
                                             order[0]->first, 100 * (own / best - 1));
  }
  std::size_t above = 0;
  while (above < order.size() && order[above]->second.mse_scaled() <= own) ++above;
  for (std::size_t i = 0; i <= order.size(); ++i) {
    if (i == above) table.rows.push_back(row("the model", model));
    if (i < order.size()) table.rows.push_back(row(order[i]->first, order[i]->second));
  }
  return table;
}

}  // namespace

Report report_windows(ForecastNet& net, ThreadPool& pool, const ForecastData& data, Part part,
                      std::span<const Window> windows, const RidgeBaseline* ridge, std::uint64_t seed) {
  ForecastScores scores(data, part, data.config().model.quantiles);
  forecast_windows(net, pool, data, windows, seed,
                   [&](std::size_t i, const WindowForecast& forecast) { scores.add(windows[i], forecast); });
  Report report;
  report.metrics = scores.metrics();
  double smape = kNotMeasured, mase = kNotMeasured;  // of Naive2
  std::vector<Scored> baselines;
  for (const BaselineForecast& baseline : baselines_for(data, windows, ridge))
    if (auto scored = score_baseline(data, part, windows, baseline)) {
      if (baseline.name == "naive2") {
        smape = scored->smape();
        mase = scored->mase();
      }
      baselines.emplace_back(baseline.name, std::move(*scored));
    }
  const auto add_owa = [&](nlohmann::json& metrics, const ForecastScores& of) {
    const double value = owa(of.smape(), of.mase(), smape, mase);
    if (!std::isnan(value)) metrics["owa"] = value;
  };
  add_owa(report.metrics, scores);
  for (const auto& [name, scored] : baselines) {
    nlohmann::json& metrics = report.baselines[name];
    metrics = scored.metrics();
    add_owa(metrics, scored);
  }
  report.tables = scores.tables();
  report.tables.insert(report.tables.begin(), verdict(scores, baselines));
  report.each = scores.each();
  return report;
}

}  // namespace recur
