#include "tasks/tag/score.h"

#include <algorithm>
#include <cmath>

#include "nn/share.h"

namespace recur {
namespace {

/// Probabilities of intents, the answer and its nats.
void decide_intent(const TagReading& reading, const TagExample& example, TagAnswer& answer) {
  const float* const x = reading.intents.data<float>();
  const Index count = reading.intents.size();
  const Index best = std::max_element(x, x + count) - x;
  double sum = 0;
  for (Index i = 0; i < count; ++i) sum += std::exp(static_cast<double>(x[i] - x[best]));
  answer.intent = static_cast<std::int32_t>(best);
  answer.intent_probability = static_cast<float>(1 / sum);
  if (example.intent != kUnseen)
    answer.intent_nats =
        std::log(sum) + static_cast<double>(x[best]) - static_cast<double>(x[example.intent]);
}

/// A tag or intent among those that may be true: behind the known ones the class of those that training never
/// met.
std::int32_t truth_of(std::int32_t id, const LabelSet& known) {
  return id == kUnseen ? static_cast<std::int32_t>(known.size()) : id;
}

/// Score of a sequence of tags.
double score_of(const TagReading& reading, const ChainScores& chain, const std::vector<std::int32_t>& tags) {
  const auto at = [](const std::vector<float>& v, std::int64_t i) {
    return static_cast<double>(v[static_cast<std::size_t>(i)]);
  };
  double score = at(chain.start, tags.front()) + at(chain.end, tags.back());
  for (std::size_t t = 0; t < tags.size(); ++t) {
    score += static_cast<double>(reading.scores.data<float>()[static_cast<Index>(t) * chain.tags + tags[t]]);
    if (t > 0) score += at(chain.transition, std::int64_t{tags[t - 1]} * chain.tags + tags[t]);
  }
  return score;
}

}  // namespace

std::vector<TagAnswer> answers_of(TagNet& net, std::span<const TagExample> examples, ThreadPool& pool,
                                  Index best, const std::function<bool()>& stop_requested) {
  std::vector<TagAnswer> answers(examples.size());
  const std::vector<TagReading> readings = readings_of(net, examples, pool, stop_requested);
  const ChainScores chain = net.chain();
  share(pool, static_cast<Index>(examples.size()), 8, [&](Index begin, Index end) {
    for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i) {
      const TagReading& reading = readings[i];
      TagAnswer& answer = answers[i];
      const Index steps = reading.scores.dim(0);
      answer.best = best_paths(reading.scores.data<float>(), steps, chain, best);
      for (TagPath& path : answer.best) path.score -= reading.log_sum;
      answer.tags = answer.best.front().tags;
      for (Index t = 0; t < steps; ++t)
        answer.probabilities.push_back(
            reading.probabilities.data<float>()[t * chain.tags + answer.tags[static_cast<std::size_t>(t)]]);
      const std::vector<std::int32_t>& truth = examples[i].tags;
      if (!truth.empty() && std::ranges::find(truth, kUnseen) == truth.end())
        answer.nats = reading.log_sum - score_of(reading, chain, truth);
      if (reading.intents.defined()) decide_intent(reading, examples[i], answer);
    }
  });
  return answers;
}

TagScore score_answers(const TagPipeline& pipeline, std::span<const TagAnswer> answers,
                       std::span<const TagExample> examples) {
  TagScore score(pipeline);
  for (std::size_t i = 0; i < examples.size(); ++i) {
    const TagAnswer& answer = answers[i];
    const std::vector<std::int32_t>& truth = examples[i].tags;
    const Index words = static_cast<Index>(truth.size());
    for (std::size_t t = 0; t < truth.size(); ++t)
      score.counts.add(truth_of(truth[t], pipeline.tags()), answer.tags[t]);
    if (pipeline.has_chunks())
      score.chunks.add(examples[i].chunks, chunks_of(pipeline.names_of(answer.tags)));
    if (!std::isnan(answer.nats)) score.nats.add(answer.nats / static_cast<double>(words), words);
    bool right = truth == answer.tags;
    if (examples[i].has_intent && pipeline.intents().size() > 0) {
      score.intents.add(truth_of(examples[i].intent, pipeline.intents()), answer.intent);
      right = right && examples[i].intent == answer.intent;
      if (!std::isnan(answer.intent_nats)) score.intent_nats.add(answer.intent_nats, 1);
    }
    score.exact += right;
    score.right.push_back(right ? 1 : 0);
  }
  return score;
}

std::string judged_by(const TagPipeline& pipeline) {
  return pipeline.has_chunks() ? "f1_entity" : "accuracy";
}

NamedNumbers metrics_of(const TagPipeline& pipeline, const TagScore& score, bool of_split) {
  const double sentences = static_cast<double>(score.right.size());
  NamedNumbers metrics;
  if (pipeline.has_chunks()) metrics.emplace_back("f1_entity", score.chunks.all().f1());
  metrics.emplace_back("accuracy", score.counts.accuracy());
  if (score.intents.examples() > 0) metrics.emplace_back("intent_accuracy", score.intents.accuracy());
  metrics.emplace_back("sentence_accuracy", static_cast<double>(score.exact) / sentences);
  if (!of_split) return metrics;
  if (pipeline.has_chunks()) {
    metrics.emplace_back("precision_entity", score.chunks.all().precision());
    metrics.emplace_back("recall_entity", score.chunks.all().recall());
  }
  metrics.emplace_back("nats", score.nats.value());
  metrics.emplace_back("words", static_cast<double>(score.counts.examples()));
  metrics.emplace_back("sentences", sentences);
  return metrics;
}

}  // namespace recur
