#include "tasks/forecast/forecast_report.h"

#include <cmath>

namespace recur {

Report report_windows(ForecastNet& net, ThreadPool& pool, const ForecastData& data, Part part,
                      std::span<const Window> windows, const RidgeBaseline* ridge, std::uint64_t seed) {
  ForecastScores scores(data, part, data.config().model.quantiles);
  forecast_windows(net, pool, data, windows, seed,
                   [&](std::size_t i, const WindowForecast& forecast) { scores.add(windows[i], forecast); });
  Report report;
  report.metrics = scores.metrics();
  double smape = kNotMeasured, mase = kNotMeasured;  // of Naive2
  std::vector<std::pair<std::string, ForecastScores>> baselines;
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
  report.each = scores.each();
  return report;
}

}  // namespace recur
