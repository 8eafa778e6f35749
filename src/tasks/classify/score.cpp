#include "tasks/classify/score.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.h"
#include "base/text.h"
#include "metrics/bootstrap.h"
#include "tasks/model_network.h"

namespace recur {
namespace {

constexpr std::size_t kMostClasses = 50;   // in the table of classes
constexpr std::size_t kMostConfused = 12;  // classes of a whole confusion matrix; pairs of one cut short
constexpr std::size_t kWorst = 10;

std::string share(double value) { return fmt::format("{:.4f}", value); }

std::string names_of_labels(const ClassifyPipeline& pipeline, const std::vector<std::int32_t>& labels) {
  std::string text;
  for (const std::int32_t c : labels) text += (text.empty() ? "" : " + ") + pipeline.labels().name(c);
  return text.empty() ? "(none)" : shortened(text);
}

/// −ln of the probability of an example's labels; of many labels, the mean over all decisions.
double nats_of(const std::vector<float>& p, const std::vector<std::int32_t>& labels, bool many) {
  const auto nats = [](double probability) { return -std::log(std::max(probability, 1e-45)); };
  if (!many) return nats(p[static_cast<std::size_t>(labels.front())]);
  double sum = 0;
  for (std::size_t c = 0; c < p.size(); ++c) {
    const bool has = std::ranges::binary_search(labels, static_cast<std::int32_t>(c));
    sum += nats(has ? double{p[c]} : 1 - double{p[c]});
  }
  return sum / static_cast<double>(p.size());
}

ReportTable class_table(const ClassifyScore& score, const ClassifyPipeline& pipeline,
                        const std::string& split) {
  ReportTable table{.title = "classes, " + split,
                    .columns = {"label", "precision", "recall", "f1", "examples"},
                    .rows = {}};
  std::vector<Index> order(static_cast<std::size_t>(score.counts.classes()));
  std::iota(order.begin(), order.end(), Index{0});
  if (order.size() > kMostClasses) {
    std::ranges::stable_sort(order, {}, [&](Index c) { return score.counts.of(c).f1(); });
    order.resize(kMostClasses);
    table.title += fmt::format(" (the {} with the lowest f1 of {})", kMostClasses, score.counts.classes());
  }
  for (const Index c : order) {
    const ClassCounts& counts = score.counts.of(c);
    table.rows.push_back({shortened(pipeline.labels().name(c)), share(counts.precision()),
                          share(counts.recall()), share(counts.f1()), format_count(counts.support)});
  }
  return table;
}

ReportTable confusion_table(const ClassifyScore& score, const ClassifyPipeline& pipeline,
                            const std::string& split) {
  const Index classes = score.counts.classes();
  const auto name = [&](Index c) { return shortened(pipeline.labels().name(c)); };
  if (classes <= static_cast<Index>(kMostConfused)) {
    ReportTable table{.title = "confusion, " + split + ": a row is a true label, a column an answer",
                      .columns = {""},
                      .rows = {}};
    for (Index c = 0; c < classes; ++c) table.columns.push_back(name(c));
    for (Index t = 0; t < classes; ++t) {
      auto& row = table.rows.emplace_back(std::vector{name(t)});
      for (Index p = 0; p < classes; ++p) row.push_back(format_count(score.counts.confused(t, p)));
    }
    return table;
  }
  ReportTable table{
      .title = "most frequent confusions, " + split, .columns = {"label", "answer", "examples"}, .rows = {}};
  std::vector<std::pair<Index, Index>> pairs;
  for (Index t = 0; t < classes; ++t)
    for (Index p = 0; p < classes; ++p)
      if (t != p && score.counts.confused(t, p) > 0) pairs.emplace_back(t, p);
  std::ranges::stable_sort(pairs, std::greater{},
                           [&](const auto& pair) { return score.counts.confused(pair.first, pair.second); });
  pairs.resize(std::min(pairs.size(), kMostConfused));
  for (const auto& [t, p] : pairs)
    table.rows.push_back({name(t), name(p), format_count(score.counts.confused(t, p))});
  return table;
}

/// The input on one line.
std::string one_line(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  return shortened(text);
}

ReportTable worst_table(const ClassifyScore& score, const ClassifyPipeline& pipeline,
                        std::span<const Example> examples, bool many, const std::string& split) {
  ReportTable table{.title = "furthest from right, " + split,
                    .columns = {"place", "label", "answer", many ? "nats" : "p(label)", "input"},
                    .rows = {}};
  std::vector<std::size_t> wrong;
  std::vector<double> nats(examples.size());
  for (std::size_t i = 0; i < examples.size(); ++i) {
    nats[i] = nats_of(score.probabilities[i], examples[i].labels, many);
    if (score.answers[i] != examples[i].labels) wrong.push_back(i);
  }
  std::ranges::stable_sort(wrong, std::greater{}, [&](std::size_t i) { return nats[i]; });
  wrong.resize(std::min(wrong.size(), kWorst));
  for (const std::size_t i : wrong)
    table.rows.push_back({examples[i].place, names_of_labels(pipeline, examples[i].labels),
                          names_of_labels(pipeline, score.answers[i]),
                          share(many ? nats[i] : std::exp(-nats[i])), one_line(examples[i].shown)});
  return table;
}

}  // namespace

std::vector<std::vector<float>> logits_of(Model& model, std::span<const Example> examples, ThreadPool& pool,
                                          const std::function<bool()>& stop_requested) {
  // Near lengths together, in batches that neither few long nor many short examples make large.
  constexpr Index kMostRows = 16384, kMostExamples = 256;
  std::vector<std::size_t> order(examples.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return examples[i].input.dim(0); });
  std::vector<std::vector<float>> logits(examples.size());
  for (std::size_t begin = 0; begin < order.size();) {
    throw_if_asked(stop_requested);
    std::vector<Tensor> batch;
    Index rows = 0;
    std::size_t end = begin;
    for (; end < order.size() && static_cast<Index>(batch.size()) < kMostExamples; ++end) {
      const Tensor& input = examples[order[end]].input;
      if (end > begin && rows + input.dim(0) > kMostRows) break;
      batch.push_back(input);
      rows += input.dim(0);
    }
    const Tensor y = forward_sequences(model, {.pool = pool}, batch, layout_of(batch)).y.value;
    for (std::size_t i = begin; i < end; ++i) {
      const float* const row = y.data<float>() + static_cast<Index>(i - begin) * y.dim(1);
      logits[order[i]].assign(row, row + y.dim(1));
    }
    begin = end;
  }
  return logits;
}

