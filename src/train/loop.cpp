#include "train/loop.h"

#include <fmt/core.h>

#include <chrono>
#include <cmath>
#include <limits>
#include <optional>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "train/checkpoint.h"
#include "train/clipping.h"
#include "train/optimizer.h"
#include "train/weight_average.h"
#include "train/weights.h"

namespace recur {
namespace {

/// The first parameter, or gradient of one, that is not finite; empty if all are.
std::string first_not_finite(const Parameters& parameters, bool gradients) {
  std::string found;
  for (const Parameter& p : parameters) {
    if (found.empty())
      found =
          first_not_finite((gradients ? "the gradient of " : "") + p.name, gradients ? p.gradient : p.value);
  }
  return found;
}

class Run {
 public:
  Run(TrainingJob& job, const TrainConfig& config, const LoopOptions& options, ThreadPool& pool)
      : job_(job),
        config_(config),
        options_(options),
        pool_(pool),
        optimizer_(config, job.parameters()),
        average_(config, job.parameters()) {
    steps_per_epoch_ = (job.batches_per_epoch() + config.accumulate - 1) / config.accumulate;
    steps_total_ = steps_per_epoch_ * config.epochs;
  }

  LoopResult run() {
    LoopResult result{.stopped = {}, .pictures = {}, .report = {.metrics = nullptr}};
    try {
      train();
      if (stopped_->reason == StopReason::diverged) restore_best();
      if (stopped_->reason == StopReason::finished || stopped_->reason == StopReason::early) {
        result.report = finish();
        result.pictures = job_.pictures(pool_);
      }
    } catch (const Interrupted&) {
      stop(
          StopReason::interrupted,
          "stopped as asked while the model was scored; what the last checkpoint lacks is done again with: " +
              options_.resume_command);
    }
    result.stopped = *stopped_;
    result.stopped.seconds = seconds();
    options_.sink(result.stopped);
    return result;
  }

 private:
  double seconds() const {
    return at_.seconds + std::chrono::duration<double>(std::chrono::steady_clock::now() - session_).count();
  }

  /// All epochs, or until there is a reason to stop.
  void train() {
    begin();
    if (patience_is_used_up(config_, at_.early)) stop_early();  // a run that was resumed after its end
    while (at_.epoch < config_.epochs && !stopped_) {
      // A run that was stopped between an epoch's last step and its score has only that to do.
      if (at_.batch < job_.batches_per_epoch()) step();
      if (stopped_) break;
      const bool over = at_.batch == job_.batches_per_epoch();
      if (options_.stop_requested()) {
        save_and_stop();
      } else if (over) {
        end_epoch();
      } else if (config_.checkpoint_every > 0 && at_.step % config_.checkpoint_every == 0) {
        save();
      }
    }
    if (!stopped_) stop(StopReason::finished, "");
  }

  void begin() {
    job_.stop_requested = options_.stop_requested;
    std::error_code ignored;
    if (options_.resume && std::filesystem::exists(options_.checkpoint_file, ignored))
      at_ = load_checkpoint(options_.checkpoint_file, {job_, optimizer_, average_, pool_});
    check<IoError>(at_.early.best_epoch == 0 || options_.model_file.empty() ||
                       std::filesystem::exists(options_.model_file, ignored),
                   "{}: is missing, though epoch {} left it there; bring it back, or begin anew with --force",
                   options_.model_file.string(), at_.early.best_epoch);
    check<ConfigError>(config_.epochs >= at_.epoch,
                       "epochs is {}, but {} are done already; ask for more, or begin anew with --force",
                       config_.epochs, at_.epoch);
    for (const std::string& note : job_.notes()) options_.sink(Notice{.step = at_.step, .text = note});
    options_.sink(RunStarted{.step = at_.step,
                             .task = job_.task(),
                             .model = job_.model(),
                             .loss_unit = job_.loss_unit(),
                             .parameters = job_.parameters().count(),
                             .epochs = config_.epochs,
                             .steps_per_epoch = steps_per_epoch_,
                             .steps_total = steps_total_});
    tell_of_another_schedule();
    for (const BaselineScored& baseline : job_.baselines(pool_)) {
      options_.sink(baseline);
      if (std::isfinite(baseline.loss) && baseline.loss > 0)
        simple_loss_ = std::isfinite(simple_loss_) ? std::max(simple_loss_, baseline.loss) : baseline.loss;
    }
    session_ = std::chrono::steady_clock::now();
  }

  /// A schedule that ends with the run is another one where a resumed run has more or fewer epochs.
  void tell_of_another_schedule() {
    const Index planned = at_.epochs_planned;
    if (planned == 0 || planned == config_.epochs) return;
    const double before =
        learning_rate_at(config_, {at_.step, steps_per_epoch_, steps_per_epoch_ * planned}, at_.plateau);
    const double now = rate_of_next_step();
    if (before == now) return;
    options_.sink(
        Notice{.step = at_.step + 1,  // of the step that it changes: no earlier log has told it
               .severity = Severity::warning,
               .text = fmt::format("the {} schedule was planned for {} epochs and is now stretched over {}: "
                                   "the learning rate goes on with {}, not {}",
                                   to_name(config_.schedule), planned, config_.epochs, shortest(now),
                                   shortest(before))});
  }

