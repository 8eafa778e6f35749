// What a training run tells the world, as typed values: the terminal draws them, metrics.jsonl keeps them, a
// server forwards them. The library itself never prints.
//
// All counts are of what is done: `step` optimiser steps and `epoch` epochs from 1 (during epoch 3, `epoch`
// is 3). Everything but `seconds` is the same each time a run is repeated, resumed or given other threads.
#pragma once

#include <array>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "base/fields.h"
#include "base/types.h"

namespace recur {

/// Numbers by name, in the order in which the run states them.
using NamedNumbers = std::vector<std::pair<std::string, double>>;

/// A number that was not measured; null in JSON.
inline constexpr double kNotMeasured = std::numeric_limits<double>::quiet_NaN();

/// The run begins, or goes on after `step` steps.
struct RunStarted {
  Index step = 0;
  std::string task{};
  std::string model{};
  std::string loss_unit{};
  Index parameters = 0;
  Index epochs = 0;
  Index steps_per_epoch = 0;
  Index steps_total = 0;

  static constexpr std::string_view name = "run_started";
  static constexpr auto fields =
      std::tuple{field("step", &RunStarted::step, "steps done before; above 0 when the run was resumed"),
                 field("task", &RunStarted::task, "the task's name: lm"),
                 field("model", &RunStarted::model, "the model in a few words: gru 256,256"),
                 field("loss_unit", &RunStarted::loss_unit, "what the losses count: nats per character"),
                 field("parameters", &RunStarted::parameters, "trained numbers in the model"),
                 field("epochs", &RunStarted::epochs, "epochs planned"),
                 field("steps_per_epoch", &RunStarted::steps_per_epoch, "optimiser steps in one epoch"),
                 field("steps_total", &RunStarted::steps_total, "optimiser steps planned")};
};

/// A simple model was scored on the validation data, for comparison. Before the first step.
struct BaselineScored {
  Index step = 0;
  std::string baseline{};
  double loss = kNotMeasured;
  NamedNumbers metrics{};

  static constexpr std::string_view name = "baseline_scored";
  static constexpr auto fields =
      std::tuple{field("step", &BaselineScored::step, "steps done: 0"),
                 field("baseline", &BaselineScored::baseline, "its name: 5-gram"),
                 field("loss", &BaselineScored::loss, "its validation loss, in the run's unit"),
                 field("metrics", &BaselineScored::metrics, "its validation metrics")};
};

/// An optimiser step is done.
struct StepDone {
  Index step = 0;
  Index epoch = 0;
  double loss = kNotMeasured;
  double learning_rate = kNotMeasured;
  double gradient_norm = kNotMeasured;
  NamedNumbers gradient_norms{};
  Index tokens = 0;
  double seconds = 0;

  static constexpr std::string_view name = "step_done";
  static constexpr auto fields = std::tuple{
      field("step", &StepDone::step, "steps done, this one included"),
      field("epoch", &StepDone::epoch, "the epoch that it belongs to, from 1"),
      field("loss", &StepDone::loss, "mean loss of the step's targets, in the run's unit (lm: nats)"),
      field("learning_rate", &StepDone::learning_rate, "the rate that it used"),
      field("gradient_norm", &StepDone::gradient_norm, "Euclidean norm of all gradients, before clipping"),
      field("gradient_norms", &StepDone::gradient_norms,
            "the same by parameter; empty on steps that do not measure it"),
      field("tokens", &StepDone::tokens, "targets trained on since the run began"),
      field("seconds", &StepDone::seconds, "training time since the run began, sessions added up")};
};

/// An epoch is done and, where there is validation data, validated. After its last StepDone.
struct EpochDone {
  Index step = 0;
  Index epoch = 0;
  double train_loss = kNotMeasured;
  double valid_loss = kNotMeasured;
  NamedNumbers metrics{};
  bool best = false;
  double learning_rate = kNotMeasured;
  Index tokens = 0;
  double seconds = 0;

