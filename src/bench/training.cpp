// Whole training steps of the models that people train.
#include "bench/random_data.h"
#include "bench/workload.h"
#include "kernels/cell_registry.h"
#include "nn/losses.h"
#include "nn/model.h"
#include "train/clipping.h"
#include "train/optimizer.h"

namespace recur {
namespace {

/// A model, its data and the update of one batch.
class TrainingStep {
 public:
  TrainingStep(ThreadPool& pool, OptimizerKind rule) : pool_(pool) { config_.optimizer = rule; }
  virtual ~TrainingStep() = default;
  TrainingStep(const TrainingStep&) = delete;
  TrainingStep& operator=(const TrainingStep&) = delete;

  void run() {
    if (!optimizer_) optimizer_ = std::make_unique<Optimizer>(config_, parameters());
    parameters().zero_gradients();
    tape_.clear();
    const Pass pass{.pool = pool_, .tape = &tape_, .training = true};
    tape_.backward(loss(pass));
    const double norm = gradient_norms(parameters(), pool_).total;
    optimizer_->step({.learning_rate = 1e-3, .scale = clip_factor(norm, 1.0)}, pool_);
  }

 protected:
  virtual Parameters& parameters() = 0;
  virtual Var loss(const Pass& pass) = 0;

 private:
  ThreadPool& pool_;
  OptimizerConfig config_;
  std::unique_ptr<Optimizer> optimizer_;
  Tape tape_;
};

/// What a batch of one of the models is.
struct ModelSpec {
  const char* name;
  ModelConfig model;
  ModelShape shape;
  Index batch, steps;
  OptimizerKind rule;
  enum { cross_entropy, binary, squared } loss;
};

class ModelStep final : public TrainingStep {
 public:
  ModelStep(const ModelSpec& spec, ThreadPool& pool)
      : TrainingStep(pool, spec.rule),
        spec_(spec),
        model_(spec.model, spec.shape),
        layout_(Layout::dense(spec.steps, spec.batch)),
        state_(model_.encoder().zero_state(spec.batch)) {
    model_.initialise(1);
    const Index rows = spec.shape.pool ? spec.batch : layout_->rows();
    if (spec.shape.tokens > 0) ids_ = random_ids(layout_->rows(), spec.shape.tokens, 1);
    if (spec.shape.tokens == 0) x_ = random_values({layout_->rows(), spec.shape.features}, 1);
    targets_ = spec.loss == ModelSpec::cross_entropy ? random_ids(rows, spec.shape.outputs, 2)
                                                     : random_shares({rows, spec.shape.outputs}, 2);
  }

 private:
  Parameters& parameters() override { return model_.parameters(); }
  Var loss(const Pass& pass) override {
    const ModelOutput out = spec_.shape.tokens > 0 ? model_.forward(pass, ids_, layout_, state_)
                                                   : model_.forward(pass, Sequence{Var(x_), layout_}, state_);
    switch (spec_.loss) {
      case ModelSpec::cross_entropy:
        return cross_entropy(pass, out.y, targets_).value;
      case ModelSpec::binary:
        return binary_cross_entropy(pass, out.y, targets_).value;
      default:
        return mse(pass, out.y, targets_).value;
    }
  }

  ModelSpec spec_;
  Model model_;
  LayoutPtr layout_;
  RecurrentState state_;
  Tensor ids_, x_, targets_;
};

/// The products of a stack of layers and its head, for each step (the head's for each sequence, if it pools).
double flop_of(const ModelSpec& spec) {
  const Cell& cell = find_cell(spec.model.cell);
  const double directions = spec.model.bidirectional ? 2 : 1;
  double input = static_cast<double>(spec.shape.tokens > 0 ? spec.model.embedding : spec.shape.features);
  double step = 0;
  for (const Index hidden : spec.model.hidden_size) {
    const auto h = static_cast<double>(hidden);
    step += directions * 2 * h *
            (static_cast<double>(cell.x_gates()) * input + static_cast<double>(cell.h_gates()) * h);
    input = directions * h;
  }
  const auto rows = static_cast<double>(spec.batch * spec.steps);
  const double head_rows = spec.shape.pool ? static_cast<double>(spec.batch) : rows;
  return 3 * (rows * step + head_rows * 2 * input * static_cast<double>(spec.shape.outputs));
}

Workload workload_of(const ModelSpec& spec) {
  return {.name = std::string("train/") + spec.name, .prepare = [spec](ThreadPool& pool) {
            const auto step = std::make_shared<ModelStep>(spec, pool);
            return PreparedWork{.run = [step] { step->run(); },
                                .items = static_cast<double>(spec.batch * spec.steps),
                                .flop = flop_of(spec)};
          }};
}

ModelConfig layers(const char* cell, Index embedding, std::vector<Index> hidden) {
  ModelConfig config;
  config.cell = cell;
  config.embedding = embedding;
  config.hidden_size = std::move(hidden);
  return config;
}

/// An encoder and a decoder that goes on from its state, teacher forcing.
class TranslationStep final : public TrainingStep {
 public:
  static constexpr Index kVocabulary = 10000, kWidth = 256, kBatch = 64, kSteps = 20;

