#include "tasks/forecast/forecast_baselines.h"

#include <algorithm>
#include <set>

#include "baselines/naive.h"

namespace recur {
namespace {

std::size_t size(Index i) { return static_cast<std::size_t>(i); }

/// [first, last) of a target in units of its deviation.
std::vector<double> scaled(const ForecastData& data, Index series, Index target, Index first, Index last) {
  const auto x = data.values(series, target).subspan(size(first), size(last - first));
  const double deviation = data.deviation(series, target);
  std::vector<double> out;
  for (const double v : x) out.push_back(v / deviation);
  return out;
}

/// Multiplications that a fit is worth: a few seconds.
constexpr double kWorth = 2e10;

/// So many windows that a fit takes seconds, but several times as many as there are weights of a step.
std::vector<Window> some_windows(const ForecastData& data, Part part) {
  const double lookback = static_cast<double>(data.config().data.lookback);
  const double most = std::max(
      kWorth / (lookback * (lookback + static_cast<double>(data.config().data.horizon))), 4 * lookback);
  const double all = static_cast<double>(data.windows(part).size()) * static_cast<double>(data.targets());
  return data.windows(part, static_cast<Index>(all / most) + 1);
}

}  // namespace

std::optional<RidgeBaseline> RidgeBaseline::fit(const ForecastData& data) {
  const Index lookback = data.config().data.lookback, horizon = data.config().data.horizon;
  if (lookback > 2048) return std::nullopt;
  LookbackRidge ridge(lookback, horizon);
  for (const Part part : {Part::train, Part::valid})
    for (const Window& w : some_windows(data, part))
      for (Index d = 0; d < data.targets(); ++d) {
        const auto x = scaled(data, w.series, d, w.origin - lookback, w.origin + horizon);
        const auto past = std::span(x).first(size(lookback)), future = std::span(x).subspan(size(lookback));
        part == Part::train ? ridge.add_training(past, future) : ridge.add_validation(past, future);
      }
  ridge.fit();
  return RidgeBaseline(std::move(ridge));
}

std::vector<double> RidgeBaseline::forecast(const ForecastData& data, const Window& window,
                                            Index target) const {
  const Index lookback = data.config().data.lookback;
  std::vector<double> y =
      ridge_.predict(scaled(data, window.series, target, window.origin - lookback, window.origin));
  for (double& v : y) v *= data.deviation(window.series, target);
  return y;
}

Tensor RidgeBaseline::to_tensor(Index lookback, Index horizon) const {
  constexpr Index kLargest = 1 << 20;
  const std::vector<double> weights = ridge_.weights();
  if (static_cast<Index>(weights.size()) > kLargest || weights.empty()) return {};
  const Tensor out = Tensor::empty({lookback - 1, horizon});
  std::transform(weights.begin(), weights.end(), out.data<float>(),
                 [](double w) { return static_cast<float>(w); });
  return out;
}

std::optional<RidgeBaseline> RidgeBaseline::from_file(const ModelFile& file, Index lookback, Index horizon) {
  if (file.find("pipeline.ridge") == nullptr) return std::nullopt;
  const Tensor& tensor = file.at("pipeline.ridge", {lookback - 1, horizon});
  const float* const w = tensor.data<float>();
  return RidgeBaseline(
      LookbackRidge::with_weights(lookback, horizon, std::vector<double>(w, w + tensor.size())));
}

std::vector<BaselineForecast> baselines_for(const ForecastData& data, std::span<const Window> windows,
                                            const RidgeBaseline* ridge) {
  const Index horizon = data.config().data.horizon, season = data.season();
  const auto history = [&data](const Window& w, Index d) {
    return data.values(w.series, d).first(size(w.origin));
  };
  std::vector<BaselineForecast> out;
  out.push_back({"last value", [=](const Window& w, Index d) { return last_value(history(w, d), horizon); }});
  out.push_back({"drift", [=](const Window& w, Index d) { return drift(history(w, d), horizon); }});
  if (season > 1) {
    out.push_back({"seasonal naive",
                   [=](const Window& w, Index d) { return seasonal_naive(history(w, d), season, horizon); }});
    out.push_back({"seasonal random walk on logs", [=](const Window& w, Index d) {
                     return seasonal_log_walk(history(w, d), season, horizon);
                   }});
  }
  // Naive2 decomposes all of the history for each window: for one a series, as in the M4 competition.
  std::set<Index> seen;
  const bool once = std::all_of(windows.begin(), windows.end(),
                                [&](const Window& w) { return seen.insert(w.series).second; });
  if (once && windows.size() > 1)
    out.push_back(
        {"naive2", [=](const Window& w, Index d) { return naive2(history(w, d), season, horizon); }});
  if (ridge != nullptr)
    out.push_back({"ridge on the lookback",
                   [&data, ridge](const Window& w, Index d) { return ridge->forecast(data, w, d); }});
  return out;
}

std::optional<ForecastScores> score_baseline(const ForecastData& data, Part part,
                                             std::span<const Window> windows,
                                             const BaselineForecast& baseline) {
  ForecastScores scores(data, part);
  for (const Window& window : windows) {
    WindowForecast forecast;
    for (Index d = 0; d < data.targets(); ++d) {
      auto values = baseline.forecast(window, d);
      if (!values) return std::nullopt;
      forecast.point.push_back(std::move(*values));
    }
    scores.add(window, forecast);
  }
  return scores;
}

}  // namespace recur
