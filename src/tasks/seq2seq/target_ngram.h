// What the targets of pairs tell of each other, their sources unread.
#pragma once

#include <span>
#include <string>

#include "data/text/ngram.h"
#include "tasks/seq2seq/pipeline.h"

namespace recur {

/// An n-gram model of the training targets, one behind the other with </s> between: what a model must beat in
/// perplexity to have learned anything from the sources.
class TargetNgram {
 public:
  TargetNgram(const Seq2SeqPipeline& pipeline, std::span<const PairExample> train);

  std::string name() const;
  /// Nats per token of their targets, </s> among them.
  double nats(std::span<const PairExample> examples) const;

 private:
  Tokens targets(std::span<const PairExample> examples) const;

  Index vocabulary_, order_;
  std::int32_t end_;
  NgramModel model_;
};

}  // namespace recur
