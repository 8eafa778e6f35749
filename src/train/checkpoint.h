// Checkpoints: everything that a training run needs to go on as if it had never stopped.
#pragma once

#include "train/early_stopping.h"
#include "train/job.h"
#include "train/metrics.h"
#include "train/schedule.h"

namespace recur {

class Optimizer;
class WeightAverage;

/// Where a run stands, besides its tensors.
struct Progress {
  Index step = 0;   ///< optimiser steps done
  Index epoch = 0;  ///< epochs done
  Index batch = 0;  ///< batches done of the epoch under way
  Index tokens = 0;
  double seconds = 0;
  WeightedMean epoch_loss;
  EarlyStoppingState early;
  PlateauState plateau;
  Index epochs_planned = 0;  ///< by the session that saved it; a resumed one may plan others
};

/// What a run is made of that moves on with its steps.
struct RunParts {
  TrainingJob& job;
  Optimizer& optimizer;
  WeightAverage& average;
  ThreadPool& pool;
};

/// Writes a checkpoint in place of the last one. Throws IoError; then the last one is still there.
void save_checkpoint(const std::filesystem::path& path, const RunParts& run, const Progress& progress);

/// Puts everything back as save_checkpoint() found it. Throws ConfigError if the checkpoint is of a run with
/// other options (but for train.epochs) or other data, FormatError, IoError.
Progress load_checkpoint(const std::filesystem::path& path, const RunParts& run);

}  // namespace recur
