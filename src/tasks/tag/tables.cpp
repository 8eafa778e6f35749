#include "tasks/tag/tables.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"

namespace recur {
namespace {

constexpr std::size_t kMostTags = 50;      // in the table of tags
constexpr std::size_t kMostConfused = 12;  // pairs in the table of confusions
constexpr std::size_t kWorst = 10;

std::string share(double value) { return fmt::format("{:.4f}", value); }

std::string name_of(const LabelSet& tags, Index tag) {
  return tag < tags.size() ? shortened(tags.name(tag)) : "(not in training)";
}

/// What is counted: tags on words, or intents of sentences.
struct Counted {
  const char *one, *many, *of;
  const ClassificationScore& counts;
  const LabelSet& names;
  const std::string& split;
};

ReportTable class_table(const Counted& all) {
  ReportTable table{.title = fmt::format("{}, {}", all.many, all.split),
                    .columns = {all.one, "precision", "recall", "f1", all.of},
                    .rows = {}};
  std::vector<Index> order;
  for (Index c = 0; c < all.counts.classes(); ++c)
    if (all.counts.of(c).support + all.counts.of(c).predicted > 0) order.push_back(c);
  if (order.size() > kMostTags) {
    std::ranges::stable_sort(order, std::greater{}, [&](Index c) { return all.counts.of(c).support; });
    table.title += fmt::format(" (the {} most frequent of {})", kMostTags, order.size());
    order.resize(kMostTags);
  }
  for (const Index c : order) {
    const ClassCounts& counts = all.counts.of(c);
    table.rows.push_back({name_of(all.names, c), share(counts.precision()), share(counts.recall()),
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

ReportTable confusion_table(const Counted& all) {
  ReportTable table{.title = fmt::format("most frequent confusions of {}, {}", all.many, all.split),
                    .columns = {all.one, "answer", all.of},
                    .rows = {}};
  std::vector<std::pair<Index, Index>> pairs;
  for (Index t = 0; t < all.counts.classes(); ++t)
    for (Index p = 0; p < all.counts.classes(); ++p)
      if (t != p && all.counts.confused(t, p) > 0) pairs.emplace_back(t, p);
  std::ranges::stable_sort(pairs, std::greater{},
                           [&](const auto& pair) { return all.counts.confused(pair.first, pair.second); });
  pairs.resize(std::min(pairs.size(), kMostConfused));
  for (const auto& [t, p] : pairs)
    table.rows.push_back(
        {name_of(all.names, t), name_of(all.names, p), format_count(all.counts.confused(t, p))});
  return table;
}

bool wrong_intent(const TagExample& example, const TagAnswer& answer) {
  return example.has_intent && answer.intent != example.intent;
}

/// A sentence with what is wrong in it: "[greet→ask] the London/LOC→ORG Times".
std::string marked(const TagExample& example, const TagAnswer& answer, const TagPipeline& pipeline) {
  constexpr std::size_t kAround = 3;  // words shown around the first mistake
  const auto told = [](const LabelSet& names, std::int32_t is, std::int32_t said) {
    return fmt::format("{}→{}", name_of(names, is == kUnseen ? names.size() : is), names.name(said));
  };
  std::string text;
  if (wrong_intent(example, answer))
    text += fmt::format("[{}] ", told(pipeline.intents(), example.intent, answer.intent));
  const auto first =
      static_cast<std::size_t>(std::ranges::mismatch(answer.tags, example.tags).in1 - answer.tags.begin());
  const std::size_t begin = first == answer.tags.size() ? 0 : first - std::min(first, kAround);
  if (begin > 0) text += "… ";
  std::size_t shown = 0;
  for (std::size_t t = begin; t < example.words.size() && shown < 12; ++t, ++shown) {
    if (shown > 0) text += ' ';
    text += example.words[t];
    if (example.tags[t] != answer.tags[t])
      text += '/' + told(pipeline.tags(), example.tags[t], answer.tags[t]);
  }
  return text;
}

ReportTable worst_table(std::span<const TagAnswer> answers, const TagPipeline& pipeline,
                        std::span<const TagExample> examples, const std::string& split) {
  ReportTable table{.title = "furthest from right, " + split + " (word/tag→answer)",
                    .columns = {"place", "nats", "sentence"},
                    .rows = {}};
  std::vector<std::size_t> wrong;
  for (std::size_t i = 0; i < examples.size(); ++i)
    if (answers[i].tags != examples[i].tags || wrong_intent(examples[i], answers[i])) wrong.push_back(i);
  const auto nats = [&](std::size_t i) {
    return answers[i].nats + (examples[i].has_intent ? answers[i].intent_nats : 0);
  };
  // What was never met is no mistake of the model: it comes last.
  std::ranges::stable_sort(wrong, std::greater{},
                           [&](std::size_t i) { return std::isnan(nats(i)) ? 0 : nats(i); });
  wrong.resize(std::min(wrong.size(), kWorst));
  for (const std::size_t i : wrong)
    table.rows.push_back({examples[i].place, std::isnan(nats(i)) ? "" : fmt::format("{:.1f}", nats(i)),
                          marked(examples[i], answers[i], pipeline)});
  return table;
}

}  // namespace

std::vector<ReportTable> tables_of(const TagPipeline& pipeline, const TagScore& score,
                                   std::span<const TagAnswer> answers, std::span<const TagExample> examples,
                                   const std::string& split) {
  const Counted tags{"tag", "tags", "words", score.counts, pipeline.tags(), split};
  const Counted intents{"intent", "intents", "sentences", score.intents, pipeline.intents(), split};
  std::vector<ReportTable> tables{pipeline.has_chunks() ? chunk_table(score, split) : class_table(tags)};
  if (score.intents.examples() > 0) tables.push_back(class_table(intents));
  for (const Counted* const counted : {&tags, &intents})
    if (counted->counts.exact() < counted->counts.examples()) tables.push_back(confusion_table(*counted));
  if (score.exact < static_cast<Index>(examples.size()))
    tables.push_back(worst_table(answers, pipeline, examples, split));
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
