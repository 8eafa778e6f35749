// Walk-forward validation: the test part is forecast a stretch at a time, by a model trained on all before
// it.
#pragma once

#include <functional>

#include "tasks/forecast/forecast_data.h"
#include "train/report.h"

namespace recur {

/// Scores of the test part's windows where the model is trained anew, from its initial weights and with fresh
/// scales, before each `steps` of them: {"mse_scaled": …, "refits": …, "diverged": …, "left_out": …}. Each
/// training is as any other and keeps the weights of the epoch that validates best on the stretch before its
/// test steps; one that diverged before the end of an epoch has none, and its windows are left out. Throws
/// Interrupted where `stop_requested`, asked after each optimiser step, says so.
nlohmann::json walk_forward(const ForecastData& data, Index steps, ThreadPool& pool,
                            const std::function<bool()>& stop_requested);

}  // namespace recur
