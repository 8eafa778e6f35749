// The training loop: one for every task.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "train/config.h"
#include "train/job.h"

namespace recur {

struct LoopOptions {
  /// The best epoch's weights, written whenever there is a new best, and everything needed to go on. Where a
  /// path is empty there is no file: the best weights are kept in memory, and nobody can go on.
  std::filesystem::path model_file{}, checkpoint_file{};
  bool resume = false;                      ///< go on from the checkpoint if there is one
  std::string resume_command = "--resume";  ///< what a user types to go on
  std::uint64_t seed = 42;
  EventSink sink = [](const Event&) {};
  std::function<bool()> stop_requested = [] {
    return false;
  };  ///< asked after each step, those of folds and refits included
};

struct LoopResult {
  RunStopped stopped;
  std::vector<Picture> pictures;
  Report report;  ///< of the finished model; its metrics are null if the run did not finish
};

/// Trains until the epochs are done, the validation loss no longer improves, the user asks to stop, or a
/// number is no longer finite. The best epoch's weights are then in the model file, and in the job unless the
/// user asked to stop. A run that was killed and resumed gives the same bytes as one that was not. Throws
/// ConfigError if the checkpoint is of another configuration or of other data, IoError if nothing can be
/// saved (what was saved before stays).
LoopResult run_training(TrainingJob& job, const TrainConfig& config, const LoopOptions& options,
                        ThreadPool& pool);

}  // namespace recur
