#include "api/bench.h"

#include <recur/version.h>

#include <algorithm>

#include "api/threads.h"
#include "base/error.h"
#include "base/text.h"
#include "bench/measure.h"
#include "simd/isa.h"

namespace recur {

std::vector<std::string> workload_names() {
  std::vector<std::string> names;
  for (const Workload& workload : all_workloads()) names.push_back(workload.name);
  return names;
}

nlohmann::json bench(const BenchRequest& request) {
  const std::vector<Workload> all = all_workloads();
  for (const std::string& wanted : request.only)
    if (std::none_of(all.begin(), all.end(), [&](const Workload& w) { return w.name.starts_with(wanted); })) {
      std::vector<std::string_view> names;
      for (const Workload& w : all) names.push_back(w.name);
      fail<ConfigError>("there is no workload '{}'{} (recur bench --list shows them)", wanted,
                        did_you_mean(wanted, names));
    }
  const Index threads = threads_or_all(request.threads);
  nlohmann::json report{{"machine",
                         {{"isa", name(current_isa())},
                          {"cores", ThreadPool::available_cores()},
                          {"threads", threads},
                          {"version", version()}}},
                        {"results", nlohmann::json::array()}};
  for (const Workload& workload : all) {
    const bool wanted = request.only.empty() ||
                        std::any_of(request.only.begin(), request.only.end(),
                                    [&](const auto& name) { return workload.name.starts_with(name); });
    if (!wanted) continue;
    const bool one = workload.name.starts_with("stream/");
    nlohmann::json result = measure(workload, {.threads = one ? 1 : threads, .seconds = request.seconds});
    report["machine"]["peak_by"] = result["peak_by"];
    result.erase("peak_by");
    if (request.measured) request.measured(result);
    report["results"].push_back(std::move(result));
  }
  return report;
}

}  // namespace recur
