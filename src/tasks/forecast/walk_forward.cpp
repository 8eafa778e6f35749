#include "tasks/forecast/walk_forward.h"

#include <algorithm>

#include "tasks/forecast/forecast_job.h"
#include "tasks/forecast/forecast_scores.h"
#include "train/loop.h"

namespace recur {

nlohmann::json walk_forward(const ForecastData& data, Index steps, ThreadPool& pool,
                            const std::function<bool()>& stop_requested) {
  const ForecastConfig& config = data.config();
  const std::uint64_t seed = static_cast<std::uint64_t>(config.seed);
  Index origins = 0;  // of the test part, in the longest series
  for (Index s = 0; s < data.series(); ++s)
    origins = std::max(origins, data.parts(s).end - data.parts(s).test - config.data.horizon + 1);
  ForecastScores scores(data, Part::test, config.model.quantiles);
  Index refits = 0, diverged = 0;
  std::size_t left_out = 0;
  for (Index begin = 0; begin < origins; begin += steps) {
    ForecastData fold = data.moved(begin, steps);
    const std::vector<Window> windows = fold.windows(Part::test);
    if (windows.empty()) continue;
    const auto job = make_forecast_job(std::move(fold), /*fold=*/true);
    const RunStopped stopped =
        run_training(*job, config.train, {.seed = seed, .stop_requested = stop_requested}, pool).stopped;
    if (stopped.reason == StopReason::interrupted) throw Interrupted();
    ++refits;
    if (stopped.reason == StopReason::diverged) ++diverged;
    if (stopped.best_epoch == 0) {
      left_out += windows.size();
      continue;
    }
    forecast_windows(
        job->forecaster().net, pool, job->series(), windows, seed,
        [&](std::size_t i, const WindowForecast& forecast) { scores.add(windows[i], forecast); });
  }
  nlohmann::json metrics = scores.metrics();
  metrics["refits"] = refits;
  if (diverged > 0) metrics["diverged"] = diverged;
  if (left_out > 0) metrics["left_out"] = left_out;
  return metrics;
}

}  // namespace recur
