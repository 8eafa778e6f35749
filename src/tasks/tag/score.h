// How a tagger did on a set of sentences, for programs and for people.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "decode/viterbi.h"
#include "metrics/chunks.h"
#include "metrics/classification.h"
#include "tasks/tag/net.h"
#include "train/job.h"
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

/// The answers of a model: the likeliest tags that the rules allow, and the `best` likeliest.
std::vector<TagAnswer> answers_of(TagNet& net, std::span<const TagExample> examples, ThreadPool& pool,
                                  Index best = 1);

struct TagScore {
  explicit TagScore(Index tags) : counts(tags + 1) {}

  ClassificationScore counts;  ///< of words; the class after the tags is those that training never met
  ChunkScore chunks;
  WeightedMean nats;         ///< of words; not measured of a baseline
  WeightedMean intent_nats;  ///< of sentences
  Index intents = 0, intents_right = 0;
  Index exact = 0;            ///< sentences with all right
  std::vector<double> right;  ///< 1 for each such sentence, else 0

  double intent_accuracy() const { return static_cast<double>(intents_right) / static_cast<double>(intents); }
};
TagScore score_answers(const TagPipeline& pipeline, std::span<const TagAnswer> answers,
                       std::span<const TagExample> examples);

/// "f1_entity" where the tags mark chunks, else "accuracy": by what a tagger is judged.
std::string judged_by(const TagPipeline& pipeline);
/// That, "accuracy", "intent_accuracy" where there are intents, "sentence_accuracy"; of a split also
/// "precision_entity", "recall_entity", "nats", "words" and "sentences".
NamedNumbers metrics_of(const TagPipeline& pipeline, const TagScore& score, bool of_split);

/// Tables on a split: chunks by type or tags, confusions, the sentences that were furthest from right.
std::vector<ReportTable> tables_of(const TagPipeline& pipeline, const TagScore& score,
                                   std::span<const TagAnswer> answers, std::span<const TagExample> examples,
                                   const std::string& split);
/// Says in a table how the model compares with the baselines by a metric, on the last split.
void add_verdict(Report& report, const std::string& metric);

}  // namespace recur
