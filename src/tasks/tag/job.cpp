#include "tasks/tag/job.h"

#include <algorithm>

#include "base/error.h"
#include "base/json.h"
#include "baselines/frequent_tag.h"
#include "data/length_batches.h"
#include "data/words/vectors.h"
#include "nn/dropout.h"
#include "nn/losses.h"
#include "nn/ops.h"
#include "simd/isa.h"
#include "tasks/file_config.h"
#include "tasks/init_from.h"
#include "tasks/model_network.h"
#include "tasks/tag/network.h"
#include "tasks/tag/score.h"
#include "tasks/tag/tables.h"
#include "train/weights.h"

namespace recur {
namespace {

constexpr const char* kFrequentTag = "most frequent tag";

std::vector<Index> lengths_of(const std::vector<TagExample>& examples) {
  std::vector<Index> lengths;
  lengths.reserve(examples.size());
  for (const TagExample& example : examples) lengths.push_back(example.input.dim(0));
  return lengths;
}

class TagJob final : public TrainingJob {
 public:
  TagJob(const TagConfig& config, TagData data)
      : config_(config),
        data_(std::move(data)),
        batches_(lengths_of(data_.train), config.train.batch_size, static_cast<std::uint64_t>(config.seed)),
        net_(config.model, TagShape::of(*data_.pipeline)),
        dropped_(dropped_words()) {
    net_.initialise(static_cast<std::uint64_t>(config.seed));
    if (!config.data.vectors.empty())
      data_.notes.push_back(begin_with_vectors(config.data, data_.pipeline->vocabulary(),
                                               *net_.parameters().find("embedding.weight")));
    if (!config.data.init_from.empty())
      data_.notes.push_back(begin_with_language_model(config.data.init_from, data_.pipeline->vocabulary(),
                                                      config.model, net_.parameters()));
  }

  std::string task() const override { return "tag"; }
  std::string model() const override { return net_.description(); }
  std::string loss_unit() const override { return "nats per word"; }
  Parameters& parameters() override { return net_.parameters(); }
  std::vector<std::string> notes() const override { return data_.notes; }

  Index batches_per_epoch() const override { return batches_.size(); }
  Index targets(Index epoch, Index number) override {
    Index words = 0;
    for (const Index i : batches_.batch(epoch, number)) words += train(i).input.dim(0);
    return words;
  }

  BatchLoss batch(const Pass& pass, Index epoch, Index number) override {
    std::vector<Tensor> inputs;
    const auto chosen = batches_.batch(epoch, number);
    for (const Index i : chosen)
      inputs.push_back(augmented(train(i), pass, static_cast<Index>(inputs.size())));
    const LayoutPtr layout = layout_of(inputs);
    const TagNet::Output out = net_.forward(pass, pack_sequences(inputs, *layout), layout);
    const Tensor tags = Tensor::empty({layout->rows()}, DType::i32);
    for (Index t = 0; t < layout->steps(); ++t)
      for (Index p = 0; p < layout->active(t); ++p)
        tags.data<std::int32_t>()[layout->row(t, p)] =
            train(chosen[static_cast<std::size_t>(layout->sequence(p))]).tags[static_cast<std::size_t>(t)];
    Var loss =
        net_.crf() != nullptr
            ? net_.crf()->loss(pass, out.scores, tags, layout).value
            : cross_entropy(pass, out.scores, tags, {.label_smoothing = config_.train.label_smoothing}).value;
    if (out.intents.defined()) {
      const Tensor intents = Tensor::empty({static_cast<Index>(chosen.size())}, DType::i32);
      for (std::size_t i = 0; i < chosen.size(); ++i)
        intents.data<std::int32_t>()[i] = train(chosen[i]).intent;
      const Var intent_loss = cross_entropy(pass, out.intents, intents, {.ignore_index = kUnseen}).value;
      loss = recur::add(pass, loss, scale(pass, intent_loss, config_.train.intent_weight));
    }
    return {loss, layout->rows()};
  }

  Score validate(ThreadPool& pool) override {
    const TagScore score = score_answers(
        *data_.pipeline, answers_of(net_, data_.valid, pool, /*best=*/1, stop_requested), data_.valid);
    const NamedNumbers metrics = metrics_of(*data_.pipeline, score, /*of_split=*/false);
    // The first metric is the one by which taggers are judged.
    double errors = 1 - metrics.front().second, loss = score.nats.value();
    if (score.intents.examples() > 0) {
      errors += 1 - score.intents.accuracy();
      loss += config_.train.intent_weight * score.intent_nats.value();
    }
    return {.loss = loss, .metrics = metrics, .chosen_by = errors};
  }

  std::vector<BaselineScored> baselines(ThreadPool&) override {
    return {{.baseline = kFrequentTag,
             .metrics = metrics_of(*data_.pipeline, frequent_tags(data_.valid), /*of_split=*/false)}};
  }

