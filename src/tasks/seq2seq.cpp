#include "tasks/seq2seq.h"

#include "base/error.h"
#include "base/json.h"
#include "data/files/byte_source.h"
#include "tasks/configured_task.h"
#include "tasks/file_config.h"
#include "tasks/seq2seq/job.h"
#include "tasks/seq2seq/network.h"
#include "tasks/seq2seq/score.h"
#include "train/weights.h"

namespace recur {
namespace {

/// Throws ConfigError for a [decode] that cannot be, before a model is trained for it.
void check_decoding(const Seq2SeqConfig& config) {
  const DecodeConfig& decode = config.decode;
  check<ConfigError>(decode.n_best <= decode.beam,
                     "n_best is {}, expected at most the {} hypotheses that are followed (--beam)",
                     decode.n_best, decode.beam);
  check<ConfigError>(decode.temperature == 0 || decode.n_best == 1,
                     "n_best is {} and temperature {}: one answer is drawn; with temperature 0 the best are "
                     "looked for",
                     decode.n_best, decode.temperature);
  check<ConfigError>(decode.max_length == 0 || decode.min_length <= decode.max_length,
                     "min_length is {}, expected at most max_length ({})", decode.min_length,
                     decode.max_length);
  check<ConfigError>(
      config.model.attention != AttentionScore::none ||
          (decode.coverage_penalty == 0 && !decode.show_attention),
      "coverage_penalty and show_attention need a model with attention, and this one has none");
}

/// A model as it lies in a file.
struct Trained {
  Seq2SeqConfig config;
  Seq2SeqPipeline pipeline;
  std::unique_ptr<Seq2SeqNet> net;
};

Trained load_trained(const ModelFile& file, const std::vector<Setting>& anew = {}) {
  Seq2SeqConfig config;
  read_config(file, "seq2seq", "one that writes texts for texts (seq2seq)", options_of(config));
  set_options(anew, options_of(config));
  check_decoding(config);
  Trained trained{config, Seq2SeqPipeline(config, file), nullptr};
  try {
    trained.net = std::make_unique<Seq2SeqNet>(config.model, Seq2SeqShape::of(trained.pipeline), DType::f32,
                                               admission_of(file));
  } catch (const ConfigError& error) {
    fail<FormatError>("{}: {}", file.where, error.what());
  }
  load_weights(file, trained.net->parameters());
  return trained;
}

/// What the tokens of an answer looked at: a row of weights a token, with the names of both sides.
nlohmann::ordered_json attention_of(const Seq2SeqPipeline& pipeline, const PairExample& example,
                                    const BeamResult& answer) {
  using nlohmann::ordered_json;
  ordered_json out{{"source", ordered_json::array()},
                   {"target", ordered_json::array()},
                   {"weights", ordered_json::array()}};
  for (const std::int32_t token : example.source)
    out["source"].push_back(Seq2SeqPipeline::name_of(pipeline.source(), token));
  const std::size_t width = example.source.size();
  for (std::size_t t = 0; t < answer.tokens.size(); ++t) {
    out["target"].push_back(Seq2SeqPipeline::name_of(pipeline.target(), answer.tokens[t]));
    const auto row = answer.attention.begin() + static_cast<std::ptrdiff_t>(t * width);
    out["weights"].push_back(std::vector<float>(row, row + static_cast<std::ptrdiff_t>(width)));
  }
  return out;
}

nlohmann::ordered_json json_of(const Trained& trained, const PairExample& example,
                               const std::vector<BeamResult>& answers) {
  using nlohmann::ordered_json;
  const auto one = [&](const BeamResult& answer) {
    ordered_json json{{"text", trained.pipeline.text_of(answer.tokens)},
                      {"score", answer.score},
                      {"log_probability", answer.log_probability}};
    if (trained.config.decode.show_attention)
      json["attention"] = attention_of(trained.pipeline, example, answer);
    return json;
  };
  ordered_json json = one(answers.front());
  if (trained.config.decode.n_best == 1) return json;
  json["best"] = ordered_json::array();
  for (const BeamResult& answer : answers) json["best"].push_back(one(answer));
  return json;
}

class Seq2SeqTask final : public ConfiguredTask<Seq2SeqConfig> {
 public:
  std::unique_ptr<TrainingJob> start() override {
    check<ConfigError>(config_.task == "seq2seq", "the configuration is for task '{}', not seq2seq",
                       config_.task);
    check<ConfigError>(!config_.data.train.empty(),
                       "there is nothing to train on; give pairs of texts with --data FILE, or --data "
                       "SOURCES,TARGETS");
    check_decoding(config_);
    return make_seq2seq_job(config_, read_seq2seq_data(config_));
  }

  Report evaluate(const ModelFile& file, const std::filesystem::path& path, ThreadPool& pool) override {
    Trained t = load_trained(file, anew_);
    const std::vector<PairExample> examples = read_seq2seq_examples(t.config, t.pipeline, path);
    const Seq2SeqScore score = score_pairs(*t.net, t.pipeline, t.config.decode, examples, pool);
    const SimpleScores simple = simple_scores(t.pipeline, examples);
    Report report{.metrics = to_json(metrics_of(score, /*of_split=*/true)),
                  .tables = tables_of(score, simple, examples, path.filename().string()),
                  .each = {.metric = "rouge_l", .higher_is_better = true, .values = score.rouge_l}};
    for (const auto& [name, baseline] : simple)
      report.baselines[name] = to_json(metrics_of(baseline, /*of_split=*/true));
    return report;
  }

  void predict(const ModelFile& file, const std::filesystem::path& input, ThreadPool& pool,
               const AnswerSink& answer) override {
    Trained t = load_trained(file, anew_);
    // Who types line by line waits for each answer; a file is answered many lines at a time.
    const std::size_t together = is_standard_input(input) ? 1 : 1024;
    std::vector<PairExample> examples;
    CutCount cut;
    Index answered = 0;
    const auto answer_all = [&] {
      const auto answers = answers_of(*t.net, t.config.decode, examples, pool, {}, answered);
      answered += static_cast<Index>(examples.size());
      for (std::size_t i = 0; i < examples.size(); ++i) answer(json_of(t, examples[i], answers[i]));
      examples.clear();
    };
    read_sources(t.config.data, input, [&](std::string_view text) {
      examples.push_back(t.pipeline.encode_source(text, cut));
      if (examples.size() == together) answer_all();
    });
    answer_all();
  }

  std::unique_ptr<TrainedNetwork> network(const ModelFile& file) override {
    return make_seq2seq_network(load_trained(file).net);
  }
};

}  // namespace

std::unique_ptr<Task> make_seq2seq_task() { return std::make_unique<Seq2SeqTask>(); }

}  // namespace recur
