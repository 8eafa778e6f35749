// A trained forecaster: its network and all that stands around it, as it lies in a model file.
#pragma once

#include <memory>

#include "formats/model_file.h"
#include "tasks/forecast/forecast_net.h"
#include "tasks/task.h"

namespace recur {

struct ForecastModel {
  ForecastConfig config;
  FittedScales scales;
  Transform transform;
  WindowCoder coder;
  ForecastNet net;

  ForecastModel(const ForecastConfig& config, const FittedScales& scales, Index targets, Index covariates,
                Index known, Parameters::Admission admission = {});
  ForecastModel(const ForecastModel&) = delete;
  ForecastModel& operator=(const ForecastModel&) = delete;
};

/// What a model file holds of a model, golden inputs and outputs from a window included.
ModelFile to_file(ForecastModel& model, ThreadPool& pool, const ForecastData& data, const Window& golden);
/// Throws FormatError if the file is of another task, or is not what its configuration says.
std::unique_ptr<ForecastModel> load_forecast_model(const ModelFile& file);
/// As `verify` sees it.
std::unique_ptr<TrainedNetwork> make_forecast_network(std::unique_ptr<ForecastModel> model);

}  // namespace recur
