// How a tagger did on a set of sentences.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "decode/viterbi.h"
#include "metrics/chunks.h"
#include "metrics/classification.h"
#include "tasks/tag/net.h"
#include "train/events.h"
#include "train/metrics.h"

namespace recur {

/// What a tagger, or a baseline, says of a sentence.
struct TagAnswer {
  std::vector<std::int32_t> tags{};
  std::vector<float> probabilities{};  ///< of each of those tags; none of a baseline
  std::int32_t intent = kUnseen;
  float intent_probability = 0;
  double nats = kNotMeasured;         ///< −ln of the probability of the true tags, where all are known
  double intent_nats = kNotMeasured;  ///< the same of the intent
  std::vector<TagPath> best{};        ///< as many as were asked for; each with ln of its probability
};

/// The answers of a model: the likeliest tags that the rules allow, and the `best` likeliest. Throws
/// Interrupted where `stop_requested` says so.
std::vector<TagAnswer> answers_of(TagNet& net, std::span<const TagExample> examples, ThreadPool& pool,
                                  Index best = 1, const std::function<bool()>& stop_requested = {});

struct TagScore {
  explicit TagScore(const TagPipeline& pipeline)
      : counts(pipeline.tags().size() + 1), intents(pipeline.intents().size() + 1) {}

  /// Of words, and of sentences whose intent is known; the last class is of what training never met.
  ClassificationScore counts, intents;
  ChunkScore chunks;
  WeightedMean nats;          ///< of words; not measured of a baseline
  WeightedMean intent_nats;   ///< of sentences
  Index exact = 0;            ///< sentences with all right
  std::vector<double> right;  ///< 1 for each such sentence, else 0
};
TagScore score_answers(const TagPipeline& pipeline, std::span<const TagAnswer> answers,
                       std::span<const TagExample> examples);

/// "f1_entity" where the tags mark chunks, else "accuracy": by what a tagger is judged.
std::string judged_by(const TagPipeline& pipeline);
/// That, "accuracy", "intent_accuracy" where there are intents, "sentence_accuracy"; of a split also
/// "precision_entity", "recall_entity", "nats", "words" and "sentences".
NamedNumbers metrics_of(const TagPipeline& pipeline, const TagScore& score, bool of_split);

}  // namespace recur
