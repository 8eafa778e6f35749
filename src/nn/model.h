// A model in the grid of tasks: a front end, recurrent layers, a head of linear layers.
#pragma once

#include <optional>
#include <vector>

#include "nn/adaptive_softmax.h"
#include "nn/embedding.h"
#include "nn/head.h"
#include "nn/model_config.h"

namespace recur {

/// What goes in and comes out of a model.
struct ModelShape {
  Index tokens = 0;                  ///< size of the vocabulary, for models that read tokens
  Index features = 0;                ///< numbers a time step, for models that read series
  Index outputs = 0;                 ///< numbers that the head gives for each row
  std::optional<PoolConfig> pool{};  ///< the head sees each sequence once, pooled; without it, every step
  bool tied = false;                 ///< the output layer's weights are the embedding's table
  std::vector<Index> cutoffs{};      ///< of an adaptive softmax in place of the head; empty: none
};

struct ModelOutput {
  Var y;                 ///< [rows, outputs], pooled [N, outputs]: logits, or values; see loss()
  RecurrentState state;  ///< after the last step of each sequence
  Var encoded;           ///< [rows, width]: what the encoder gave
  Var read;              ///< the same after dropout, as the head reads it; pooled [N, width]
};

/// Tokens and what follows each, both i32 [rows], packed as the layout says.
struct TokenBatch {
  Tensor ids, targets;
  LayoutPtr layout;
  RecurrentState initial;
};

/// front end | encoder | head, the head applied to every time step or to what pooling leaves of them. Its
/// parameters are named embedding.weight, encoder.…, pool.…, head.….
class Model {
 public:
  /// Throws ConfigError for options that cannot go together.
  Model(const ModelConfig& config, const ModelShape& shape, DType dtype = DType::f32,
        Parameters::Admission admission = {});

  /// Draws the initial weights; a function of the seed.
  void initialise(std::uint64_t seed);

  const ModelConfig& config() const { return config_; }
  const ModelShape& shape() const { return shape_; }
  Parameters& parameters() { return parameters_; }
  const Parameters& parameters() const { return parameters_; }
  Recurrent& encoder() { return *encoder_; }
  const Recurrent& encoder() const { return *encoder_; }

  /// Tokens `ids` [rows] (I32), packed as `layout` says, to outputs for every row.
  ModelOutput forward(const Pass& pass, const Tensor& ids, const LayoutPtr& layout,
                      const RecurrentState& initial);
  /// What `ids` [rows] say of `targets` [rows]: the cross-entropy, which an adaptive softmax computes without
  /// all logits; then the output has none. Throws ConfigError for label smoothing with one.
  std::pair<Loss, ModelOutput> loss(const Pass& pass, const TokenBatch& batch, double label_smoothing = 0);
  /// The same for numbers, x [rows, features].
  ModelOutput forward(const Pass& pass, const Sequence& x, const RecurrentState& initial);

  /// "lstm 256,256".
  std::string description() const { return config_.description(); }

 private:
  /// All but y.
  ModelOutput encode(const Pass& pass, const Sequence& x, const RecurrentState& initial);
  Sequence embed(const Pass& pass, const Tensor& ids, const LayoutPtr& layout);
  /// Logits of what encode() read.
  Var answer(const Pass& pass, const Var& read, const LayoutPtr& layout);

  ModelConfig config_;
  ModelShape shape_;
  Parameters parameters_;
  std::optional<Embedding> embedding_;
  std::optional<Recurrent> encoder_;
  std::optional<Pooling> pooling_;
  std::optional<Head> head_;  // one of the two
  std::optional<AdaptiveSoftmax> adaptive_;
};

}  // namespace recur
