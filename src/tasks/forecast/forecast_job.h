// Training a forecaster.
#pragma once

#include <memory>

#include "tasks/forecast/forecast_model.h"
#include "train/job.h"

namespace recur {

class ForecastTraining : public TrainingJob {
 public:
  virtual ForecastModel& forecaster() = 0;
  virtual const ForecastData& series() const = 0;
};

/// A model with its initial weights and what it is trained on. Throws ConfigError. A fold of walk-forward
/// validation is scored by who trains it: it has no baselines, report or pictures.
std::unique_ptr<ForecastTraining> make_forecast_job(ForecastData data, bool fold = false);

}  // namespace recur