  double rate_of_next_step() const {
    return learning_rate_at(config_, {at_.step, steps_per_epoch_, steps_total_}, at_.plateau);
  }

  /// One optimiser step: the gradients of one or more batches, clipped, and the update.
  void step() {
    Parameters& parameters = job_.parameters();
    parameters.zero_gradients();
    WeightedMean loss;
    const Index batches = std::min(config_.accumulate, job_.batches_per_epoch() - at_.batch);
    Index targets = 0;
    for (Index i = 0; i < batches; ++i) targets += job_.targets(at_.epoch, at_.batch + i);
    for (Index i = 0; i < batches; ++i) {
      tape_.clear();
      const std::vector<NamedTensor> carried = job_.carried();
      const Pass pass{.pool = pool_,
                      .tape = &tape_,
                      .training = true,
                      .seed = options_.seed,
                      .step = static_cast<std::uint64_t>(at_.step),
                      .first_sequence = i << 20};
      const BatchLoss batch = job_.batch(pass, at_.epoch, at_.batch + i);
      loss.add(static_cast<double>(*batch.loss.value.data<float>()), batch.targets);
      if (!std::isfinite(loss.value()))
        return diverged("training", loss.value(), where_it_went_wrong(pass, at_.batch + i, carried));
      // Together the gradient of the mean over all targets of the step, which is the loss that is told.
      tape_.backward(batch.objective.defined() ? batch.objective : batch.loss,
                     static_cast<double>(batch.targets) / static_cast<double>(targets));
    }
    const GradientNorms norms = gradient_norms(parameters, pool_);
    const double norm = norms.total;
    if (!std::isfinite(norm))
      return diverged("training", loss.value(), first_not_finite(parameters, /*gradients=*/true));
    const double rate = rate_of_next_step();
    optimizer_.step({.learning_rate = rate,
                     .scale = clip_factor(norm, config_.clip_norm),
                     .clip_value = config_.clip_value},
                    pool_);
    average_.observe_step(pool_);

    ++at_.step;
    at_.batch += batches;
    at_.tokens += loss.count;
    at_.epoch_loss.add(loss.value(), loss.count);
    options_.sink(StepDone{.step = at_.step,
                           .epoch = at_.epoch + 1,
                           .loss = loss.value(),
                           .learning_rate = rate,
                           .gradient_norm = norm,
                           .gradient_norms = named(norms),
                           .tokens = at_.tokens,
                           .seconds = seconds()});
  }

  /// The first value of a batch that is not finite: a parameter, or what comes of them when it is computed
  /// again.
  std::string where_it_went_wrong(Pass pass, Index batch, const std::vector<NamedTensor>& carried) {
    std::string found = first_not_finite(job_.parameters(), /*gradients=*/false);
    if (!found.empty()) return found;
    ModelFile before;
    before.tensors = carried;
    job_.restore_carried(before);
    tape_.clear();
    pass.tape = nullptr;
    pass.not_finite = &found;
    job_.batch(pass, at_.epoch, batch);
    return found.empty() ? "the loss itself" : found;
  }

  /// The norms of single parameters, on the steps that tell them.
  NamedNumbers named(const GradientNorms& norms) const {
    NamedNumbers out;
    if ((at_.step - 1) % kNormEvery != 0) return out;
    std::size_t i = 0;
    for (const Parameter& p : job_.parameters()) out.emplace_back(p.name, norms.of_parameter[i++]);
    return out;
  }

