#include "tasks/seq2seq/job.h"

#include <algorithm>
#include <optional>

#include "base/json.h"
#include "data/length_batches.h"
#include "nn/losses.h"
#include "simd/isa.h"
#include "tasks/file_config.h"
#include "tasks/seq2seq/attention_plot.h"
#include "tasks/seq2seq/batch.h"
#include "tasks/seq2seq/network.h"
#include "tasks/seq2seq/score.h"
#include "tasks/seq2seq/target_ngram.h"
#include "train/weights.h"

namespace recur {
namespace {

/// Pairs of near length are those of near targets, and among these of near sources.
std::vector<Index> lengths_of(const std::vector<PairExample>& examples) {
  constexpr Index kMost = Index{1} << 30;
  std::vector<Index> lengths;
  lengths.reserve(examples.size());
  for (const PairExample& example : examples)
    lengths.push_back(static_cast<Index>(example.target.size()) * kMost +
                      static_cast<Index>(example.source.size()));
  return lengths;
}

class Seq2SeqJob final : public TrainingJob {
 public:
  Seq2SeqJob(const Seq2SeqConfig& config, Seq2SeqData data)
      : config_(config),
        data_(std::move(data)),
        batches_(lengths_of(data_.train), config.train.batch_size, static_cast<std::uint64_t>(config.seed)),
        net_(config.model, Seq2SeqShape::of(*data_.pipeline)) {
    net_.initialise(static_cast<std::uint64_t>(config.seed));
  }

  std::string task() const override { return "seq2seq"; }
  std::string model() const override { return net_.description(); }
  std::string loss_unit() const override { return "nats per target token"; }
  Parameters& parameters() override { return net_.parameters(); }
  std::vector<std::string> notes() const override { return data_.notes; }

  Index batches_per_epoch() const override { return batches_.size(); }
  Index targets(Index epoch, Index number) override {
    Index tokens = 0;
    for (const Index i : batches_.batch(epoch, number)) tokens += static_cast<Index>(train(i).target.size());
    return tokens;
  }

  BatchLoss batch(const Pass& pass, Index epoch, Index number) override {
    std::vector<const PairExample*> chosen;
    for (const Index i : batches_.batch(epoch, number)) chosen.push_back(&train(i));
    const PairBatch batch = make_batch(chosen, data_.pipeline->target().start());
    const double last = static_cast<double>(std::max<Index>(1, config_.train.epochs - 1));
    read_own_tokens(net_, pass, config_.train.scheduled_sampling * static_cast<double>(epoch) / last, batch);
    const Var logits = logits_of(net_, pass, batch);
    return {
        cross_entropy(pass, logits, batch.targets, {.label_smoothing = config_.train.label_smoothing}).value,
        batch.targets.size()};
  }

  Score validate(ThreadPool& pool) override {
    // Greedy: the search of the best answers is for the finished model.
    const Seq2SeqScore score = scored(data_.valid, {.beam = 1}, pool);
    return {.loss = score.nats.value(),
            .metrics = metrics_of(score, /*of_split=*/false),
            .chosen_by = config_.train.choose_by == Seq2SeqChoice::bleu ? -score.bleu.score : kNotMeasured};
  }

  std::vector<BaselineScored> baselines(ThreadPool&) override {
    std::vector<BaselineScored> out;
    for (const auto& [name, score] : simple_scores(*data_.pipeline, data_.valid))
      out.push_back({.baseline = name, .metrics = metrics_of(score, /*of_split=*/false)});
    const double nats = ngram().nats(data_.valid);
    out.push_back({.baseline = ngram().name(), .loss = nats, .metrics = {{"perplexity", perplexity(nats)}}});
    return out;
  }