ClassifyScore score_examples(Model& model, const ClassifyPipeline& pipeline,
                             std::span<const Example> examples, ThreadPool& pool,
                             const std::function<bool()>& stop_requested) {
  ClassifyScore score{
      .counts = ClassificationScore(pipeline.labels().size()), .probabilities = {}, .answers = {}};
  double sum = 0;
  const std::vector<std::vector<float>> logits = logits_of(model, examples, pool, stop_requested);
  for (std::size_t i = 0; i < examples.size(); ++i) {
    score.probabilities.push_back(pipeline.probabilities(logits[i].data()));
    sum += nats_of(score.probabilities.back(), examples[i].labels, pipeline.many_labels());
  }
  score.nats = examples.empty() ? kNotMeasured : sum / static_cast<double>(examples.size());
  answer_anew(score, pipeline, examples);
  return score;
}

void answer_anew(ClassifyScore& score, const ClassifyPipeline& pipeline, std::span<const Example> examples) {
  score.counts = ClassificationScore(pipeline.labels().size());
  score.answers.clear();
  for (std::size_t i = 0; i < examples.size(); ++i) {
    score.answers.push_back(pipeline.decide(score.probabilities[i]));
    if (pipeline.many_labels()) {
      score.counts.add(examples[i].labels, score.answers.back());
    } else {
      score.counts.add(examples[i].labels.front(), score.answers.back().front());
    }
  }
}

NamedNumbers metrics_of(const ClassificationScore& counts) {
  return {{"accuracy", counts.accuracy()}, {"f1_macro", counts.f1_macro()}, {"f1_micro", counts.f1_micro()}};
}

