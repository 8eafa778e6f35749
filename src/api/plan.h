// What a training run would take: what `recur train --dry-run` says.
#pragma once

#include <nlohmann/json.hpp>

#include "base/memory_use.h"
#include "tasks/task.h"

namespace recur {

struct PlanRequest {
  Index threads = 0;                       ///< 0: all cores
  Index machine_bytes = machine_memory();  ///< what there is
};

/// {"task", "model", "parameters", "memory_bytes", "machine_bytes", "measured", "epochs", "steps_per_epoch",
/// "steps", "targets_per_step"}. The memory is that of tensors, packed weights and the optimiser at the
/// height of a step; scoring may take more where batches are small. It is measured: the step is run once.
/// What would take more than half of the machine is not run ("measured" is false then): narrower models of
/// the same shape and smaller batches are measured, and what follows from them is right within a few per
/// cent. Nothing is written. Throws as train().
nlohmann::json plan(Task& task, const PlanRequest& request);

}  // namespace recur
