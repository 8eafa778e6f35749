// The network of a tagger: vectors for each word, recurrent layers over the sentence, a score for each tag.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "nn/crf.h"
#include "nn/embedding.h"
#include "nn/head.h"
#include "nn/pooling.h"
#include "nn/recurrent.h"
#include "tasks/tag/char_net.h"
#include "tasks/tag/pipeline.h"

namespace recur {

/// What goes in and comes out.
struct TagShape {
  Index words = 0;                ///< size of the vocabulary
  Index characters = 0;           ///< size of that of characters; 0: they are not read
  std::vector<Index> features{};  ///< different values of each feature column, the unknown one included
  Index tags = 0, intents = 0;
  ChainRules rules{};

  static TagShape of(const TagPipeline& pipeline);
  /// Numbers in a word's row.
  Index width() const { return char_column() + (characters > 0 ? kMostCharacters : 0); }
  /// Where its characters begin.
  Index char_column() const { return kFeatureColumn + static_cast<Index>(features.size()); }
};

class TagNet {
 public:
  /// Throws ConfigError for options that cannot go together.
  TagNet(const TagModelConfig& config, const TagShape& shape, DType dtype = DType::f32,
         Parameters::Admission admission = {});

  /// Draws the initial weights; a function of the seed.
  void initialise(std::uint64_t seed);

  const TagModelConfig& config() const { return config_; }
  const TagShape& shape() const { return shape_; }
  Parameters& parameters() { return parameters_; }
  const Parameters& parameters() const { return parameters_; }
  /// "lstm 128, bidirectional, characters cnn, crf".
  std::string description() const;

  struct Output {
    Var scores;   ///< [rows, tags]
    Var intents;  ///< [N, intents] by number of the sentence; undefined where there are none
  };
  /// Words as rows of numbers (TagColumn), i32 [rows, width], packed as the layout says.
  Output forward(const Pass& pass, const Tensor& words, const LayoutPtr& layout);

  /// Null where each tag is scored alone.
  const Crf* crf() const { return crf_ ? &*crf_ : nullptr; }
  /// What a search for the best tags goes by: the CRF's, or the rules alone.
  ChainScores chain() const;

 private:
  TagModelConfig config_;
  TagShape shape_;
  Parameters parameters_;
  std::optional<Embedding> embedding_, case_embedding_;
  std::vector<Embedding> feature_embeddings_;
  std::optional<CharNet> chars_;
  std::optional<Recurrent> encoder_;
  std::optional<Head> head_;
  std::optional<Crf> crf_;
  std::optional<Pooling> intent_pool_;
  std::optional<Linear> intent_head_;
};

/// What a network says of one sentence.
struct TagReading {
  Tensor scores;         ///< [T, tags]
  Tensor probabilities;  ///< [T, tags]
  double log_sum = 0;    ///< ln of the sum over all sequences of tags
  Tensor intents;        ///< [intents], undefined where there are none
};

/// Of every example. It does not depend on which are asked together. Throws Interrupted where
/// `stop_requested` says so.
std::vector<TagReading> readings_of(TagNet& net, std::span<const TagExample> examples, ThreadPool& pool,
                                    const std::function<bool()>& stop_requested = {});

}  // namespace recur