  explicit TranslationStep(ThreadPool& pool)
      : TrainingStep(pool, OptimizerKind::adam),
        source_(parameters_, "source", kVocabulary, kWidth),
        target_(parameters_, "target", kVocabulary, kWidth),
        encoder_({.cell = "lstm", .input_size = kWidth, .hidden_size = {kWidth}}, parameters_, "encoder."),
        decoder_({.cell = "lstm", .input_size = kWidth, .hidden_size = {kWidth}}, parameters_, "decoder."),
        head_(parameters_, "head", kWidth, kVocabulary),
        layout_(Layout::dense(kSteps, kBatch)),
        from_(random_ids(kSteps * kBatch, kVocabulary, 1)),
        to_(random_ids(kSteps * kBatch, kVocabulary, 2)) {
    std::uint64_t seed = 3;
    for (Parameter& p : parameters_) fill_random(p.value, 0.1, seed++);
  }

  static double flop() {
    const double rows = kSteps * kBatch, w = kWidth;
    return 3 * rows * (2 * (2 * 8 * w * w) + 2 * w * kVocabulary);
  }

 private:
  Parameters& parameters() override { return parameters_; }
  Var loss(const Pass& pass) override {
    const RecurrentOutput read =
        encoder_.forward(pass, {source_.forward(pass, from_), layout_}, encoder_.zero_state(kBatch));
    const RecurrentOutput written = decoder_.forward(pass, {target_.forward(pass, to_), layout_}, read.state);
    return cross_entropy(pass, head_.forward(pass, written.y.rows), to_).value;
  }

  Parameters parameters_;
  Embedding source_, target_;
  Recurrent encoder_, decoder_;
  Linear head_;
  LayoutPtr layout_;
  Tensor from_, to_;
};

}  // namespace

std::vector<Workload> training_workloads() {
  std::vector<Workload> list;
  const auto add = [&](const ModelSpec& spec) { list.push_back(workload_of(spec)); };
  for (const auto& [name, cell] : {std::pair{"charlm-lstm-2x256-b32-t64", "lstm"},
                                   {"charlm-gru-2x256-b32-t64", "gru"},
                                   {"charlm-rnn-2x256-b32-t64", "rnn_tanh"}})
    add({name,
         layers(cell, 256, {256, 256}),
         {.tokens = 65, .outputs = 65},
         32,
         64,
         OptimizerKind::adam,
         ModelSpec::cross_entropy});
  for (const auto& [name, width, batch, steps] :
       {std::tuple{"ptb-small-2x200-b20-t20", 200, 20, 20}, {"ptb-medium-2x650-b20-t35", 650, 20, 35}})
    add({name,
         layers("lstm", width, {width, width}),
         {.tokens = 10000, .outputs = 10000},
         batch,
         steps,
         OptimizerKind::sgd,
         ModelSpec::cross_entropy});
  ModelConfig imdb = layers("lstm", 100, {128});
  imdb.bidirectional = true;
  add({"imdb-bilstm-128-b32-t200",
       imdb,
       {.tokens = 10000, .outputs = 1, .pool = PoolConfig{.pool = Pool::mean}},
       32,
       200,
       OptimizerKind::adam,
       ModelSpec::binary});
  const PoolConfig last{.pool = Pool::last};
  add({"forecast-lstm-2x50-b32-t60",
       layers("lstm", 1, {50, 50}),
       {.features = 1, .outputs = 1, .pool = last},
       32,
       60,
       OptimizerKind::adam,
       ModelSpec::squared});
  add({"forecast-gru-1x32-b32-t24",
       layers("gru", 1, {32}),
       {.features = 7, .outputs = 1, .pool = last},
       32,
       24,
       OptimizerKind::adam,
       ModelSpec::squared});
  list.push_back({.name = "train/seq2seq-256-b64-t20", .prepare = [](ThreadPool& pool) {
                    const auto step = std::make_shared<TranslationStep>(pool);
                    return PreparedWork{
                        .run = [step] { step->run(); },
                        .items = static_cast<double>(TranslationStep::kBatch * TranslationStep::kSteps),
                        .flop = TranslationStep::flop()};
                  }});
  return list;
}

}  // namespace recur
