#include "tasks/classify/job.h"

#include <algorithm>

#include "base/error.h"
#include "base/json.h"
#include "nn/dropout.h"
#include "nn/losses.h"
#include "simd/isa.h"
#include "tasks/classify/baselines.h"
#include "tasks/classify/cross_validation.h"
#include "tasks/file_config.h"
#include "tasks/init_from.h"
#include "tasks/model_network.h"
#include "train/weights.h"

namespace recur {
namespace {

std::vector<Index> lengths_of(const std::vector<Example>& examples) {
  std::vector<Index> lengths;
  lengths.reserve(examples.size());
  for (const Example& example : examples) lengths.push_back(example.input.dim(0));
  return lengths;
}

ModelShape shape_of(const ClassifyConfig& config, const ClassifyPipeline& pipeline) {
  ModelShape shape = pipeline.shape();
  shape.pool = config.model;
  return shape;
}

}  // namespace

ClassifyJob::ClassifyJob(const ClassifyConfig& config, ClassifyData data)
    : config_(config),
      data_(std::move(data)),
      batches_(lengths_of(data_.train), config.train.batch_size, static_cast<std::uint64_t>(config.seed),
               config.train.curriculum),
      model_(config.model, shape_of(config, *data_.pipeline)),
      class_weights_(class_weights()) {
  model_.initialise(static_cast<std::uint64_t>(config.seed));
  if (data_.vectors)
    put_vectors(*data_.vectors, config.data.tune_vectors, *model_.parameters().find("embedding.weight"));
  if (!config.data.init_from.empty())
    data_.notes.push_back(begin_with_language_model(config.data.init_from, data_.pipeline->vocabulary(),
                                                    config.model, model_.parameters()));
}

std::string ClassifyJob::loss_unit() const {
  return data_.pipeline->many_labels() ? "nats per label" : "nats per example";
}

/// [classes]: n/(classes·n_c), so that each class weighs the same; of many labels (n − n_c)/n_c, so that the
/// examples with a label weigh as much as those without.
Tensor ClassifyJob::class_weights() const {
  if (config_.train.class_weights == ClassWeights::none) return {};
  const Index classes = data_.pipeline->labels().size();
  std::vector<double> members(static_cast<std::size_t>(classes));
  for (const Example& example : data_.train)
    for (const std::int32_t c : example.labels) ++members[static_cast<std::size_t>(c)];
  const double n = static_cast<double>(data_.train.size());
  Tensor weights = Tensor::empty({classes});
  for (Index c = 0; c < classes; ++c) {
    const double m = std::max(1.0, members[static_cast<std::size_t>(c)]);
    const double weight =
        data_.pipeline->many_labels() ? (n - m) / m : n / (static_cast<double>(classes) * m);
    weights.data<float>()[c] = static_cast<float>(std::max(weight, 1e-3));
  }
  return weights;
}

Tensor ClassifyJob::augmented(Tensor input, const Pass& pass, Index sequence) const {
  const AugmentConfig& change = config_.train;
  const auto always = [](Index) { return true; };
  if (change.word_swap > 0) input = swap_words(input, change.word_swap, always, pass, sequence);
  if (!data_.synonyms.empty())
    input = put_synonyms(input, change.word_synonyms, data_.synonyms, always, pass, sequence);
  if (change.word_dropout > 0)
    input = drop_words(
        input, [&](std::int32_t) { return change.word_dropout; }, *data_.pipeline->vocabulary().unknown(),
        pass, sequence);
  return input;
}

BatchLoss ClassifyJob::batch(const Pass& pass, Index epoch, Index number) {
  epoch_ = epoch;
  std::vector<Tensor> inputs;
  const auto chosen = batches_.batch(epoch, number);
  for (const Index i : chosen)
    inputs.push_back(
        augmented(data_.train[static_cast<std::size_t>(i)].input, pass, static_cast<Index>(inputs.size())));
  const Var y = forward_sequences(model_, pass, inputs, layout_of(inputs)).y;
  const auto n = static_cast<Index>(chosen.size());
  const double smoothing = config_.train.label_smoothing;
  if (!data_.pipeline->many_labels()) {
    const Tensor targets = Tensor::empty({n}, DType::i32);
    for (Index i = 0; i < n; ++i)
      targets.data<std::int32_t>()[i] =
          data_.train[static_cast<std::size_t>(chosen[static_cast<std::size_t>(i)])].labels.front();
    return {cross_entropy(pass, y, targets, {.label_smoothing = smoothing, .class_weights = class_weights_})
                .value,
            n};
  }
  const Index classes = y.value.dim(1);
  const Tensor targets = Tensor::empty({n, classes});
  std::fill_n(targets.data<float>(), targets.size(), static_cast<float>(smoothing / 2));
  for (Index i = 0; i < n; ++i)
    for (const std::int32_t c :
         data_.train[static_cast<std::size_t>(chosen[static_cast<std::size_t>(i)])].labels)
      targets.data<float>()[i * classes + c] = static_cast<float>(1 - smoothing / 2);
  return {binary_cross_entropy(pass, y, targets, class_weights_).value, n};
}

/// Thresholds that are best on these examples, as the model file will hold them: rounded to float.
void ClassifyJob::tune_thresholds(const ClassifyScore& valid) {
  if (config_.train.tune_threshold == TuneThreshold::none) return;
  ClassifyPipeline& pipeline = *data_.pipeline;
  const auto aim =
      config_.train.tune_threshold == TuneThreshold::f1 ? ThresholdAim::f1 : ThresholdAim::accuracy;
  for (std::size_t c = pipeline.many_labels() ? 0 : 1; c < pipeline.thresholds.size(); ++c) {
    std::vector<float> p;
    std::vector<std::uint8_t> has;
    for (std::size_t i = 0; i < data_.valid.size(); ++i) {
      p.push_back(valid.probabilities[i][c]);
      has.push_back(std::ranges::binary_search(data_.valid[i].labels, static_cast<std::int32_t>(c)));
    }
    pipeline.thresholds[c] = static_cast<float>(best_threshold(p, has, aim));
  }
}

Score ClassifyJob::validate(ThreadPool& pool) {
  if (!data_.folds.empty()) return cross_validated(pool);
  ClassifyScore score = score_held_out(pool);
  if (config_.train.tune_threshold != TuneThreshold::none) {
    tune_thresholds(score);
    answer_anew(score, *data_.pipeline, data_.valid);
  }
  return {.loss = score.nats, .metrics = metrics_of(score.counts)};
}

/// Of the epoch under way. All epochs are computed at once: a function of the data, the options and the seed,
/// whatever became of the run before.
Score ClassifyJob::cross_validated(ThreadPool& pool) {
  if (folds_.empty()) folds_ = cross_validate(config_, data_, pool, stop_requested);
  return folds_[epoch()];
}

std::vector<BaselineScored> ClassifyJob::baselines(ThreadPool& pool) {
  if (!baselines_.empty()) return baselines_;
  const Index classes = data_.pipeline->labels().size();
  const bool many = data_.pipeline->many_labels();
  const std::vector<ClassifyBaseline> fitted = fit_baselines(config_, *data_.pipeline, data_.train, pool);
  const std::string metric = judged_by(many);
  const auto value_of = [&](const NamedNumbers& metrics) {
    return std::ranges::find(metrics, metric, &NamedNumbers::value_type::first)->second;
  };
  for (const ClassifyBaseline& baseline : fitted) {
    SimpleScore& last = simple_.emplace_back(SimpleScore{.name = baseline.name});
    const auto score_on = [&](const std::vector<Example>& examples) {
      const ClassifyBaselineScore score = score_baseline(baseline, classes, many, examples);
      NamedNumbers metrics = metrics_of(score.counts);
      last.value = value_of(metrics);
      last.each = score.each;
      return metrics;
    };
    if (!data_.valid.empty())
      baselines_.push_back({.baseline = baseline.name, .metrics = score_on(data_.valid)});
    if (!data_.test.empty()) baseline_tests_[baseline.name] = to_json(score_on(data_.test));
  }
  if (!data_.folds.empty()) {
    baselines_ = cross_validate_baselines(config_, data_, pool);
    for (std::size_t b = 0; data_.test.empty() && b < baselines_.size(); ++b)
      simple_[b].value = value_of(baselines_[b].metrics);
  }
  std::ranges::stable_sort(baselines_, std::greater{}, [&](const auto& b) { return value_of(b.metrics); });
  return baselines_;
}

ModelFile ClassifyJob::model_file(ThreadPool& pool, const nlohmann::json& metrics) {
  ModelFile file{.task = "classify",
                 .config = config_for_file(options_of(config_),
                                           {"train", "valid", "test", "vectors", "synonyms", "init_from"}),
                 .metrics = metrics,
                 .data_sha256 = data_.sha256};
  file.isa = recur::name(current_isa());
  append_weights(model_.parameters(), file.tensors);
  data_.pipeline->save(file);
  add_golden(pool, file);
  return file;
}

/// The beginning of an example, and the logits for it: what `verify` replays.
void ClassifyJob::add_golden(ThreadPool& pool, ModelFile& file) {
  constexpr Index kMostSteps = 64;
  for (const auto* split : {&data_.valid, &data_.train})
    for (const Example& example : *split) {
      if (example.input.dim(0) == 0) continue;
      const Tensor input = example.input.rows(0, std::min(kMostSteps, example.input.dim(0)));
      const Tensor y =
          forward_sequences(model_, {.pool = pool}, {input}, Layout::dense(input.dim(0), 1)).y.value;
      file.tensors.push_back({"golden.inputs", input.clone()});
      file.tensors.push_back({"golden.outputs", y});
      return;
    }
}

Report ClassifyJob::final_report(ThreadPool& pool) {
  const ClassifyPipeline& pipeline = *data_.pipeline;
  const bool many = pipeline.many_labels();
  Report report;
  const auto add = [&](const char* split, const std::vector<Example>& examples, const ClassifyScore& score) {
    if (examples.empty()) return;
    report.metrics[split] = to_json(metrics_of(score));
    report.tables = tables_of(score, pipeline, examples, split);
    report.each = each_of(score.answers, examples, many);
  };
  // Thresholds are tuned before anything is reported.
  ClassifyScore valid = score_held_out(pool);
  if (data_.folds.empty()) {
    tune_thresholds(valid);
    answer_anew(valid, pipeline, data_.valid);
  } else {
    static_cast<void>(cross_validated(pool));  // of a run that was resumed after its last epoch
    report.metrics["valid"] = to_json(best_of(config_, folds_).metrics);
  }
  add("train", data_.train, score_examples(model_, pipeline, data_.train, pool, stop_requested));
  add("valid", data_.valid, valid);
  add("test", data_.test, score_examples(model_, pipeline, data_.test, pool, stop_requested));
  for (const BaselineScored& baseline : baselines(pool))
    report.baselines[baseline.baseline]["valid"] = to_json(baseline.metrics);
  for (const auto& [name, metrics] : baseline_tests_.items()) report.baselines[name]["test"] = metrics;

  const std::string split = data_.test.empty() ? "valid" : "test";
  // Of a cross-validated run without a test they are of the training data: nothing to compare models by.
  if (data_.valid.empty() && data_.test.empty()) report.each.values.clear();
  ReportTable verdict =
      verdict_on(split, report.metrics[split][judged_by(many)].get<double>(), report.each, simple_);
  if (config_.train.tune_threshold != TuneThreshold::none && split == "valid")
    verdict.title += " (but its thresholds were tuned on these examples)";
  report.tables.insert(report.tables.begin(), std::move(verdict));
  return report;
}

}  // namespace recur
