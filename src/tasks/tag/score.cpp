#include "tasks/tag/score.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "nn/share.h"

namespace recur {
namespace {

constexpr std::size_t kMostTags = 50;      // in the table of tags
constexpr std::size_t kMostConfused = 12;  // pairs in the table of confusions
constexpr std::size_t kWorst = 10;

std::string share(double value) { return fmt::format("{:.4f}", value); }

std::string name_of(const LabelSet& tags, Index tag) {
  return tag < tags.size() ? shortened(tags.name(tag)) : "(not in training)";
}

ReportTable tag_table(const TagScore& score, const LabelSet& tags, const std::string& split) {
  ReportTable table{
      .title = "tags, " + split, .columns = {"tag", "precision", "recall", "f1", "words"}, .rows = {}};
  std::vector<Index> order;
  for (Index c = 0; c < score.counts.classes(); ++c)
    if (score.counts.of(c).support + score.counts.of(c).predicted > 0) order.push_back(c);
  if (order.size() > kMostTags) {
    std::ranges::stable_sort(order, std::greater{}, [&](Index c) { return score.counts.of(c).support; });
    table.title += fmt::format(" (the {} most frequent of {})", kMostTags, order.size());
    order.resize(kMostTags);
  }
  for (const Index c : order) {
    const ClassCounts& counts = score.counts.of(c);
    table.rows.push_back({name_of(tags, c), share(counts.precision()), share(counts.recall()),
                          share(counts.f1()), format_count(counts.support)});
  }
  return table;
}

ReportTable chunk_table(const TagScore& score, const std::string& split) {
  ReportTable table{.title = "chunks, " + split,
                    .columns = {"type", "precision", "recall", "f1", "chunks", "found"},
                    .rows = {}};
  const auto add = [&](const std::string& type, const ClassCounts& counts) {
    table.rows.push_back({shortened(type), share(counts.precision()), share(counts.recall()),
                          share(counts.f1()), format_count(counts.support), format_count(counts.predicted)});
  };
  for (const auto& [type, counts] : score.chunks.by_type()) add(type, counts);
  add("all", score.chunks.all());
  return table;
}

ReportTable confusion_table(const TagScore& score, const LabelSet& tags, const std::string& split) {
  ReportTable table{
      .title = "most frequent confusions, " + split, .columns = {"tag", "answer", "words"}, .rows = {}};
  std::vector<std::pair<Index, Index>> pairs;
  for (Index t = 0; t < score.counts.classes(); ++t)
    for (Index p = 0; p < score.counts.classes(); ++p)
      if (t != p && score.counts.confused(t, p) > 0) pairs.emplace_back(t, p);
  std::ranges::stable_sort(pairs, std::greater{},
                           [&](const auto& pair) { return score.counts.confused(pair.first, pair.second); });
  pairs.resize(std::min(pairs.size(), kMostConfused));
  for (const auto& [t, p] : pairs)
    table.rows.push_back({name_of(tags, t), name_of(tags, p), format_count(score.counts.confused(t, p))});
  return table;
}

/// A sentence with what is wrong in it: "the London/LOC→ORG Times".
std::string marked(const TagExample& example, const TagAnswer& answer, const LabelSet& tags) {
  constexpr std::size_t kAround = 3;  // words shown around the first mistake
  std::size_t first = 0;
  while (answer.tags[first] == example.tags[first]) ++first;
  std::string text = first > kAround ? "… " : "";
  std::size_t shown = 0;
  for (std::size_t t = first - std::min(first, kAround); t < example.words.size() && shown < 12;
       ++t, ++shown) {
    if (shown > 0) text += ' ';
    text += example.words[t];
    const std::int32_t is = example.tags[t], said = answer.tags[t];
    if (is != said)
      text += fmt::format("/{}→{}", name_of(tags, is == kUnseen ? tags.size() : is), tags.name(said));
  }
  return text;
}

ReportTable worst_table(std::span<const TagAnswer> answers, const LabelSet& tags,
                        std::span<const TagExample> examples, const std::string& split) {
  ReportTable table{.title = "furthest from right, " + split + " (word/tag→answer)",
                    .columns = {"place", "nats", "sentence"},
                    .rows = {}};
  std::vector<std::size_t> wrong;
  for (std::size_t i = 0; i < examples.size(); ++i)
    if (answers[i].tags != examples[i].tags) wrong.push_back(i);
  // What was never met is no mistake of the model: it comes last.
  std::ranges::stable_sort(wrong, std::greater{},
                           [&](std::size_t i) { return std::isnan(answers[i].nats) ? 0 : answers[i].nats; });
  wrong.resize(std::min(wrong.size(), kWorst));
  for (const std::size_t i : wrong)
    table.rows.push_back({examples[i].place,
                          std::isnan(answers[i].nats) ? "" : fmt::format("{:.1f}", answers[i].nats),
                          marked(examples[i], answers[i], tags)});
  return table;
}

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
                                  Index best) {
  std::vector<TagAnswer> answers(examples.size());
  const std::vector<TagReading> readings = readings_of(net, examples, pool);
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
  const Index tags = pipeline.tags().size();
  TagScore score(tags);
  for (std::size_t i = 0; i < examples.size(); ++i) {
    const TagAnswer& answer = answers[i];
    const std::vector<std::int32_t>& truth = examples[i].tags;
    const Index words = static_cast<Index>(truth.size());
    for (std::size_t t = 0; t < truth.size(); ++t)
      score.counts.add(truth[t] == kUnseen ? static_cast<std::int32_t>(tags) : truth[t], answer.tags[t]);
    if (pipeline.has_chunks())
      score.chunks.add(examples[i].chunks, chunks_of(pipeline.names_of(answer.tags)));
    if (!std::isnan(answer.nats)) score.nats.add(answer.nats / static_cast<double>(words), words);
    bool right = truth == answer.tags;
    if (examples[i].has_intent && pipeline.intents().size() > 0) {
      ++score.intents;
      score.intents_right += examples[i].intent == answer.intent;
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
  if (score.intents > 0) metrics.emplace_back("intent_accuracy", score.intent_accuracy());
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

std::vector<ReportTable> tables_of(const TagPipeline& pipeline, const TagScore& score,
                                   std::span<const TagAnswer> answers, std::span<const TagExample> examples,
                                   const std::string& split) {
  const LabelSet& tags = pipeline.tags();
  std::vector<ReportTable> tables{pipeline.has_chunks() ? chunk_table(score, split)
                                                        : tag_table(score, tags, split)};
  if (score.counts.exact() == score.counts.examples()) return tables;
  tables.push_back(confusion_table(score, tags, split));
  tables.push_back(worst_table(answers, tags, examples, split));
  return tables;
}

void add_verdict(Report& report, const std::string& metric) {
  const char* const split = report.metrics.contains("test") ? "test" : "valid";
  const double own = report.metrics[split][metric].get<double>();
  ReportTable table{.columns = {"", metric, "difference"}, .rows = {{"this model", share(own), ""}}};
  std::string best;
  double best_value = -1;
  for (const auto& [name, splits] : report.baselines.items()) {
    const double value = splits[split][metric].get<double>();
    table.rows.push_back({name, share(value), fmt::format("{:+.4f}", value - own)});
    if (value > best_value) best = name;
    best_value = std::max(best_value, value);
  }
  const double lead = 100 * (own - best_value);
  table.title =
      fmt::format("beside a simple model, {}: {}", split,
                  lead > 0   ? fmt::format("the model is {:.1f} points ahead of {}", lead, best)
                  : lead < 0 ? fmt::format("the model is NOT better: {} is {:.1f} points ahead", best, -lead)
                             : fmt::format("the model is no better: {} is as good", best));
  report.tables.insert(report.tables.begin(), table);
}

}  // namespace recur
