// What a task is to the api: options, a training job, an evaluation.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/fields.h"
#include "train/config.h"
#include "train/job.h"

namespace recur {

/// A task with its configuration.
class Task {
 public:
  virtual ~Task() = default;

  /// Its configuration, to be read and set.
  virtual std::vector<Option> options() = 0;
  virtual const TrainConfig& train() const = 0;
  virtual std::uint64_t seed() const = 0;
  /// The files that it will read, for messages.
  virtual std::filesystem::path data() const = 0;

  /// Reads the data and makes a model with its initial weights. Throws ConfigError, DataError, IoError.
  virtual std::unique_ptr<TrainingJob> start() = 0;

  /// Scores a trained model on a file: {"nats": …}. Throws as start().
  virtual nlohmann::json evaluate(const ModelFile& model, const std::filesystem::path& file,
                                  ThreadPool& pool) = 0;
};

/// One row of the grid.
struct TaskEntry {
  std::string_view name, summary;
  std::unique_ptr<Task> (*make)();
};

/// All tasks, in the order of the help.
const std::vector<TaskEntry>& all_tasks();

/// Throws ConfigError with a suggestion.
const TaskEntry& find_task(std::string_view name);

}  // namespace recur
