// Train a task with several seeds: what `recur train --seeds N` does.
#pragma once

#include "api/train.h"

namespace recur {

/// Trains with the task's seed and those that follow, `seeds` in all, into OUT/seed-S each, and leaves
/// OUT/report.json: {"run", "task", "seeds": [S…], "seconds", "parameters", "metrics": the means by split,
/// "deviations": the sample standard deviations by split, "runs": [{"run", "seed", "metrics"}], "baselines":
/// their means}. Resumed, it goes on with the first that is not finished. Throws as train(), of the first
/// seed for a folder that is in use.
TrainReport train_seeds(Task& task, const TrainRequest& request, Index seeds);

}  // namespace recur
