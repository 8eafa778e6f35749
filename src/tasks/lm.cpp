#include "tasks/lm.h"

#include <cmath>
#include <numeric>

#include "base/error.h"
#include "base/json.h"
#include "base/sha256.h"
#include "base/text.h"
#include "data/data_hash.h"
#include "data/files/line_reader.h"
#include "data/text/character_count.h"
#include "data/text/corpus.h"
#include "data/text/ngram.h"
#include "data/text/text_file.h"
#include "data/text/token_batches.h"
#include "data/words/vectors.h"
#include "decode/write_on.h"
#include "nn/losses.h"
#include "nn/ops.h"
#include "simd/isa.h"
#include "tasks/configured_task.h"
#include "tasks/file_config.h"
#include "tasks/init_from.h"
#include "tasks/lm/answers.h"
#include "tasks/model_network.h"
#include "tensor/token_tensor.h"
#include "train/metrics.h"
#include "train/weights.h"

namespace recur {
namespace {

/// What a model file keeps of the options: samples are the surroundings of one run, too.
nlohmann::json kept(LmConfig config) {
  nlohmann::json json =
      config_for_file(options_of(config), {"train", "valid", "test", "vectors", "init_from", "vocabulary"});
  json.erase("sample");
  return json;
}

ModelShape shape_of(const LmConfig& config, const Vocabulary& vocabulary) {
  return {.tokens = vocabulary.size(),
          .outputs = vocabulary.size(),
          .tied = config.model.tie_weights,
          .cutoffs = config.model.adaptive_cutoffs};
}

/// The penalties on what the last layer gives, weighed; undefined where there are none. Both are means over
/// steps, streams and units (Merity, McCann & Socher 2017, section 3).
Var penalty_on_activations(const Pass& pass, const LmTrainConfig& config, const ModelOutput& out,
                           Index streams) {
  Var penalty;
  const auto add_mean_square = [&](const Var& x, double weight) {
    const Var one = scale(pass, mse(pass, x, Tensor::zeros(x.shape(), x.dtype())).value, weight);
    penalty = penalty.defined() ? add(pass, penalty, one) : one;
  };
  if (config.l2_activation > 0) add_mean_square(out.read, config.l2_activation);
  if (const Index rows = out.encoded.shape()[0]; config.l2_change > 0 && rows > streams)
    add_mean_square(steps_between(pass, out.encoded, streams), config.l2_change);
  return penalty;
}

/// Of all texts that a run reads, in pieces: they may be larger than memory.
std::string hash_texts(const LmDataConfig& data) {
  DataHash hash;
  std::vector<std::pair<const char*, std::filesystem::path>> files{
      {"train", data.train}, {"valid", data.valid}, {"test", data.test}};
  if (!data.vocabulary.empty()) files.emplace_back("vocabulary", data.vocabulary);
  for (const auto& [role, path] : files) {
    hash.add(role);
    Sha256 of_file;
    if (!path.empty()) {
      TextFile file(path, Level::byte);
      for (std::string_view piece = file.next(); !piece.empty(); piece = file.next()) of_file.update(piece);
    }
    hash.add(of_file.hex());
  }
  if (data.valid.empty()) hash.add(shortest(data.valid_fraction));  // which part the run is scored on
  return hash.hex();
}

class LmJob final : public TrainingJob {
 public:
  explicit LmJob(const LmConfig& config)
      : config_(config),
        corpus_(read_corpus({.train = config.data.train,
                             .valid = config.data.valid,
                             .test = config.data.test,
                             .valid_fraction = config.data.valid_fraction,
                             .level = config.data.level,
                             .limits = {.min_count = config.data.min_count,
                                        .max_size = config.data.max_vocabulary,
                                        .subwords = config.data.subwords},
                             .vocabulary = config.data.vocabulary})),
        batches_(corpus_.train, {.streams = config.train.batch_size, .steps = config.data.sequence_length},
                 config.data.train.filename().string() + " (training part)"),
        model_(config.model, shape_of(config, corpus_.vocabulary)),
        data_sha256_(hash_texts(config.data)) {
    check<ConfigError>(corpus_.vocabulary.unknown() == std::nullopt || corpus_.vocabulary.size() > 1,
                       "the vocabulary holds nothing but <unk>: no {} are left; lower --min-count ({}) or "
                       "raise --max-vocabulary ({})",
                       plural(config.data.level), config.data.min_count, config.data.max_vocabulary);
    model_.initialise(static_cast<std::uint64_t>(config.seed));
    if (!config.data.vectors.empty())
      corpus_.notes.push_back(
          begin_with_vectors(config.data, corpus_.vocabulary, *model_.parameters().find("embedding.weight")));
    if (!config.data.init_from.empty())
      corpus_.notes.push_back(begin_with_language_model(config.data.init_from, corpus_.vocabulary,
                                                        config.model, model_.parameters()));
    state_ = model_.encoder().zero_state(config.train.batch_size);
  }

