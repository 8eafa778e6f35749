#include "tasks/forecast.h"

#include "base/error.h"
#include "base/text.h"
#include "tasks/configured_task.h"
#include "tasks/forecast/forecast_job.h"
#include "tasks/forecast/forecast_model.h"
#include "tasks/forecast/forecast_report.h"

namespace recur {
namespace {

/// A column of the answers for each quantile: "0.1".
std::vector<std::string> quantile_names(const ForecastConfig& config) {
  std::vector<std::string> names;
  for (const double q : config.model.quantiles) names.push_back(shortest(q));
  return names;
}

class ForecastTask final : public ConfiguredTask<ForecastConfig> {
 public:
  std::unique_ptr<TrainingJob> start() override {
    validate(config_);
    return make_forecast_job(ForecastData::for_training(config_));
  }

  std::unique_ptr<TrainedNetwork> network(const ModelFile& file) override {
    return make_forecast_network(load_forecast_model(file));
  }

  /// Every window of the file.
  Report evaluate(const ModelFile& file, const std::filesystem::path& path, ThreadPool& pool) override {
    const auto model = load_forecast_model(file);
    const ForecastData data = ForecastData::for_model(model->config, model->scales, path);
    const std::vector<Window> windows = data.windows(Part::test);
    data.expect_scored(Part::test, path.string());
    check<DataError>(!windows.empty(),
                     "{}: no series has {} steps, expected at least as many (lookback {}, horizon {})",
                     path.string(), data.reach() + model->config.data.horizon, model->config.data.lookback,
                     model->config.data.horizon);
    const auto ridge =
        RidgeBaseline::from_file(file, model->config.data.lookback, model->config.data.horizon);
    return report_windows(model->net, pool, data, Part::test, windows, ridge ? &*ridge : nullptr,
                          seed_of(*model));
  }

  /// Continues each series of the file by the horizon.
  void predict(const ModelFile& file, const std::filesystem::path& path, ThreadPool& pool,
               const AnswerSink& answer) override {
    const auto model = load_forecast_model(file);
    const ForecastData data = ForecastData::for_model(model->config, model->scales, path);
    const SeriesPanel& panel = data.panel();
    const Index horizon = model->config.data.horizon;
    std::vector<Window> windows;
    for (Index s = 0; s < data.series(); ++s) {
      const OneSeries& series = panel.list[static_cast<std::size_t>(s)];
      check<DataError>(series.steps() >= data.reach(), "{}{}: {} steps, expected at least {} to look back on",
                       panel.file, series.id.empty() ? "" : " (series " + series.id + ")", series.steps(),
                       data.reach());
      const Index ahead = static_cast<Index>(series.lines.size()) - series.steps();
      check<DataError>(
          panel.known == 0 || ahead >= horizon,
          "{}{}: what is known in advance ({}) is there for {} steps after the last value, expected {}; add "
          "rows whose other cells are empty",
          panel.file, series.id.empty() ? "" : " (series " + series.id + ")", panel.columns.back(), ahead,
          horizon);
      windows.push_back({s, series.steps()});
    }
    const std::vector<std::string> names = quantile_names(model->config);
    forecast_windows(model->net, pool, data, windows, seed_of(*model),
                     [&](std::size_t w, const WindowForecast& forecast) {
                       const OneSeries& series = panel.list[static_cast<std::size_t>(windows[w].series)];
                       for (std::size_t d = 0; d < forecast.point.size(); ++d)
                         for (std::size_t h = 0; h < forecast.point[d].size(); ++h) {
                           nlohmann::ordered_json one;
                           one["time"] = panel.write_time(series, windows[w].origin + static_cast<Index>(h));
                           one["series"] = panel.name_of(series, static_cast<Index>(d));
                           one["mean"] = forecast.point[d][h];
                           for (std::size_t q = 0; q < names.size(); ++q)
                             one["quantiles"][names[q]] = forecast.quantiles[d][h][q];
                           answer(one);
                         }
                     });
  }

 private:
  static std::uint64_t seed_of(const ForecastModel& model) {
    return static_cast<std::uint64_t>(model.config.seed);
  }
};

}  // namespace

std::unique_ptr<Task> make_forecast_task() { return std::make_unique<ForecastTask>(); }

}  // namespace recur
