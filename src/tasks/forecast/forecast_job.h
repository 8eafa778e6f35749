// Training a forecaster.
#pragma once

#include <memory>

#include "tasks/forecast/config.h"
#include "train/job.h"

namespace recur {

/// Reads the data and makes a model with its initial weights. Throws ConfigError, DataError, IoError.
std::unique_ptr<TrainingJob> make_forecast_job(const ForecastConfig& config);

}  // namespace recur
