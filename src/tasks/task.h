// What a task is to the api: options, a training job, an evaluation.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/fields.h"
#include "base/random.h"
#include "base/settings.h"
#include "nn/recurrent.h"
#include "train/config.h"
#include "train/job.h"

namespace recur {

/// An answer to one input: {"label": …, "probability": …}; its keys in the order in which columns show them.
using AnswerSink = std::function<void(const nlohmann::ordered_json&)>;

/// The derivative of a number by one parameter, two ways.
struct GradientSample {
  std::string parameter;  ///< "encoder.weight_hh_l0[17]"
  double gradient = 0;    ///< by backpropagation
  double difference = 0;  ///< by finite differences
};

/// A trained network as `verify` sees it: a function of sequences, each [T] of tokens (i32) or [T, F] of
/// numbers, that gives a tensor for each.
class TrainedNetwork {
 public:
  virtual ~TrainedNetwork() = default;
  /// The outputs for each sequence, computed as one batch.
  virtual std::vector<Tensor> run(ThreadPool& pool, const std::vector<Tensor>& sequences) = 0;
  /// Throws FormatError, naming the file, unless a tensor is a possible sequence.
  virtual void check_input(const Tensor& sequence, const std::string& where) const = 0;
  /// A sequence of random values, of so many steps or as many as the network must have.
  virtual Tensor random_input(Random& random, Index steps) const = 0;

  /// Whether it may read a sequence in parts: not if it reads backwards, or sums up the whole.
  virtual bool reads_parts() const { return false; }
  /// Whether it can be opened as a stream, too.
  virtual bool streams() const { return reads_parts(); }
  /// The outputs for the next part of one sequence; `state` is empty before the first. REQUIRES:
  /// reads_parts().
  virtual Tensor run_part(ThreadPool&, const Tensor& /*part*/, RecurrentState& /*state*/) { return {}; }

  /// The gradients, by parameter, of the mean square of the outputs for a batch; empty where it does not
  /// tell.
  virtual std::vector<Tensor> gradients(ThreadPool&, const std::vector<Tensor>& /*sequences*/) { return {}; }
  /// The same number's derivative by one value drawn from each parameter, computed in double.
  virtual std::vector<GradientSample> gradient_samples(Random&, const std::vector<Tensor>& /*sequences*/) {
    return {};
  }
};

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

  /// Options by which evaluate() and predict() go in place of those that a model was trained with: how
  /// answers are looked for. Throws ConfigError for any other.
  virtual void answer_with(const std::vector<Setting>& settings);

  /// Scores a trained model on a file: its metrics are {"nats": …}. Throws as start().
  virtual Report evaluate(const ModelFile& model, const std::filesystem::path& file, ThreadPool& pool) = 0;

  /// Answers every input of a file, or of the standard input if it is "-", one call of `answer` each, as soon
  /// as it is known. Throws ConfigError for a task that has no such answers; otherwise as start().
  virtual void predict(const ModelFile& model, const std::filesystem::path& input, ThreadPool& pool,
                       const AnswerSink& answer);

  /// A trained model as `verify` sees it. Throws FormatError.
  virtual std::unique_ptr<TrainedNetwork> network(const ModelFile& model) = 0;
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

/// The task that a model file is of. Throws FormatError, naming the file, if this program has no such task.
std::unique_ptr<Task> task_of(const ModelFile& file);

}  // namespace recur
