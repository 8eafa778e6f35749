#include "tasks/forecast/walk_forward.h"

#include <algorithm>

#include "tasks/forecast/forecast_job.h"
#include "tasks/forecast/forecast_scores.h"
#include "train/clipping.h"
#include "train/early_stopping.h"
#include "train/optimizer.h"
#include "train/schedule.h"

namespace recur {
namespace {

/// Trains without a run folder; the weights of the best epoch are left. Throws Interrupted.
void train_here(TrainingJob& job, const TrainConfig& config, std::uint64_t seed, ThreadPool& pool,
                const std::function<bool()>& stop_requested) {
  Parameters& parameters = job.parameters();
  Optimizer optimizer(config, parameters);
  const Index batches = job.batches_per_epoch();
  Tape tape;
  PlateauState plateau;
  double best = std::numeric_limits<double>::infinity();
  Index best_epoch = 0, step = 0;
  std::vector<Tensor> kept;
  for (Index epoch = 0; epoch < config.epochs; ++epoch) {
    for (Index number = 0; number < batches; ++number, ++step) {
      parameters.zero_gradients();
      tape.clear();
      const Pass pass{.pool = pool,
                      .tape = &tape,
                      .training = true,
                      .seed = seed,
                      .step = static_cast<std::uint64_t>(step)};
      tape.backward(job.batch(pass, epoch, number).loss);
      const double norm = gradient_norms(parameters, pool).total;
      optimizer.step(
          {.learning_rate = learning_rate_at(config, {step, batches, batches * config.epochs}, plateau),
           .scale = clip_factor(norm, config.clip_norm),
           .clip_value = config.clip_value},
          pool);
      if (stop_requested()) throw Interrupted();
    }
    const double loss = job.validate(pool).loss;
    observe_epoch(static_cast<const ScheduleConfig&>(config), plateau, loss);
    if (loss < best) {
      best = loss;
      best_epoch = epoch;
      kept.clear();
      for (const Parameter& p : parameters) kept.push_back(p.value.clone());
    }
    if (config.patience > 0 && epoch - best_epoch >= config.patience) break;
  }
  std::size_t i = 0;
  for (Parameter& p : parameters) {
    if (kept.empty()) break;
    std::copy_n(kept[i].data<float>(), p.value.size(), p.value.data<float>());
    ++p.version;
    ++i;
  }
}

}  // namespace

nlohmann::json walk_forward(const ForecastData& data, Index steps, ThreadPool& pool,
                            const std::function<bool()>& stop_requested) {
  const ForecastConfig& config = data.config();
  const std::uint64_t seed = static_cast<std::uint64_t>(config.seed);
  ForecastScores scores(data, Part::test, config.model.quantiles);
  Index refits = 0;
  for (Index begin = 0;; begin += steps) {
    ForecastData fold = data.moved(begin, steps);
    const std::vector<Window> windows = fold.windows(Part::test);
    if (windows.empty()) break;
    const auto job = make_forecast_job(std::move(fold));
    train_here(*job, config.train, seed, pool, stop_requested);
    forecast_windows(
        job->forecaster().net, pool, job->series(), windows, seed,
        [&](std::size_t i, const WindowForecast& forecast) { scores.add(windows[i], forecast); });
    ++refits;
  }
  nlohmann::json metrics = scores.metrics();
  metrics["refits"] = refits;
  return metrics;
}

}  // namespace recur
