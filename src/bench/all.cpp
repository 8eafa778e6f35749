#include "bench/workload.h"

namespace recur {

std::vector<Workload> all_workloads() {
  std::vector<Workload> all;
  for (const auto& group :
       {training_workloads(), layer_workloads(), inference_workloads(), stream_workloads()})
    all.insert(all.end(), group.begin(), group.end());
  return all;
}

}  // namespace recur
