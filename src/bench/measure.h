// Measuring a workload against the machine's own peak, in turns.
#pragma once

#include <nlohmann/json.hpp>

#include "bench/workload.h"

namespace recur {

struct MeasureOptions {
  Index threads = 1;
  double seconds = 0.1;  ///< of each of the turns
  Index turns = 9;       ///< of the workload, each between two of the peak
};

/// {"name", "seconds", "items_per_s", "gflops", "peak_fraction", "memory_bytes"} and, of streams, "p50",
/// "p99", "p99_9" in seconds a step. `seconds` of one run is the median over the turns; `peak_fraction` the
/// median of its rate over that of the peak around it: machines change their speed, neighbours in time less
/// so.
nlohmann::json measure(const Workload& workload, const MeasureOptions& options);

}  // namespace recur