  ModelFile model_file(ThreadPool& pool, const nlohmann::json& metrics) override {
    ModelFile file{.task = "tag",
                   .config = config_for_file(options_of(config_),
                                             {"train", "valid", "test", "vectors", "synonyms", "init_from"}),
                   .metrics = metrics,
                   .data_sha256 = data_.sha256};
    file.isa = recur::name(current_isa());
    append_weights(net_.parameters(), file.tensors);
    data_.pipeline->save(file);
    const TagExample& golden = data_.valid.front();
    file.tensors.push_back({"golden.inputs", golden.input.clone()});
    file.tensors.push_back({"golden.outputs", outputs_of(net_, pool, {golden.input}).front()});
    return file;
  }

  Report final_report(ThreadPool& pool) override {
    const TagPipeline& pipeline = *data_.pipeline;
    Report report;
    const auto add = [&](const char* split, const std::vector<TagExample>& examples) {
      if (examples.empty()) return;
      const std::vector<TagAnswer> answers = answers_of(net_, examples, pool, /*best=*/1, stop_requested);
      const TagScore score = score_answers(pipeline, answers, examples);
      report.metrics[split] = to_json(metrics_of(pipeline, score, /*of_split=*/true));
      report.tables = tables_of(pipeline, score, answers, examples, split);
      report.each = {.metric = "sentence_accuracy", .higher_is_better = true, .values = score.right};
      if (&examples != &data_.train)
        report.baselines[kFrequentTag][split] =
            to_json(metrics_of(pipeline, frequent_tags(examples), /*of_split=*/false));
    };
    add("train", data_.train);
    add("valid", data_.valid);
    add("test", data_.test);
    add_verdict(report, judged_by(pipeline));
    return report;
  }

 private:
  const TagExample& train(Index i) const { return data_.train[static_cast<std::size_t>(i)]; }

  /// The words of a training example, changed as [train] asks.
  Tensor augmented(const TagExample& example, const Pass& pass, Index sequence) const {
    const TagTrainConfig& change = config_.train;
    Tensor input = example.input;
    if (change.word_swap > 0) {
      // So the tags, and what chunks begin with, stay where they are.
      const auto alike = [&](Index t) {
        const auto at = static_cast<std::size_t>(t);
        return example.tags[at] == example.tags[at + 1];
      };
      input = swap_words(input, change.word_swap, alike, pass, sequence);
    }
    if (!data_.synonyms.empty()) {
      const std::int32_t* rows = input.data<std::int32_t>();
      const auto small = [rows, width = input.dim(1)](Index t) {
        return rows[t * width + kCaseColumn] == static_cast<std::int32_t>(WordCase::lower);
      };
      input = put_synonyms(input, change.word_synonyms, data_.synonyms, small, pass, sequence);
    }
    if (change.word_dropout > 0 || change.rare_word_dropout > 0)
      input = drop_words(
          input, [&](std::int32_t word) { return dropped_[static_cast<std::size_t>(word)]; },
          *data_.pipeline->vocabulary().unknown(), pass, sequence);
    return input;
  }

  /// How likely each word of the vocabulary is left out: by word_dropout, or because it is rare
  /// (Kiperwasser & Goldberg 2016, section 4).
  std::vector<double> dropped_words() const {
    std::vector<double> counts(static_cast<std::size_t>(data_.pipeline->vocabulary().size()));
    for (const TagExample& example : data_.train)
      for (Index t = 0; t < example.input.dim(0); ++t)
        counts[static_cast<std::size_t>(
            example.input.data<std::int32_t>()[t * example.input.dim(1) + kWordColumn])] += 1;
    const auto& [p, a] = std::pair(config_.train.word_dropout, config_.train.rare_word_dropout);
    for (double& n : counts) n = p + (1 - p) * (a > 0 ? a / (a + n) : 0);
    return counts;
  }

  /// The most frequent tag of each word, and the most frequent intent.
  TagScore frequent_tags(const std::vector<TagExample>& examples) const {
    FrequentTag tags(data_.pipeline->tags().size());
    FrequentTag intents(std::max<Index>(1, data_.pipeline->intents().size()));
    for (const TagExample& example : data_.train) {
      for (std::size_t t = 0; t < example.words.size(); ++t)
        tags.add(data_.pipeline->key_of(example.words[t]), example.tags[t]);
      if (example.intent != kUnseen) intents.add("", example.intent);
    }
    std::vector<TagAnswer> answers;
    for (const TagExample& example : examples) {
      TagAnswer& answer = answers.emplace_back();
      for (const std::string& word : example.words)
        answer.tags.push_back(tags.tag(data_.pipeline->key_of(word)));
      answer.intent = intents.tag("");
    }
    return score_answers(*data_.pipeline, answers, examples);
  }

  TagConfig config_;
  TagData data_;
  LengthBatches batches_;
  TagNet net_;
  std::vector<double> dropped_;  // by word
};

}  // namespace

std::unique_ptr<TrainingJob> make_tag_job(const TagConfig& config, TagData data) {
  return std::make_unique<TagJob>(config, std::move(data));
}

}  // namespace recur
