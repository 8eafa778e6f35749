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
  Index width = shape.features;
  if (shape.tokens > 0) {
    embedding_.emplace(parameters_, "embedding", shape.tokens, config.embedding);
    width = config.embedding;
  }
  encoder_.emplace(config.recurrent(width), parameters_, "encoder.");
  width = encoder_->output_size();
  if (shape.pool) pooling_.emplace(parameters_, "pool", shape.pool->pool, width, shape.pool->attention_size);
  head_.emplace(parameters_, "head.", width, config, shape.outputs);
}

void Model::initialise(std::uint64_t seed) {
  Random random(seed, /*stream=*/0);
  if (embedding_) initialise_embedding(*embedding_, config_, random);
  initialise_recurrent(*encoder_, parameters_, config_, random, "encoder.");
  if (pooling_ && pooling_->hidden() != nullptr) {
    initialise_linear(*pooling_->hidden(), config_, random);
    initialise_linear(*pooling_->score(), config_, random);
  }
  head_->initialise(config_, random);
}

ModelOutput Model::forward(const Pass& pass, const Tensor& ids, const LayoutPtr& layout,
                           const RecurrentState& initial) {
  RECUR_ASSERT(embedding_.has_value());
  const FlushToZero flush;
  const Var x =
      dropout(pass, embedding_->forward(pass, ids), *layout, config_.dropout, kOutsideLayers, kEmbedding);
  return forward(pass, Sequence{x, layout}, initial);
}

ModelOutput Model::forward(const Pass& pass, const Sequence& x, const RecurrentState& initial) {
  const FlushToZero flush;  // whatever the program around us uses: layers compute outside the pool, too
  RecurrentOutput encoded = encoder_->forward(pass, x, initial);
  // The head's rows: all steps, or a sequence each.
  const LayoutPtr rows = pooling_ ? Layout::dense(1, x.layout->batch()) : x.layout;
  const Layout& layout = *rows;
  Var y = pooling_ ? pooling_->forward(pass, encoded.y) : encoded.y.rows;
  y = dropout(pass, y, layout, config_.dropout, kOutsideLayers, kEncoded);
  return {head_->forward(pass, y, layout, kHead), std::move(encoded.state)};
}

}  // namespace recur
