#include "tasks/seq2seq.h"

#include "base/error.h"
#include "base/json.h"
#include "data/files/byte_source.h"
#include "tasks/configured_task.h"
#include "tasks/seq2seq/job.h"
#include "tasks/seq2seq/network.h"
#include "tasks/seq2seq/score.h"
#include "tasks/seq2seq/trained.h"

namespace recur {
namespace {

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
    TrainedSeq2Seq t = load_seq2seq(file, anew_);
    const std::vector<PairExample> examples = read_seq2seq_examples(t.config, t.pipeline, path);
    const Seq2SeqScore score = score_pairs(*t.net, t.pipeline, t.config.decode, examples, pool);
    const SimpleScores simple = simple_scores(t.pipeline, examples);
    Report report{.metrics = to_json(metrics_of(score, /*of_split=*/true)),
                  .tables = tables_of(t.pipeline, score, simple, examples, path.filename().string()),
                  .each = {.metric = "rouge_l", .higher_is_better = true, .values = score.rouge_l}};
    for (const auto& [name, baseline] : simple)
      report.baselines[name] = to_json(metrics_of(baseline, /*of_split=*/true));
    return report;
  }

  void predict(const ModelFile& file, const std::filesystem::path& input, ThreadPool& pool,
               const AnswerSink& answer) override {
    TrainedSeq2Seq t = load_seq2seq(file, anew_);
    // Who types line by line waits for each answer; a file is answered many lines at a time.
    const std::size_t together = is_standard_input(input) ? 1 : 1024;
    std::vector<PairExample> examples;
    CutCount cut;
    Index answered = 0;
    const auto answer_all = [&] {
      const auto answers = answers_of(*t.net, t.config.decode, examples, pool, {}, answered);
      answered += static_cast<Index>(examples.size());
      for (std::size_t i = 0; i < examples.size(); ++i) answer(t.json_of(examples[i], answers[i]));
      examples.clear();
    };
    read_sources(t.config.data, input, [&](std::string_view text) {
      examples.push_back(t.pipeline.encode_source(text, cut));
      if (examples.size() == together) answer_all();
    });
    answer_all();
  }

  std::unique_ptr<TrainedNetwork> network(const ModelFile& file) override {
    return make_seq2seq_network(load_seq2seq(file).net);
  }
};

}  // namespace

std::unique_ptr<Task> make_seq2seq_task() { return std::make_unique<Seq2SeqTask>(); }

}  // namespace recur
