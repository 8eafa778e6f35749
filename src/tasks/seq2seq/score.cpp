#include "tasks/seq2seq/score.h"

#include <fmt/core.h>

#include <algorithm>
#include <numeric>

#include "base/text.h"

namespace recur {

Seq2SeqScore score_pairs(Seq2SeqNet& net, const Seq2SeqPipeline& pipeline, const DecodeConfig& options,
                         std::span<const PairExample> examples, ThreadPool& pool,
                         const std::function<bool()>& stop_requested) {
  Seq2SeqScore score;
  score.each_nats = nats_of(net, examples, pool, stop_requested);
  const auto answers = answers_of(net, options, examples, pool, stop_requested);
  for (std::size_t i = 0; i < examples.size(); ++i) {
    score.nats.add(score.each_nats[i], static_cast<Index>(examples[i].target.size()));
    score.texts.push_back(pipeline.text_of(answers[i].front().tokens));
    score.exact += score.texts.back() == examples[i].target_text;
  }
  return score;
}

Seq2SeqScore copied_sources(std::span<const PairExample> examples) {
  Seq2SeqScore score;
  for (const PairExample& example : examples) {
    score.texts.push_back(example.source_text);
    score.exact += example.source_text == example.target_text;
  }
  return score;
}

NamedNumbers metrics_of(const Seq2SeqScore& score, bool of_split) {
  NamedNumbers metrics;
  const bool measured = score.nats.count > 0;
  if (measured) metrics.emplace_back("perplexity", perplexity(score.nats.value()));
  metrics.emplace_back("exact", static_cast<double>(score.exact) / static_cast<double>(score.texts.size()));
  if (!of_split) return metrics;
  if (measured) {
    metrics.emplace_back("nats", score.nats.value());
    metrics.emplace_back("tokens", static_cast<double>(score.nats.count));
  }
  metrics.emplace_back("pairs", static_cast<double>(score.texts.size()));
  return metrics;
}

std::vector<ReportTable> tables_of(const Seq2SeqScore& score, std::span<const PairExample> examples,
                                   const std::string& split) {
  constexpr std::size_t kWorst = 10;
  std::vector<std::size_t> order(examples.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::greater{}, [&](std::size_t i) { return score.each_nats[i]; });
  order.resize(std::min(order.size(), kWorst));
  ReportTable table{.title = "least expected, " + split,
                    .columns = {"place", "nats", "source", "expected", "written"},
                    .rows = {}};
  for (const std::size_t i : order)
    table.rows.push_back({examples[i].place, fmt::format("{:.2f}", score.each_nats[i]),
                          shortened(examples[i].source_text), shortened(examples[i].target_text),
                          shortened(score.texts[i])});
  return {table};
}

}  // namespace recur
