#include "tasks/tag.h"

#include <cmath>

#include "base/error.h"
#include "base/json.h"
#include "data/files/byte_source.h"
#include "data/words/vectors.h"
#include "tasks/configured_task.h"
#include "tasks/file_config.h"
#include "tasks/init_from.h"
#include "tasks/tag/job.h"
#include "tasks/tag/network.h"
#include "tasks/tag/score.h"
#include "tasks/tag/tables.h"
#include "train/weights.h"

namespace recur {
namespace {

/// A tagger as it lies in a model file.
struct Tagger {
  TagConfig config;
  TagPipeline pipeline;
  std::unique_ptr<TagNet> net;
};

Tagger load_tagger(const ModelFile& file, const std::vector<Setting>& anew = {}) {
  TagConfig config;
  read_config(file, "tag", "a tagger (tag)", options_of(config));
  set_options(anew, options_of(config));
  Tagger tagger{config, TagPipeline(config, file), nullptr};
  try {
    tagger.net =
        std::make_unique<TagNet>(config.model, TagShape::of(tagger.pipeline), DType::f32, admission_of(file));
  } catch (const ConfigError& error) {
    fail<FormatError>("{}: {}", file.where, error.what());
  }
  load_weights(file, tagger.net->parameters());
  return tagger;
}

nlohmann::ordered_json json_of(const TagPipeline& pipeline, const TagExample& example,
                               const TagAnswer& answer) {
  using nlohmann::ordered_json;
  ordered_json out;
  if (answer.intent != kUnseen) {
    out["intent"] = pipeline.intents().name(answer.intent);
    out["intent_probability"] = answer.intent_probability;
  }
  const std::vector<std::string> tags = pipeline.names_of(answer.tags);
  out["words"] = ordered_json::array();
  for (std::size_t t = 0; t < tags.size(); ++t)
    out["words"].push_back(
        {{"word", example.words[t]}, {"tag", tags[t]}, {"probability", answer.probabilities[t]}});
  if (pipeline.has_chunks()) {
    out["chunks"] = ordered_json::array();
    for (const Chunk& chunk : chunks_of(tags)) {
      std::string text;
      for (Index t = chunk.begin; t < chunk.end; ++t)
        text += (t == chunk.begin ? "" : " ") + example.words[static_cast<std::size_t>(t)];
      out["chunks"].push_back(
          {{"type", chunk.type}, {"text", text}, {"begin", chunk.begin}, {"end", chunk.end}});
    }
  }
  out["best"] = ordered_json::array();
  for (const TagPath& path : answer.best)
    out["best"].push_back({{"probability", std::exp(path.score)}, {"tags", pipeline.names_of(path.tags)}});
  return out;
}

class TagTask final : public ConfiguredTask<TagConfig> {
 public:
  std::unique_ptr<TrainingJob> start() override {
    check<ConfigError>(config_.task == "tag", "the configuration is for task '{}', not tag", config_.task);
    check<ConfigError>(!config_.data.train.empty(),
                       "there is nothing to train on; give tagged sentences with --data FILE");
    check<ConfigError>(!config_.model.crf || config_.train.label_smoothing == 0,
                       "label_smoothing is of tags that are scored alone; with it give --no-crf");
    check_vectors(config_.data, "words");
    TagData data = read_tag_data(config_);
    config_.data.scheme = data.scheme;
    // What it begins with says how wide the embedding is.
    if (!config_.data.vectors.empty()) config_.model.embedding = vector_width(config_.data.vectors);
    if (!config_.data.init_from.empty()) config_.model.embedding = embedding_width_of(config_.data.init_from);
    return make_tag_job(config_, std::move(data));
  }

  Report evaluate(const ModelFile& file, const std::filesystem::path& path, ThreadPool& pool) override {
    Tagger t = load_tagger(file, anew_);
    const std::vector<TagExample> examples = read_tag_examples(t.config, t.pipeline, path);
    const std::vector<TagAnswer> answers = answers_of(*t.net, examples, pool);
    const TagScore score = score_answers(t.pipeline, answers, examples);
    return {.metrics = to_json(metrics_of(t.pipeline, score, /*of_split=*/true)),
            .tables = tables_of(t.pipeline, score, answers, examples, path.filename().string()),
            .each = {.metric = "sentence_accuracy", .higher_is_better = true, .values = score.right}};
  }

  void predict(const ModelFile& file, const std::filesystem::path& input, ThreadPool& pool,
               const AnswerSink& answer) override {
    Tagger t = load_tagger(file, anew_);
    TaggedReader reader(t.config.data, input, /*with_tags=*/false, t.pipeline.seen());
    // Who types line by line waits for each answer; a file is tagged many sentences at a time.
    const std::size_t together = is_standard_input(input) ? 1 : 256;
    std::vector<TagExample> examples;
    const auto answer_all = [&] {
      const std::vector<TagAnswer> answers = answers_of(*t.net, examples, pool, t.config.decode.n_best);
      for (std::size_t i = 0; i < examples.size(); ++i) answer(json_of(t.pipeline, examples[i], answers[i]));
      examples.clear();
    };
    for (TaggedSentence sentence; reader.next(sentence);) {
      examples.push_back(t.pipeline.encode(sentence));
      if (examples.size() == together) answer_all();
    }
    answer_all();
  }

  std::unique_ptr<TrainedNetwork> network(const ModelFile& file) override {
    return make_tag_network(load_tagger(file).net);
  }
};

}  // namespace

std::unique_ptr<Task> make_tag_task() { return std::make_unique<TagTask>(); }

}  // namespace recur
