// Train a task into a run folder: what `recur train` does.
#pragma once

#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "tasks/task.h"
#include "train/events.h"

namespace recur {

struct TrainRequest {
  std::filesystem::path out;  ///< the run folder; empty: runs/ and the task's and the data's name
  bool resume = false;        ///< go on from the checkpoint; without one begin
  bool force = false;         ///< replace an existing run
  Index threads = 0;          ///< 0: all cores
  EventSink sink = [](const Event&) {};
  std::function<bool()> stop_requested = [] { return false; };
  std::string resume_command{};  ///< what a run that was stopped goes on by; empty: of its folder
};

struct TrainReport {
  RunStopped stopped;
  /// {"run", "task", "seconds", "epochs", "steps", "seed", "parameters", "peak_memory_bytes", "advice"} and a
  /// Report, whose metrics are by split; the folder's report.json.
  nlohmann::json json;
};

/// Trains, and leaves in the folder: config.toml, model.safetensors, checkpoint.safetensors, metrics.jsonl,
/// curves.svg, report.json, and what the task draws. Throws ConfigError if the folder holds a run and neither
/// resume nor force is set, or for impossible options; DataError, IoError.
TrainReport train(Task& task, const TrainRequest& request);

/// Throws ConfigError for options that are impossible whatever the data, such as a cell that there is not.
void check_options(Task& task);

/// Folders of the runs of several seeds are called so, and then the seed.
inline constexpr std::string_view kSeedFolder = "seed-";

/// A path as a shell takes it.
std::string in_shell(const std::filesystem::path& path);

/// Where train() puts a run that has no folder given: runs/ and the names of task and data.
std::filesystem::path default_folder(Task& task);

/// Scores a finished run on a file: {"run", "task", "data", "seconds", "trained": {…}} and a Report, whose
/// metrics are {"test": {…}}. `anew`: options that have other values than in the model, see
/// Task::answer_with().
nlohmann::json evaluate(const std::filesystem::path& run, const std::filesystem::path& data, Index threads,
                        const std::vector<Setting>& anew = {});

}  // namespace recur
