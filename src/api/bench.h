// Measure this machine and this program: what `recur bench` does.
#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "base/types.h"

namespace recur {

struct BenchRequest {
  std::vector<std::string>
      only{};            ///< names of workloads, or how they begin: "train", "stream/lstm-64"; empty: all
  Index threads = 0;     ///< 0: all cores; streams use one
  double seconds = 0.1;  ///< of each of nine turns of a workload and ten of the peak
  std::function<void(const nlohmann::json&)> measured{};  ///< given each result as it is there
};

/// The names of all workloads.
std::vector<std::string> workload_names();

/// {"machine": {"isa", "cores", "threads", "peak_by", "version"}, "results": [{"name", "seconds",
/// "items_per_s", "gflops", "peak_fraction", "memory_bytes", …}]}. Throws ConfigError for a name that no
/// workload begins with.
nlohmann::json bench(const BenchRequest& request);

}  // namespace recur