  std::string task() const override { return "lm"; }
  std::string model() const override { return model_.description(); }
  std::string loss_unit() const override {
    const std::string units(plural(config_.data.level));
    return "nats per " + units.substr(0, units.size() - 1);
  }
  Parameters& parameters() override { return model_.parameters(); }
  Index batches_per_epoch() const override { return batches_.size(); }
  Index targets(Index /*epoch*/, Index number) override {
    return batches_.steps(number) * batches_.streams();
  }

  BatchLoss batch(const Pass& pass, Index, Index number) override {
    if (number == 0) state_ = model_.encoder().zero_state(batches_.streams());
    const Index steps = batches_.steps(number), rows = steps * batches_.streams();
    const Tensor inputs = Tensor::empty({rows}, DType::i32), targets = Tensor::empty({rows}, DType::i32);
    const auto span = [&](const Tensor& t) {
      return std::span(t.data<std::int32_t>(), static_cast<std::size_t>(rows));
    };
    batches_.read(number, span(inputs), span(targets));
    if (layout_ == nullptr || layout_->steps() != steps) layout_ = Layout::dense(steps, batches_.streams());
    Pass chunk = pass;
    chunk.first_time = number * config_.data.sequence_length;
    const std::pair<Loss, ModelOutput> forward =
        model_.loss(chunk, {.ids = inputs, .targets = targets, .layout = layout_, .initial = state_},
                    config_.train.label_smoothing);
    const ModelOutput& out = forward.second;
    state_ = out.state.detached();
    BatchLoss loss{.loss = forward.first.value, .targets = rows};
    if (const Var penalty = penalty_on_activations(chunk, config_.train, out, batches_.streams());
        penalty.defined())
      loss.objective = add(chunk, loss.loss, penalty);
    return loss;
  }

  Score validate(ThreadPool& pool) override {
    // Streams long enough that their empty beginnings do not show.
    const Index streams =
        TokenBatches::streams_that_fit(corpus_.valid.size(), 1000, config_.train.batch_size);
    const LmScore score =
        score_tokens(model_, corpus_.vocabulary, corpus_.valid, streams, pool, stop_requested);
    // The loss is the nats; the curve of a count says nothing.
    NamedNumbers metrics = score.metrics();
    std::erase_if(metrics, [](const auto& m) { return m.first == "nats" || m.first == "tokens"; });
    return {.loss = score.nats, .metrics = metrics};
  }

