#include "tasks/forecast/forecast_scores.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace recur {
namespace {

std::size_t size(Index i) { return static_cast<std::size_t>(i); }

std::string number(double x) { return std::isnan(x) ? "-" : fmt::format("{:.4g}", x); }

}  // namespace

ForecastScores::ForecastScores(const ForecastData& data, Part part, std::vector<double> quantiles)
    : data_(data),
      part_(part),
      by_series_(size(data.series() * data.targets())),
      by_step_(size(data.config().data.horizon)),
      quantiles_(std::move(quantiles)) {}

void ForecastScores::add(const Window& window, const WindowForecast& forecast) {
  const OneSeries& missing = data_.panel().list[size(window.series)];
  double sum = 0, count = 0;
  for (Index d = 0; d < data_.targets(); ++d) {
    const auto actual = data_.values(window.series, d).subspan(size(window.origin));
    const double deviation = data_.deviation(window.series, d);
    const std::vector<double>& point = forecast.point[size(d)];
    ForecastSums& series = by_series_[size(window.series * data_.targets() + d)];
    for (std::size_t h = 0; h < point.size(); ++h) {
      if (missing.was_filled(d, window.origin + static_cast<Index>(h))) continue;
      ForecastSums one;
      one.add(actual[h], point[h], deviation);
      all_.add(one);
      series.add(one);
      by_step_[h].add(one);
      sum += one.scaled_square;
      count += 1;
      if (!forecast.quantiles.empty()) quantiles_.add(actual[h], forecast.quantiles[size(d)][h]);
    }
  }
  if (count > 0) each_.push_back(sum / count);
}

double ForecastScores::smape() const {
  double sum = 0, count = 0;
  for (const ForecastSums& series : by_series_)
    if (series.count > 0) {
      sum += series.smape();
      count += 1;
    }
  return sum / count;
}

std::vector<double> ForecastScores::measured_before(Index series, Index target, Index end) const {
  const auto values = data_.values(series, target).first(size(end));
  std::vector<double> measured(values.begin(), values.end());
  for (Index t = 0; t < end; ++t)
    if (data_.panel().list[size(series)].was_filled(target, t)) measured[size(t)] = std::nan("");
  return measured;
}

double ForecastScores::mase() const {
  double sum = 0, count = 0;
  for (Index s = 0; s < data_.series(); ++s)
    for (Index d = 0; d < data_.targets(); ++d) {
      const ForecastSums& series = by_series_[size(s * data_.targets() + d)];
      const SeriesParts& parts = data_.parts(s);
      const Index before = part_ == Part::test ? parts.test : parts.valid;
      const double scale = mase_scale(measured_before(s, d, before), data_.season());
      if (series.count == 0 || std::isnan(scale)) continue;
      sum += series.mae() / scale;
      count += 1;
    }
  return sum / count;
}

nlohmann::json ForecastScores::metrics() const {
  nlohmann::json json = nlohmann::json::object();
  const auto put = [&](const std::string& name, double value) {
    if (!std::isnan(value)) json[name] = value;
  };
  put("mse_scaled", all_.mse_scaled());
  put("mae_scaled", all_.mae_scaled());
  put("mse", all_.mse());
  put("mae", all_.mae());
  put("rmse", all_.rmse());
  put("smape", smape());
  put("mase", mase());
  put("rse", all_.rse());
  if (by_step_.size() > 1) put("rse_last", by_step_.back().rse());
  if (!quantiles_.quantiles().empty()) {
    put("pinball", quantiles_.pinball());
    for (const QuantileSums::Interval& interval : quantiles_.intervals())
      put(fmt::format("coverage_{:g}", 100 * interval.nominal), interval.coverage);
  }
  json["windows"] = windows();
  return json;
}

std::vector<ReportTable> ForecastScores::tables() const {
  constexpr std::size_t kMost = 12;
  std::vector<ReportTable> tables;
  const auto row = [](std::string name, const ForecastSums& s) {
    return std::vector<std::string>{std::move(name),  number(s.mse_scaled()), number(s.mae_scaled()),
                                    number(s.rmse()), number(s.mae()),        number(s.smape())};
  };
  const std::vector<std::string> columns{"", "mse scaled", "mae scaled", "rmse", "mae", "smape"};
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < by_series_.size(); ++i)
    if (by_series_[i].count > 0) order.push_back(i);
  if (order.size() > 1) {
    std::string title = "By series";
    if (order.size() > kMost) {
      std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return by_series_[a].mse_scaled() > by_series_[b].mse_scaled();
      });
      title = fmt::format("The {} worst of {} series", kMost, order.size());
      order.resize(kMost);
    }
    ReportTable table{title, columns, {}};
    for (const std::size_t i : order) {
      const std::size_t targets = size(data_.targets());
      const OneSeries& series = data_.panel().list[i / targets];
      table.rows.push_back(
          row(data_.panel().name_of(series, static_cast<Index>(i % targets)), by_series_[i]));
    }
    tables.push_back(std::move(table));
  }
  if (by_step_.size() > 1) {
    ReportTable table{"By step of the horizon", columns, {}};
    table.columns.emplace_back("rse");
    // A dozen steps, closer at the beginning: errors grow fastest there.
    const double ratio = std::max(1.3, std::pow(static_cast<double>(by_step_.size()), 1.0 / 8));
    std::vector<std::size_t> steps;
    for (std::size_t h = 1; h < by_step_.size();
         h = std::max(h + 1, static_cast<std::size_t>(std::ceil(static_cast<double>(h) * ratio))))
      steps.push_back(h);
    steps.push_back(by_step_.size());
    for (const std::size_t h : steps) {
      table.rows.push_back(row(std::to_string(h), by_step_[h - 1]));
      table.rows.back().push_back(number(by_step_[h - 1].rse()));
    }
    tables.push_back(std::move(table));
  }
  return tables;
}

}  // namespace recur
