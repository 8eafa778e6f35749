#include "nn/model.h"

#include "base/error.h"
#include "base/flush_to_zero.h"
#include "base/random.h"
#include "nn/dropout.h"
#include "nn/initialise.h"

namespace recur {
namespace {

enum Site : std::uint32_t { kEmbedding, kEncoded, kHead };  // kHead + layer

}  // namespace

Model::Model(const ModelConfig& config, const ModelShape& shape, DType dtype, Parameters::Admission admission)
    : config_(config), shape_(shape), parameters_(dtype, std::move(admission)) {
  check<ConfigError>(shape.tokens > 0 || config.embedding_dropout == 0,
                     "embedding_dropout leaves out words, and the model reads numbers; use dropout, or "
                     "variational_dropout");
  RECUR_ASSERT(!shape.tied || shape.tokens == shape.outputs);
  Index width = shape.features;
  if (shape.tokens > 0) {
    embedding_.emplace(parameters_, "embedding", shape.tokens, config.embedding);
    width = config.embedding;
  }
  encoder_.emplace(config.recurrent(width), parameters_, "encoder.");
  width = encoder_->output_size();
  if (shape.pool) pooling_.emplace(parameters_, "pool", shape.pool->pool, width, shape.pool->attention_size);
  if (shape.cutoffs.empty()) {
    head_.emplace(parameters_, "head.", width, config, shape.outputs,
                  shape.tied ? &embedding_->weight() : nullptr);
    return;
  }
  check<ConfigError>(
      !shape.tied,
      "tie_weights makes the embedding's table the weights of the output layer, and an adaptive "
      "softmax has none so wide for its rare words; leave out tie_weights, or adaptive_cutoffs");
  check<ConfigError>(
      config.head.empty() && config.head_dropout == 0,
      "an adaptive softmax reads what the last layer gives; leave out head and head_dropout, or "
      "adaptive_cutoffs");
  adaptive_.emplace(parameters_, "head.", width, shape.outputs, shape.cutoffs);
}

void Model::initialise(std::uint64_t seed) {
  Random random(seed, /*stream=*/0);
  if (embedding_) initialise_embedding(*embedding_, config_, random);
  initialise_recurrent(*encoder_, parameters_, config_, random, "encoder.");
  if (pooling_ && pooling_->hidden() != nullptr) {
    initialise_linear(*pooling_->hidden(), config_, random);
    initialise_linear(*pooling_->score(), config_, random);
  }
  if (adaptive_) return adaptive_->initialise(config_, random);
  head_->initialise(config_, random);
}

Sequence Model::embed(const Pass& pass, const Tensor& ids, const LayoutPtr& layout) {
  RECUR_ASSERT(embedding_.has_value());
  const bool dropped = pass.training && (config_.dropout > 0 || config_.embedding_dropout > 0);
  // Where a batch has most of its tokens many times, the first layer multiplies each once.
  if (!dropped && encoder_->reads_tables(pass) && 2 * embedding_->vocabulary() <= layout->rows())
    return {embedding_->table(pass), layout, ids};
  return {dropout(pass, embedding_->forward(pass, ids, config_.embedding_dropout), *layout, config_.dropout,
                  kOutsideLayers, kEmbedding),
          layout};
}

ModelOutput Model::encode(const Pass& pass, const Sequence& x, const RecurrentState& initial) {
  RecurrentOutput encoded = encoder_->forward(pass, x, initial);
  Var read = pooling_ ? pooling_->forward(pass, encoded.y) : encoded.y.rows;
  // The head's rows: all steps, or a sequence each.
  const LayoutPtr rows = pooling_ ? Layout::dense(1, x.layout->batch()) : x.layout;
  read = dropout(pass, read, *rows, config_.dropout, kOutsideLayers, kEncoded);
  return {.y = {}, .state = std::move(encoded.state), .encoded = encoded.undropped, .read = read};
}

Var Model::answer(const Pass& pass, const Var& read, const LayoutPtr& layout) {
  if (adaptive_) return adaptive_->logits(pass, read);
  const LayoutPtr rows = pooling_ ? Layout::dense(1, layout->batch()) : layout;
  return head_->forward(pass, read, *rows, kHead);
}

ModelOutput Model::forward(const Pass& pass, const Tensor& ids, const LayoutPtr& layout,
                           const RecurrentState& initial) {
  const FlushToZero flush;
  return forward(pass, embed(pass, ids, layout), initial);
}

ModelOutput Model::forward(const Pass& pass, const Sequence& x, const RecurrentState& initial) {
  const FlushToZero flush;  // whatever the program around us uses: layers compute outside the pool, too
  ModelOutput out = encode(pass, x, initial);
  out.y = answer(pass, out.read, x.layout);
  return out;
}

}  // namespace recur