  std::vector<BaselineScored> baselines(ThreadPool&) override {
    if (baselines_.empty()) {
      const Index order = config_.data.ngram_order > 0 ? config_.data.ngram_order
                                                       : NgramModel::usual_order(config_.data.level);
      const NgramModel ngram(corpus_.train, {.vocabulary = corpus_.vocabulary.size(), .order = order});
      const auto metrics = [&](const Tokens& tokens) {
        LmScore score{.nats = ngram.nats_per_token(tokens), .tokens = tokens.size() - 1};
        score.characters = count_characters(tokens);
        return score.metrics();
      };
      const std::string counted =
          ngram.counted_all() ? "" : " of the first " + format_count(ngram.tokens_counted()) + " tokens";
      const NamedNumbers valid = metrics(corpus_.valid);
      baselines_.push_back({.baseline = std::to_string(order) + "-gram" + counted,
                            .loss = valid.front().second,
                            .metrics = valid});
      if (corpus_.test) baseline_on_test_ = metrics(*corpus_.test);
    }
    return baselines_;
  }

  std::vector<SampleWritten> samples(ThreadPool& pool, Index epoch) override {
    std::vector<SampleWritten> out;
    if (config_.sample.every == 0 || epoch % config_.sample.every != 0) return out;
    for (const double temperature : config_.sample.temperatures)
      out.push_back({.temperature = temperature, .text = write(pool, temperature)});
    return out;
  }

  std::vector<NamedTensor> carried() const override {
    std::vector<NamedTensor> out;
    for (std::size_t i = 0; i < state_.parts.size(); ++i)
      out.push_back({"carried." + model_.encoder().state_name(i), state_.parts[i].value});
    return out;
  }
  void restore_carried(const ModelFile& checkpoint) override {
    for (std::size_t i = 0; i < state_.parts.size(); ++i)
      state_.parts[i] =
          Var(checkpoint.at("carried." + model_.encoder().state_name(i), state_.parts[i].shape()).clone());
  }

  ModelFile model_file(ThreadPool& pool, const nlohmann::json& metrics) override {
    ModelFile file{.task = "lm", .config = kept(config_), .metrics = metrics, .data_sha256 = data_sha256_};
    file.isa = recur::name(current_isa());
    append_weights(model_.parameters(), file.tensors);
    file.blobs["vocabulary"] = corpus_.vocabulary.to_bytes();
    add_golden(pool, file);
    return file;
  }

  Report final_report(ThreadPool& pool) override {
    Report report;
    const auto add = [&](const char* split, const Tokens& tokens, Index streams) {
      LmScore score = score_tokens(model_, corpus_.vocabulary, tokens, streams, pool, stop_requested);
      report.metrics[split] = to_json(score.metrics());
      report.each = {.metric = "nats", .values = std::move(score.pieces)};
    };
    add("train", corpus_.train, config_.train.batch_size);
    add("valid", corpus_.valid, 1);
    if (corpus_.test) add("test", *corpus_.test, 1);
    const BaselineScored baseline = baselines(pool).front();
    report.baselines[baseline.baseline]["valid"] = to_json(baseline.metrics);
    if (corpus_.test) report.baselines[baseline.baseline]["test"] = to_json(baseline_on_test_);
    return report;
  }

  std::vector<std::string> notes() const override { return corpus_.notes; }

 private:
  /// Of all tokens but the first, which nothing predicts.
  Index count_characters(const Tokens& tokens) const {
    const CharacterCount characters(corpus_.vocabulary);
    std::vector<std::int32_t> piece;
    Index n = 0;
    for (Index at = 1; at < tokens.size(); at += static_cast<Index>(piece.size()) - 1) {
      piece.resize(static_cast<std::size_t>(std::min<Index>(4096, tokens.size() - at + 1)));
      tokens.read(at - 1, piece);
      for (std::size_t i = 1; i < piece.size(); ++i) n += characters(piece[i - 1], piece[i]);
    }
    return n;
  }

