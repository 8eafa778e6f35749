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

/// A model with its initial weights and what it is trained on. Throws ConfigError.
std::unique_ptr<ForecastTraining> make_forecast_job(ForecastData data);

}  // namespace recur