NamedNumbers metrics_of(const ClassifyScore& score) {
  NamedNumbers metrics = metrics_of(score.counts);
  const ShareInterval interval = score.counts.accuracy_interval();
  metrics.insert(metrics.end(), {{"accuracy_low", interval.low},
                                 {"accuracy_high", interval.high},
                                 {"nats", score.nats},
                                 {"examples", static_cast<double>(score.counts.examples())}});
  return metrics;
}

std::vector<ReportTable> tables_of(const ClassifyScore& score, const ClassifyPipeline& pipeline,
                                   std::span<const Example> examples, const std::string& split) {
  std::vector<ReportTable> tables{class_table(score, pipeline, split)};
  if (!pipeline.many_labels()) tables.push_back(confusion_table(score, pipeline, split));
  if (score.counts.exact() < score.counts.examples())
    tables.push_back(worst_table(score, pipeline, examples, pipeline.many_labels(), split));
  return tables;
}

const char* judged_by(bool many_labels) { return many_labels ? "f1_micro" : "accuracy"; }

ScorePerExample each_of(std::span<const std::vector<std::int32_t>> answers, std::span<const Example> examples,
                        bool many_labels) {
  ScorePerExample each{.metric = judged_by(many_labels), .higher_is_better = true, .values = {}};
  if (!many_labels) {
    for (std::size_t i = 0; i < examples.size(); ++i)
      each.values.push_back(answers[i] == examples[i].labels ? 1 : 0);
    return each;
  }
  std::vector<double> twice_right, labels;  // n and d
  for (std::size_t i = 0; i < examples.size(); ++i) {
    const auto right = std::ranges::count_if(
        answers[i], [&](std::int32_t c) { return std::ranges::binary_search(examples[i].labels, c); });
    twice_right.push_back(2 * static_cast<double>(right));
    labels.push_back(static_cast<double>(answers[i].size() + examples[i].labels.size()));
  }
  const double all = std::accumulate(labels.begin(), labels.end(), 0.0);
  if (all == 0) {
    each.values.assign(examples.size(), 0);
    return each;
  }
  const double f1 = std::accumulate(twice_right.begin(), twice_right.end(), 0.0) / all;
  const double mean = all / static_cast<double>(examples.size());
  for (std::size_t i = 0; i < examples.size(); ++i)
    each.values.push_back(f1 + (twice_right[i] - f1 * labels[i]) / mean);
  return each;
}

ReportTable verdict_on(const std::string& split, double value, const ScorePerExample& own,
                       const std::vector<SimpleScore>& simple) {
  ReportTable table{.columns = {"", own.metric, "difference", "95 % interval"},
                    .rows = {{"this model", share(value), "", ""}}};
  const SimpleScore* best = nullptr;
  bool may_be_chance = false;  // the difference to the best
  for (const SimpleScore& one : simple) {
    auto& row = table.rows.emplace_back(
        std::vector<std::string>{one.name, share(one.value), fmt::format("{:+.4f}", one.value - value), ""});
    const bool leads = best == nullptr || one.value > best->value;
    if (leads) best = &one;
    if (leads) may_be_chance = false;
    if (one.each.empty() || own.values.empty()) continue;
    const DifferenceInterval between = paired_bootstrap(own.values, one.each);
    row.back() = fmt::format("{:+.4f} to {:+.4f}", between.low, between.high);
    if (leads) may_be_chance = between.low <= 0 && between.high >= 0;
  }
  const double lead = 100 * (value - best->value);
  const std::string chance = may_be_chance ? ", which may be chance" : "";
  table.title = fmt::format(
      "beside simple models, {}: {}", split,
      lead > 0 ? fmt::format("the model is {:.1f} points ahead of the best of them, {}{}", lead, best->name,
                             chance)
      : lead < 0
          ? fmt::format("the model is NOT better: {} is {:.1f} points ahead{}", best->name, -lead, chance)
          : fmt::format("the model is no better: {} is as good", best->name));
  return table;
}

}  // namespace recur
