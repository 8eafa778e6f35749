// Forecast against actual, drawn.
#pragma once

#include <string>

#include "tasks/forecast/forecast_net.h"

namespace recur {

/// The last windows that do not overlap, of up to four series or targets: what was, what was forecast, and
/// the outermost quantiles.
std::string forecast_svg(ForecastNet& net, ThreadPool& pool, const ForecastData& data,
                         std::span<const Window> windows, std::uint64_t seed);

}  // namespace recur
