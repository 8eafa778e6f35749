// Workloads: named pieces of work whose speed is measured.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/thread_pool.h"

namespace recur {

/// Work that is ready to be done again and again.
struct PreparedWork {
  std::function<void()> run;  ///< once
  double items = 0;           ///< tokens or time steps that one run works on
  double flop = 0;            ///< the arithmetic of its matrix products, counted naively
  Index steps = 1;            ///< calls inside a run whose single times matter (streams); else 1
  /// For streams: the time of each of `steps` calls, in seconds.
  std::function<void(std::vector<double>&)> time_steps{};
};

struct Workload {
  std::string name;  ///< "train/charlm-lstm-2x256-b32-t64"
  std::function<PreparedWork(ThreadPool&)> prepare;
};

/// Whole training steps: forward, backward, clipping by norm 1, update of one batch of random data.
std::vector<Workload> training_workloads();
/// Forward and backward of one recurrent layer alone: plain, ragged (lengths uniform in 1…T), with layer
/// norm, recurrent dropout, zoneout, and all three.
std::vector<Workload> layer_workloads();
/// A batch of whole sequences through a trained layer.
std::vector<Workload> inference_workloads();
/// One step of one stream.
std::vector<Workload> stream_workloads();

/// All of them, in this order.
std::vector<Workload> all_workloads();

}  // namespace recur