  ModelFile model_file(ThreadPool& pool, const nlohmann::json& metrics) override {
    ModelFile file{.task = "seq2seq",
                   .config = config_for_file(options_of(config_), {"train", "valid", "test"}),
                   .metrics = metrics,
                   .data_sha256 = data_.sha256};
    file.isa = recur::name(current_isa());
    append_weights(net_.parameters(), file.tensors);
    data_.pipeline->save(file);
    const Tensor golden = golden_pair();
    file.tensors.push_back({"golden.inputs", golden});
    file.tensors.push_back({"golden.outputs", outputs_of(net_, pool, {golden}).front()});
    return file;
  }

  Report final_report(ThreadPool& pool) override {
    Report report;
    const auto add = [&](const char* split, const std::vector<PairExample>& examples) {
      if (examples.empty()) return;
      const Seq2SeqScore score = scored(examples, config_.decode, pool);
      report.metrics[split] = to_json(metrics_of(score, /*of_split=*/true));
      const SimpleScores simple = simple_scores(*data_.pipeline, examples);
      for (const auto& [name, baseline] : simple)
        report.baselines[name][split] = to_json(metrics_of(baseline, /*of_split=*/true));
      report.baselines[ngram().name()][split] = {{"perplexity", perplexity(ngram().nats(examples))}};
      report.tables = tables_of(*data_.pipeline, score, simple, examples, split);
      report.each = {.metric = "rouge_l", .higher_is_better = true, .values = score.rouge_l};
    };
    add("valid", data_.valid);
    add("test", data_.test);
    return report;
  }

  std::vector<Picture> pictures(ThreadPool& pool) override {
    if (config_.model.attention == AttentionScore::none) return {};
    constexpr std::size_t kMost = 5;
    const std::span<const PairExample> shown =
        std::span(data_.valid).first(std::min(kMost, data_.valid.size()));
    DecodeConfig options = config_.decode;
    options.show_attention = true;
    const auto answers = answers_of(net_, options, shown, pool, stop_requested);
    std::vector<AttentionGrid> grids;
    for (std::size_t i = 0; i < shown.size(); ++i) {
      AttentionGrid& grid = grids.emplace_back();
      const BeamResult& answer = answers[i].front();
      for (const std::int32_t token : shown[i].source)
        grid.source.push_back(Seq2SeqPipeline::name_of(data_.pipeline->source(), token));
      for (const std::int32_t token : answer.tokens)
        grid.target.push_back(Seq2SeqPipeline::name_of(data_.pipeline->target(), token));
      grid.weights = answer.attention;
    }
    return {{.file = "attention.svg", .svg = attention_svg(grids)}};
  }

 private:
  const PairExample& train(Index i) const { return data_.train[static_cast<std::size_t>(i)]; }

  /// Counted when it is first asked for: a plan needs none.
  const TargetNgram& ngram() {
    if (!ngram_) ngram_.emplace(*data_.pipeline, data_.train);
    return *ngram_;
  }

  Seq2SeqScore scored(const std::vector<PairExample>& examples, const DecodeConfig& options,
                      ThreadPool& pool) {
    return score_pairs(net_, *data_.pipeline, options, examples, pool, stop_requested);
  }

  /// The first validation pair, its target cut where its logits would be many.
  Tensor golden_pair() const {
    const PairExample& example = data_.valid.front();
    const Index most = std::clamp<Index>(65536 / net_.shape().target, 2, 16);
    std::vector<std::int32_t> inputs{data_.pipeline->target().start()};
    for (const std::int32_t token : example.target)
      if (static_cast<Index>(inputs.size()) < most) inputs.push_back(token);
    return pair_of(example.source, inputs);
  }

  Seq2SeqConfig config_;
  Seq2SeqData data_;
  LengthBatches batches_;
  Seq2SeqNet net_;
  std::optional<TargetNgram> ngram_;
};

}  // namespace

std::unique_ptr<TrainingJob> make_seq2seq_job(const Seq2SeqConfig& config, Seq2SeqData data) {
  return std::make_unique<Seq2SeqJob>(config, std::move(data));
}

}  // namespace recur