  static constexpr std::string_view name = "epoch_done";
  static constexpr auto fields = std::tuple{
      field("step", &EpochDone::step, "steps done"),
      field("epoch", &EpochDone::epoch, "epochs done"),
      field("train_loss", &EpochDone::train_loss,
            "mean training loss over the epoch's targets, as they were met"),
      field("valid_loss", &EpochDone::valid_loss, "validation loss at its end"),
      field("metrics", &EpochDone::metrics, "validation metrics at its end"),
      field("best", &EpochDone::best,
            "whether it is the best so far: by validation loss, or what else the task chooses by"),
      field("learning_rate", &EpochDone::learning_rate, "the rate of its last step"),
      field("tokens", &EpochDone::tokens, "targets trained on since the run began"),
      field("seconds", &EpochDone::seconds, "training time since the run began, sessions added up")};
};

/// Everything needed to go on from here is on disk. After all other events of that step, so that a resumed
/// run has told everything up to it. Not kept in metrics.jsonl: when a run is saved is not part of its
/// result.
struct CheckpointSaved {
  Index step = 0;
  Index epoch = 0;
  std::string path{};

  static constexpr std::string_view name = "checkpoint_saved";
  static constexpr auto fields = std::tuple{field("step", &CheckpointSaved::step, "steps done"),
                                            field("epoch", &CheckpointSaved::epoch, "epochs done"),
                                            field("path", &CheckpointSaved::path, "the file")};
};

/// The model wrote something, to show what it has learned so far.
struct SampleWritten {
  Index step = 0;
  Index epoch = 0;
  double temperature = 1;
  std::string text{};

  static constexpr std::string_view name = "sample_written";
  static constexpr auto fields = std::tuple{
      field("step", &SampleWritten::step, "steps done"), field("epoch", &SampleWritten::epoch, "epochs done"),
      field("temperature", &SampleWritten::temperature, "it was sampled at; 0: always the likeliest"),
      field("text", &SampleWritten::text, "what it wrote, prompt included")};
};

enum class Severity { info, warning };
constexpr std::array<std::string_view, 2> names_of(Severity) { return {"info", "warning"}; }

/// Something that a person should know: one line.
struct Notice {
  Index step = 0;
  Severity severity = Severity::info;
  std::string text{};

  static constexpr std::string_view name = "notice";
  static constexpr auto fields = std::tuple{field("step", &Notice::step, "steps done"),
                                            field("severity", &Notice::severity, "info or warning"),
                                            field("text", &Notice::text, "one line")};
};

enum class StopReason {
  finished,     ///< all epochs are done
  early,        ///< the validation loss no longer improved
  interrupted,  ///< the user asked; the run can be resumed
  diverged,     ///< the loss or a tensor is NaN or infinite
};
constexpr std::array<std::string_view, 4> names_of(StopReason) {
  return {"finished", "early", "interrupted", "diverged"};
}

/// The run is over. The last event.
struct RunStopped {
  Index step = 0;
  Index epoch = 0;
  StopReason reason = StopReason::finished;
  std::string text{};
  Index best_epoch = 0;
  double best_loss = kNotMeasured;
  double seconds = 0;

  static constexpr std::string_view name = "run_stopped";
  static constexpr auto fields = std::tuple{
      field("step", &RunStopped::step, "steps done"),
      field("epoch", &RunStopped::epoch, "epochs done"),
      field("reason", &RunStopped::reason, "finished, early, interrupted or diverged"),
      field("text", &RunStopped::text, "one line for a person: what happened, what to do"),
      field("best_epoch", &RunStopped::best_epoch, "the epoch whose weights are the model; 0: there is none"),
      field("best_loss", &RunStopped::best_loss, "its validation loss, or what else the task chooses by"),
      field("seconds", &RunStopped::seconds, "training time since the run began, sessions added up")};
};

using Event = std::variant<RunStarted, BaselineScored, StepDone, EpochDone, CheckpointSaved, SampleWritten,
                           Notice, RunStopped>;

/// Takes each event as it happens, on the thread that trains: a slow sink slows the run down.
using EventSink = std::function<void(const Event&)>;

inline Index step_of(const Event& event) {
  return std::visit([](const auto& e) { return e.step; }, event);
}

/// Tokens a second between two steps of a run; 0 if no time has passed.
inline double tokens_per_second(const StepDone& from, const StepDone& to) {
  const double seconds = to.seconds - from.seconds;
  return seconds > 0 ? static_cast<double>(to.tokens - from.tokens) / seconds : 0;
}

}  // namespace recur