  void end_epoch() {
    const double rate =
        learning_rate_at(config_, {at_.step - 1, steps_per_epoch_, steps_total_}, at_.plateau);
    Score score;
    // Steps and scores have tensors of other sizes: neither keeps its memory while the other works.
    tape_.clear();
    release_kept_storage();
    std::optional<Averaged> averaged(average_);
    try {
      score = job_.validate(pool_);
      release_kept_storage();
    } catch (const Interrupted&) {
      averaged.reset();
      return save_and_stop();
    }
    if (!std::isfinite(score.loss))
      return diverged("validation", score.loss, first_not_finite(job_.parameters(), /*gradients=*/false));
    if (score.loss > kAbsurd * simple_loss_)
      return diverged(
          "validation", score.loss,
          fmt::format("a million times that of the weakest baseline, {}, is no score", simple_loss_));
    ++at_.epoch;
    const EpochVerdict verdict = recur::observe_epoch(static_cast<const EarlyStoppingConfig&>(config_),
                                                      at_.early, at_.epoch, score.verdict());
    recur::observe_epoch(static_cast<const ScheduleConfig&>(config_), at_.plateau, score.verdict());
    options_.sink(EpochDone{.step = at_.step,
                            .epoch = at_.epoch,
                            .train_loss = at_.epoch_loss.value(),
                            .valid_loss = score.loss,
                            .metrics = score.metrics,
                            .best = verdict.best,
                            .learning_rate = rate,
                            .tokens = at_.tokens,
                            .seconds = seconds()});
    if (verdict.best && options_.model_file.empty()) {
      best_.tensors.clear();
      for (const Parameter& p : job_.parameters()) best_.tensors.push_back({p.name, p.value.clone()});
    } else if (verdict.best) {
      nlohmann::json metrics{{"valid", nlohmann::json::object()}};
      for (const auto& [name, value] : score.metrics) metrics["valid"][name] = value;
      job_.model_file(pool_, metrics).save(options_.model_file);
    }
    for (SampleWritten sample : job_.samples(pool_, at_.epoch)) {
      sample.step = at_.step;
      sample.epoch = at_.epoch;
      options_.sink(sample);
    }
    averaged.reset();
    if (average_.observe_epoch(score.loss))
      options_.sink(
          Notice{.step = at_.step,
                 .text = fmt::format("the validation loss is above that of more than {} ago: weights "
                                     "are averaged from here on",
                                     counted(config_.average_patience, "epoch"))});
    at_.batch = 0;
    at_.epoch_loss = {};
    save();
    if (verdict.stop) stop_early();
  }

  void save_and_stop() {
    save();
    stop(StopReason::interrupted,
         fmt::format("stopped as asked, everything is saved{}; go on with: {}",
                     at_.epoch > 0 ? "" : " (the model comes with the end of the first epoch)",
                     options_.resume_command));
  }

  void stop_early() {
    stop(StopReason::early, fmt::format("no improvement for {}; the weights of epoch {} are kept",
                                        counted(config_.patience, "epoch"), at_.early.best_epoch));
  }

  void save() {
    if (options_.checkpoint_file.empty()) return;
    at_.seconds = seconds();
    session_ = std::chrono::steady_clock::now();
    save_checkpoint(options_.checkpoint_file, {job_, optimizer_, average_, pool_}, at_);
    options_.sink(
        CheckpointSaved{.step = at_.step, .epoch = at_.epoch, .path = options_.checkpoint_file.string()});
  }

  void diverged(const char* which, double loss, const std::string& where) {
    const std::string clip = config_.clip_norm > 0
                                 ? fmt::format("a smaller clip_norm (it was {})", shortest(config_.clip_norm))
                                 : "clip_norm = 1 (it was off)";
    stop(StopReason::diverged,
         fmt::format(
             "after step {}: the {} loss is {}; first, {}; try a lower learning_rate (it was {}), or {}",
             at_.step, which, std::isnan(loss) ? "nan" : shortest(loss),
             where.empty() ? "the loss itself" : where, shortest(rate_of_next_step()), clip));
  }

  void stop(StopReason reason, const std::string& text) {
    stopped_ = RunStopped{.step = at_.step,
                          .epoch = at_.epoch,
                          .reason = reason,
                          .text = text,
                          .best_epoch = at_.early.best_epoch,
                          .best_loss = at_.early.best_loss,
                          .seconds = seconds()};
  }

  void restore_best() {
    if (at_.early.best_epoch == 0) return;
    load_weights(options_.model_file.empty() ? best_ : ModelFile::read(options_.model_file),
                 job_.parameters());
  }

  /// Restores the best epoch's weights, scores them on every split, and writes the model with its scores.
  Report finish() {
    restore_best();
    Report report = job_.final_report(pool_);
    if (!options_.model_file.empty()) job_.model_file(pool_, report.metrics).save(options_.model_file);
    return report;
  }

  /// A loss so many times that of a simple model is finite by chance alone, and no "best so far".
  static constexpr double kAbsurd = 1e6;

  /// Steps between two that tell each parameter's gradient norm.
  static constexpr Index kNormEvery = 10;

  TrainingJob& job_;
  const TrainConfig& config_;
  const LoopOptions& options_;
  ThreadPool& pool_;
  Optimizer optimizer_;
  WeightAverage average_;
  Tape tape_;
  Progress at_;
  ModelFile best_;  // of the best epoch, its weights alone, where there is no file for them
  Index steps_per_epoch_ = 0, steps_total_ = 0;
  /// The highest validation loss of a baseline: the scale of losses here. Infinite where there is none.
  double simple_loss_ = std::numeric_limits<double>::infinity();
  std::optional<RunStopped> stopped_;
  std::chrono::steady_clock::time_point session_ = std::chrono::steady_clock::now();
};

}  // namespace

LoopResult run_training(TrainingJob& job, const TrainConfig& config, const LoopOptions& options,
                        ThreadPool& pool) {
  return Run(job, config, options, pool).run();
}

}  // namespace recur
