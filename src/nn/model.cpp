#include "nn/model.h"

#include "base/error.h"
#include "base/flush_to_zero.h"
#include "base/random.h"
#include "nn/dropout.h"
#include "nn/initialise.h"
#include "nn/ops.h"

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
  for (std::size_t i = 0; i <= config.head.size(); ++i) {
    const Index out = i < config.head.size() ? config.head[i] : shape.outputs;
    head_.emplace_back(parameters_, "head." + std::to_string(i), width, out);
    width = out;
  }
}

void Model::initialise(std::uint64_t seed) {
  Random random(seed, /*stream=*/0);
  if (embedding_) initialise_embedding(*embedding_, config_, random);
  initialise_recurrent(*encoder_, parameters_, config_, random, "encoder.");
  if (pooling_ && pooling_->hidden() != nullptr) {
    initialise_linear(*pooling_->hidden(), config_, random);
    initialise_linear(*pooling_->score(), config_, random);
  }
  for (const Linear& layer : head_) initialise_linear(layer, config_, random);
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
  for (std::size_t i = 0; i < head_.size(); ++i) {
    y = head_[i].forward(pass, y);
    if (i + 1 == head_.size()) break;
    y = activate(pass, Activation::relu, y);
    y = dropout(pass, y, layout, config_.head_dropout, kOutsideLayers, kHead + static_cast<std::uint32_t>(i));
  }
  return {y, std::move(encoded.state)};
}

std::string Model::description() const {
  std::string text = config_.cell + " ";
  for (std::size_t i = 0; i < config_.hidden_size.size(); ++i)
    text += (i == 0 ? "" : ",") + std::to_string(config_.hidden_size[i]);
  return text + (config_.bidirectional ? ", bidirectional" : "");
}

}  // namespace recur