  /// The first tokens of the validation data, and the logits after each: what `verify` replays.
  void add_golden(ThreadPool& pool, ModelFile& file) {
    const Index steps = std::clamp<Index>(65536 / corpus_.vocabulary.size(), 2, 16);
    std::vector<std::int32_t> ids(static_cast<std::size_t>(std::min(steps, corpus_.valid.size())));
    corpus_.valid.read(0, ids);
    const Tensor tokens = token_tensor(ids);
    const ModelOutput out = model_.forward(Pass{.pool = pool}, tokens, Layout::dense(tokens.size(), 1),
                                           model_.encoder().zero_state(1));
    file.tensors.push_back({"golden.tokens", tokens});
    file.tensors.push_back({"golden.logits", out.y.value});
  }

  std::string write(ThreadPool& pool, double temperature) {
    const Vocabulary& vocabulary = corpus_.vocabulary;
    EncodedPrompt prompt = encode_prompt(vocabulary, config_.sample.prompt);
    if (prompt.ids.empty()) {
      prompt.ids.resize(1);
      corpus_.valid.read(0, prompt.ids);
    }
    RecurrentState state = model_.encoder().zero_state(1);
    Detokenizer text(vocabulary);
    std::string out;
    for (const std::int32_t id : prompt.ids) out += text.next(id);
    Sampler sampler({.temperature = temperature,
                     .seed = static_cast<std::uint64_t>(config_.seed),
                     .never = vocabulary.unknown()});
    Tensor logits;
    const auto read = [&](std::span<const std::int32_t> tokens) -> std::span<const float> {
      const Tensor ids = token_tensor(tokens);
      const ModelOutput y = model_.forward(Pass{.pool = pool}, ids, Layout::dense(ids.size(), 1), state);
      state = y.state;
      logits = y.y.value.rows(ids.size() - 1, ids.size());
      return {logits.data<float>(), static_cast<std::size_t>(logits.size())};
    };
    write_on(prompt.ids, config_.sample.length, sampler, read,
             [&](std::int32_t token) { out += text.next(token); });
    return out;
  }

  LmConfig config_;
  Corpus corpus_;
  TokenBatches batches_;
  Model model_;
  std::string data_sha256_;
  RecurrentState state_;
  LayoutPtr layout_;
  std::vector<BaselineScored> baselines_;
  NamedNumbers baseline_on_test_;
};

class LmTask final : public ConfiguredTask<LmConfig> {
 public:
  std::unique_ptr<TrainingJob> start() override {
    check<ConfigError>(config_.task == "lm", "the configuration is for task '{}', not lm", config_.task);
    check<ConfigError>(!config_.data.train.empty(),
                       "there is nothing to train on; give a text with --data FILE");
    check<ConfigError>(
        !config_.model.bidirectional,
        "a language model cannot be bidirectional: reading backwards, it would see what it is to predict");
    check<ConfigError>(config_.data.vocabulary.empty() || config_.data.level == Level::word,
                       "vocabulary is a file of words, and a token is one of the {}; give --level word",
                       plural(config_.data.level));
    check<ConfigError>(
        config_.data.vocabulary.empty() || (config_.data.min_count == 1 && config_.data.max_vocabulary == 0),
        "min_count and max_vocabulary choose among the words of the training text, and --vocabulary {} names "
        "the words; leave one of them out",
        config_.data.vocabulary.string());
    check_vectors(config_.data, plural(config_.data.level));
    check<ConfigError>(
        !config_.model.tie_weights || config_.data.vectors.empty() || config_.data.tune_vectors,
        "tie_weights makes the vectors the weights of the output layer too, which has to be trained; give "
        "--tune-vectors, or leave --tie-weights out");
    // What it begins with says how wide the embedding is.
    if (!config_.data.vectors.empty()) config_.model.embedding = vector_width(config_.data.vectors);
    if (!config_.data.init_from.empty()) config_.model.embedding = embedding_width_of(config_.data.init_from);
    return std::make_unique<LmJob>(config_);
  }

  std::unique_ptr<TrainedNetwork> network(const ModelFile& file) override {
    return std::make_unique<ModelNetwork>(load_language_model(file).model);
  }

