#include "tasks/seq2seq/score.h"

#include <fmt/core.h>

#include <algorithm>
#include <numeric>
#include <unordered_map>

#include "base/text.h"

namespace recur {
namespace {

/// A model of words is scored by its own; others by those that sacreBLEU finds in their texts.
BleuOptions bleu_options(Level level) {
  return {.tokens = level == Level::word ? BleuTokens::none : BleuTokens::mteval_13a};
}

/// Compares score.texts with what was expected.
void compare(const Seq2SeqPipeline& pipeline, std::span<const PairExample> examples, Seq2SeqScore& score) {
  // The targets that count as right for each text that is scored, and its number.
  std::vector<std::pair<std::size_t, std::vector<std::string>>> expected;
  std::unordered_map<std::string_view, std::size_t> known;
  for (std::size_t i = 0; i < examples.size(); ++i) {
    const auto [at, is_new] = known.try_emplace(examples[i].source_text, expected.size());
    if (is_new || !pipeline.many_references()) {
      expected.emplace_back(i, std::vector{examples[i].target_text});
    } else {
      expected[at->second].second.push_back(examples[i].target_text);
    }
  }
  BleuCounts words;
  ChrfCounts characters;
  score.references = static_cast<Index>(expected.front().second.size());
  for (const auto& [i, references] : expected) {
    const std::string& text = score.texts[i];
    words.add(bleu_counts(text, references, bleu_options(pipeline.level())));
    characters.add(chrf_counts(text, references, {}));
    const Rouge rouge = recur::rouge(text, references);
    score.rouge.rouge_1 += rouge.rouge_1;
    score.rouge.rouge_2 += rouge.rouge_2;
    score.rouge.rouge_l += rouge.rouge_l;
    score.rouge_l.push_back(rouge.rouge_l);
    if (std::ranges::find(references, text) != references.end()) score.exact += 1;
    if (score.references != static_cast<Index>(references.size())) score.references = 0;
  }
  const auto count = static_cast<double>(expected.size());
  score.bleu = bleu(words);
  score.chrf = chrf(characters);
  for (double* mean : {&score.rouge.rouge_1, &score.rouge.rouge_2, &score.rouge.rouge_l, &score.exact})
    *mean /= count;
}

ReportTable verdict(const Seq2SeqPipeline& pipeline, const Seq2SeqScore& score, const SimpleScores& simple,
                    const std::string& split) {
  ReportTable table{.columns = {"", "BLEU", "chrF", "ROUGE-1", "ROUGE-2", "ROUGE-L", "exact"}, .rows = {}};
  const auto add = [&](const std::string& name, const Seq2SeqScore& s) {
    std::vector<std::string> row{name};
    for (const double value : {s.bleu.score, s.chrf, 100 * s.rouge.rouge_1, 100 * s.rouge.rouge_2,
                               100 * s.rouge.rouge_l, 100 * s.exact})
      row.push_back(fmt::format("{:.2f}", value));
    table.rows.push_back(std::move(row));
  };
  add("this model", score);
  for (const auto& [name, baseline] : simple) add(name, baseline);
  table.title =
      fmt::format("beside simple models, {}; {}", split,
                  score.bleu.describe(bleu_signature(bleu_options(pipeline.level()), score.references)));
  return table;
}

/// The first `count` of the words, or of the characters, of a text.
std::string beginning(const std::string& text, Index count, Level level) {
  const char *at = text.data(), *const end = at + text.size();
  for (; at < end && count > 0; --count) {
    if (level == Level::word) {
      at = std::find(at, end, ' ');
      if (count > 1 && at < end) ++at;
    } else {
      next_code_point(at);
    }
  }
  return {text.data(), at};
}

}  // namespace

Seq2SeqScore score_pairs(Seq2SeqNet& net, const Seq2SeqPipeline& pipeline, const DecodeConfig& options,
                         std::span<const PairExample> examples, ThreadPool& pool,
                         const std::function<bool()>& stop_requested) {
  Seq2SeqScore score;
  score.each_nats = nats_of(net, examples, pool, stop_requested);
  const auto answers = answers_of(net, options, examples, pool, stop_requested);
  for (std::size_t i = 0; i < examples.size(); ++i) {
    score.nats.add(score.each_nats[i], static_cast<Index>(examples[i].target.size()));
    score.texts.push_back(pipeline.text_of(answers[i].front().tokens));
  }
  compare(pipeline, examples, score);
  return score;
}

SimpleScores simple_scores(const Seq2SeqPipeline& pipeline, std::span<const PairExample> examples) {
  SimpleScores simple(2);
  const std::string unit(plural(pipeline.lead_level()));
  simple[0].first = "copy of the source";
  simple[1].first = fmt::format("its first {} {}", pipeline.lead(), unit);
  for (const PairExample& example : examples) {
    simple[0].second.texts.push_back(example.source_text);
    simple[1].second.texts.push_back(beginning(example.source_text, pipeline.lead(), pipeline.lead_level()));
  }
  for (auto& [name, score] : simple) compare(pipeline, examples, score);
  return simple;
}

NamedNumbers metrics_of(const Seq2SeqScore& score, bool of_split) {
  NamedNumbers metrics{{"bleu", score.bleu.score}};
  const bool measured = score.nats.count > 0;
  if (measured) metrics.emplace_back("perplexity", perplexity(score.nats.value()));
  metrics.emplace_back("exact", score.exact);
  if (!of_split) return metrics;
  metrics.emplace_back("chrf", score.chrf);
  metrics.emplace_back("rouge_1", score.rouge.rouge_1);
  metrics.emplace_back("rouge_2", score.rouge.rouge_2);
  metrics.emplace_back("rouge_l", score.rouge.rouge_l);
  if (measured) {
    metrics.emplace_back("nats", score.nats.value());
    metrics.emplace_back("tokens", static_cast<double>(score.nats.count));
  }
  metrics.emplace_back("pairs", static_cast<double>(score.texts.size()));
  return metrics;
}

std::vector<ReportTable> tables_of(const Seq2SeqPipeline& pipeline, const Seq2SeqScore& score,
                                   const SimpleScores& simple, std::span<const PairExample> examples,
                                   const std::string& split) {
  constexpr std::size_t kWorst = 10;
  std::vector<std::size_t> order(examples.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::greater{}, [&](std::size_t i) { return score.each_nats[i]; });
  order.resize(std::min(order.size(), kWorst));
  ReportTable worst{.title = "least expected, " + split,
                    .columns = {"place", "nats", "source", "expected", "written"},
                    .rows = {}};
  for (const std::size_t i : order)
    worst.rows.push_back({examples[i].place, fmt::format("{:.2f}", score.each_nats[i]),
                          shortened(examples[i].source_text), shortened(examples[i].target_text),
                          shortened(score.texts[i])});
  return {verdict(pipeline, score, simple, split), worst};
}

}  // namespace recur
