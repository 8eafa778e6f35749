// What the training loop asks of a task: batches with a loss, a score, what to keep.
#pragma once

#include <exception>
#include <functional>
#include <string>
#include <vector>

#include "formats/model_file.h"
#include "nn/pass.h"
#include "train/events.h"
#include "train/report.h"

namespace recur {

/// The loss of a batch, as the mean over its targets.
struct BatchLoss {
  Var loss;           ///< one value, on the pass's tape
  Index targets = 0;  ///< how many it is the mean of
  Var objective{};    ///< what is minimised where that is more than the loss: penalties are not told
};

/// A score on data that was not trained on.
struct Score {
  double loss = kNotMeasured;
  NamedNumbers metrics{};
  /// What the best epoch is chosen by, lower is better; not given: the loss.
  double chosen_by = kNotMeasured;

  double verdict() const { return chosen_by == chosen_by ? chosen_by : loss; }
};

/// A file for the run folder: "forecast.svg" and what it holds.
struct Picture {
  std::string file, svg;
};

/// What a job throws where it takes long and stop_requested says to stop: the loop ends the run.
class Interrupted final : public std::exception {
 public:
  const char* what() const noexcept override { return "stopped as asked"; }
};

/// Throws it, where somebody asks to stop.
inline void throw_if_asked(const std::function<bool()>& stop_requested) {
  if (stop_requested && stop_requested()) throw Interrupted();
}

/// A task in training: its model, its data. Everything it does is a function of the configuration, the data
/// and the seed.
class TrainingJob {
 public:
  virtual ~TrainingJob() = default;

  /// Asked while validation or the report computes, which takes long, a batch or a step at a time. The loop
  /// sets it.
  std::function<bool()> stop_requested = [] { return false; };

  virtual std::string task() const = 0;       ///< "lm"
  virtual std::string model() const = 0;      ///< in a few words: "gru 256,256"
  virtual std::string loss_unit() const = 0;  ///< "nats per character"
  virtual Parameters& parameters() = 0;
  /// What a user should know of the data, a line each.
  virtual std::vector<std::string> notes() const = 0;

  virtual Index batches_per_epoch() const = 0;
  /// Targets of batch `number` of an epoch (both from 0).
  virtual Index targets(Index epoch, Index number) = 0;
  /// Forward of batch `number` of an epoch (both from 0).
  virtual BatchLoss batch(const Pass& pass, Index epoch, Index number) = 0;
  virtual Score validate(ThreadPool& pool) = 0;
  /// Scores of simple models on the validation data, best first.
  virtual std::vector<BaselineScored> baselines(ThreadPool& pool) = 0;
  /// What the model writes after an epoch, if it is to.
  virtual std::vector<SampleWritten> samples(ThreadPool&, Index /*epoch*/) { return {}; }
  /// What is carried from batch to batch besides the parameters; a checkpoint holds it and gives it back.
  virtual std::vector<NamedTensor> carried() const { return {}; }
  virtual void restore_carried(const ModelFile& /*checkpoint*/) {}

  /// The model as it is now, weights and all, with these scores.
  virtual ModelFile model_file(ThreadPool& pool, const nlohmann::json& metrics) = 0;
  /// The finished model, its weights restored: scores by split, beside the baselines.
  virtual Report final_report(ThreadPool& pool) = 0;
  /// Drawings of the finished model for the run folder.
  virtual std::vector<Picture> pictures(ThreadPool&) { return {}; }
};

}  // namespace recur