  void predict(const ModelFile& file, const std::filesystem::path& input, ThreadPool& pool,
               const AnswerSink& answer) override {
    LanguageModel lm = load_language_model(file);
    LineReader lines(input, {.check_utf8 = lm.vocabulary.level() != Level::byte});
    while (lines.next()) answer(answer_to_line(*lm.model, lm.vocabulary, lines.text(), pool));
  }

  Report evaluate(const ModelFile& file, const std::filesystem::path& path, ThreadPool& pool) override {
    LanguageModel lm = load_language_model(file);
    const EncodedText text = encode_file(path, lm.vocabulary);
    check<DataError>(text.tokens.size() >= 2, "{}: holds {} {}, expected at least 2", path.string(),
                     text.units, plural(lm.vocabulary.level()));
    Report report;
    report.metrics = to_json(score_tokens(*lm.model, lm.vocabulary, text.tokens, 1, pool).metrics());
    report.metrics["unknown"] = text.unknown;
    return report;
  }
};

}  // namespace

std::unique_ptr<Task> make_lm_task() { return std::make_unique<LmTask>(); }

LanguageModel load_language_model(const ModelFile& file) {
  LanguageModel lm;
  read_config(file, "lm", "a language model (lm)", options_of(lm.config));
  lm.vocabulary = Vocabulary::from_bytes(lm.config.data.level, file.blob("vocabulary"), file.where);
  try {
    lm.model = std::make_unique<Model>(lm.config.model, shape_of(lm.config, lm.vocabulary), DType::f32,
                                       admission_of(file));
  } catch (const ConfigError& error) {
    fail<FormatError>("{}: {}", file.where, error.what());
  }
  load_weights(file, lm.model->parameters());
  return lm;
}

NamedNumbers LmScore::metrics() const {
  TextScore score;
  score.nats.add(nats, tokens);
  score.characters = characters;
  return {{"nats", nats},
          {"bits_per_char", score.bits_per_char()},
          {"perplexity", perplexity(nats)},
          {"tokens", static_cast<double>(tokens)}};
}

LmScore score_tokens(Model& model, const Vocabulary& vocabulary, const Tokens& tokens, Index streams,
                     ThreadPool& pool, const std::function<bool()>& stop_requested) {
  // As many steps at a time as a usual step of training: scoring takes no more memory.
  const Index steps = std::clamp<Index>(2048 / streams, 16, 256);
  const TokenBatches batches(
      tokens, {.streams = streams, .steps = std::min(steps, (tokens.size() - 1) / streams)}, "the text");
  const CharacterCount characters(vocabulary);
  const Pass pass{.pool = pool};
  RecurrentState state = model.encoder().zero_state(streams);
  LmScore score;
  LayoutPtr layout;
  double sum = 0;
  for (Index chunk = 0; chunk < batches.size(); ++chunk) {
    throw_if_asked(stop_requested);
    const Index rows = batches.steps(chunk) * streams;
    const Tensor inputs = Tensor::empty({rows}, DType::i32), targets = Tensor::empty({rows}, DType::i32);
    std::int32_t* const input = inputs.data<std::int32_t>();
    std::int32_t* const target = targets.data<std::int32_t>();
    batches.read(chunk, std::span(input, static_cast<std::size_t>(rows)),
                 std::span(target, static_cast<std::size_t>(rows)));
    if (layout == nullptr || layout->rows() != rows) layout = Layout::dense(batches.steps(chunk), streams);
    auto [entropy, out] =
        model.loss(pass, {.ids = inputs, .targets = targets, .layout = layout, .initial = state});
    state = std::move(out.state);
    const double of_piece = entropy.sum;
    score.pieces.push_back(of_piece / static_cast<double>(rows));
    sum += of_piece;
    for (Index r = 0; r < rows; ++r) score.characters += characters(input[r], target[r]);
    score.tokens += rows;
  }
  score.nats = sum / static_cast<double>(score.tokens);
  return score;
}

}  // namespace recur
