#include "tasks/classify.h"

#include "base/error.h"
#include "base/json.h"
#include "data/files/byte_source.h"
#include "data/files/line_reader.h"
#include "tasks/classify/baselines.h"
#include "tasks/classify/job.h"
#include "tasks/classify/score.h"
#include "tasks/configured_task.h"
#include "tasks/file_config.h"
#include "tasks/init_from.h"
#include "tasks/model_network.h"
#include "train/weights.h"

namespace recur {
namespace {

/// A classifier as it lies in a model file.
struct Classifier {
  ClassifyConfig config;
  ClassifyPipeline pipeline;
  std::unique_ptr<Model> model;
};

Classifier load_classifier(const ModelFile& file) {
  ClassifyConfig config;
  read_config(file, "classify", "a classifier (classify)", options_of(config));
  Classifier classifier{config, ClassifyPipeline(config, file), nullptr};
  ModelShape shape = classifier.pipeline.shape();
  shape.pool = config.model;
  try {
    classifier.model = std::make_unique<Model>(config.model, shape, DType::f32, admission_of(file));
  } catch (const ConfigError& error) {
    fail<FormatError>("{}: {}", file.where, error.what());
  }
  load_weights(file, classifier.model->parameters());
  return classifier;
}

nlohmann::ordered_json answer_of(const ClassifyPipeline& pipeline, const std::vector<float>& logits) {
  const std::vector<float> p = pipeline.probabilities(logits.data());
  const std::vector<std::int32_t> labels = pipeline.decide(p);
  nlohmann::ordered_json answer;
  if (pipeline.many_labels()) {
    answer["labels"] = nlohmann::ordered_json::array();
    for (const std::int32_t c : labels) answer["labels"].push_back(pipeline.labels().name(c));
  } else {
    answer["label"] = pipeline.labels().name(labels.front());
    answer["probability"] = p[static_cast<std::size_t>(labels.front())];
  }
  for (std::size_t c = 0; c < p.size(); ++c)
    answer["probabilities"][pipeline.labels().name(static_cast<Index>(c))] = p[c];
  return answer;
}

class ClassifyTask final : public ConfiguredTask<ClassifyConfig> {
 public:
  std::unique_ptr<TrainingJob> start() override {
    check<ConfigError>(config_.task == "classify", "the configuration is for task '{}', not classify",
                       config_.task);
    check<ConfigError>(!config_.data.train.empty(),
                       "there is nothing to train on; give examples with --data FILE");
    ClassifyData data = read_classify_data(config_);
    check_together(data);
    // What it begins with says how wide the embedding is.
    if (data.vectors) config_.model.embedding = data.vectors->table.dim(1);
    if (!config_.data.init_from.empty()) config_.model.embedding = embedding_width_of(config_.data.init_from);
    return std::make_unique<ClassifyJob>(config_, std::move(data));
  }

  Report evaluate(const ModelFile& file, const std::filesystem::path& path, ThreadPool& pool) override {
    Classifier c = load_classifier(file);
    const std::vector<Example> examples = read_labelled(c.config, c.pipeline, path);
    const ClassifyScore score = score_examples(*c.model, c.pipeline, examples, pool);
    const bool many = c.pipeline.many_labels();
    const std::string name = path.filename().string();
    Report report{.metrics = to_json(metrics_of(score)),
                  .tables = tables_of(score, c.pipeline, examples, name),
                  .each = each_of(score.answers, examples, many)};
    if (c.pipeline.shares.empty()) return report;
    const ClassifyBaseline majority = majority_of(c.pipeline);
    const ClassifyBaselineScore simple = score_baseline(majority, c.pipeline.labels().size(), many, examples);
    const nlohmann::json metrics = to_json(metrics_of(simple.counts));
    report.baselines[majority.name] = metrics;
    const std::string& metric = report.each.metric;
    report.tables.insert(report.tables.begin(),
                         verdict_on(name, report.metrics[metric].get<double>(), report.each,
                                    {{majority.name, metrics[metric].get<double>(), simple.each}}));
    return report;
  }

  void predict(const ModelFile& file, const std::filesystem::path& input, ThreadPool& pool,
               const AnswerSink& answer) override {
    Classifier c = load_classifier(file);
    if (c.pipeline.reads_text() && is_standard_input(input)) {
      // A text a line, answered as it comes.
      LineReader lines(input);
      Index cut = 0;
      while (lines.next()) {
        const TextExample example{.text = std::string(lines.text()), .place = lines.place(lines.line())};
        answer_all(c, {{c.pipeline.encode(example, cut)}}, pool, answer);
      }
      return;
    }
    const std::vector<std::filesystem::path> files{input};
    std::vector<Example> examples;
    Index changed = 0;
    if (c.pipeline.reads_text()) {
      for (const TextExample& example : read_text_examples(c.config.data, files, /*with_labels=*/false))
        examples.push_back(c.pipeline.encode(example, changed));
    } else {
      const SeriesExamples series = read_series_examples(c.config.data, files, /*with_labels=*/false);
      for (const SeriesExample& example : series.list)
        examples.push_back(c.pipeline.encode(example, series.features, changed));
    }
    answer_all(c, examples, pool, answer);
  }

  std::unique_ptr<TrainedNetwork> network(const ModelFile& file) override {
    return std::make_unique<ModelNetwork>(load_classifier(file).model);
  }

 private:
  static void answer_all(Classifier& c, const std::vector<Example>& examples, ThreadPool& pool,
                         const AnswerSink& answer) {
    for (const std::vector<float>& logits : logits_of(*c.model, examples, pool))
      answer(answer_of(c.pipeline, logits));
  }

  /// Throws ConfigError for options that do not fit the data.
  void check_together(const ClassifyData& data) const {
    check<ConfigError>(config_.train.word_dropout == 0 ||
                           (data.pipeline->reads_text() && data.pipeline->vocabulary().unknown()),
                       "word_dropout puts <unk> in place of tokens, and the model reads {}, which know none",
                       data.pipeline->reads_text() ? "bytes" : "numbers");
    if (config_.train.tune_threshold == TuneThreshold::none) return;
    const Index classes = data.pipeline->labels().size();
    check<ConfigError>(
        data.pipeline->many_labels() || classes == 2,
        "tune_threshold is for two classes or many labels an example, and there are {} classes", classes);
    check<ConfigError>(
        data.folds.empty(),
        "tune_threshold needs validation examples, and {} training examples are cross-validated "
        "instead (give a file with --valid, or --folds 0 to hold some out)",
        data.train.size());
  }
};

}  // namespace

std::unique_ptr<Task> make_classify_task() { return std::make_unique<ClassifyTask>(); }

}  // namespace recur
