// How a forecaster did on windows, beside the baselines.
#pragma once

#include <functional>

#include "tasks/forecast/forecast_baselines.h"
#include "tasks/forecast/forecast_net.h"

namespace recur {

/// Metrics, baselines by name and tables of one set of windows. Throws Interrupted where `stop_requested`
/// says so.
Report report_windows(ForecastNet& net, ThreadPool& pool, const ForecastData& data, Part part,
                      std::span<const Window> windows, const RidgeBaseline* ridge, std::uint64_t seed,
                      const std::function<bool()>& stop_requested = {});

}  // namespace recur
