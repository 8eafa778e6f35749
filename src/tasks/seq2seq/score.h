// How a seq2seq model did on a set of pairs.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "metrics/bleu.h"
#include "metrics/chrf.h"
#include "metrics/rouge.h"
#include "tasks/seq2seq/answers.h"
#include "train/events.h"
#include "train/metrics.h"
#include "train/report.h"

namespace recur {

/// What a model, or a baseline, writes for a set of pairs, beside what was expected. Texts are compared as
/// the model sees them: in lower case if it does, their tokens parted by spaces, so that BLEU is of these
/// tokens. With many_references each different source counts once, and the targets of all its pairs are
/// right.
struct Seq2SeqScore {
  WeightedMean nats;               ///< of target tokens, </s> among them; not measured of a baseline
  std::vector<double> each_nats;   ///< of each pair
  std::vector<std::string> texts;  ///< what was written for each pair
  BleuScore bleu;
  Index references = 1;         ///< of each text; 0: not as many of each
  double chrf = 0;              ///< 0 to 100, as BLEU
  Rouge rouge;                  ///< means, 0 to 1
  std::vector<double> rouge_l;  ///< of each text that is scored
  double exact = 0;             ///< share of texts that are one of those expected, to the letter
};

Seq2SeqScore score_pairs(Seq2SeqNet& net, const Seq2SeqPipeline& pipeline, const DecodeConfig& options,
                         std::span<const PairExample> examples, ThreadPool& pool,
                         const std::function<bool()>& stop_requested = {});

/// Baselines by name: the source as it is, and its first tokens, as many as a target has on average.
using SimpleScores = std::vector<std::pair<std::string, Seq2SeqScore>>;
SimpleScores simple_scores(const Seq2SeqPipeline& pipeline, std::span<const PairExample> examples);

/// "bleu", "perplexity", "exact"; of a split also "chrf", "rouge_1", "rouge_2", "rouge_l", "nats", "tokens",
/// "pairs".
NamedNumbers metrics_of(const Seq2SeqScore& score, bool of_split);

/// The scores beside those of the baselines, and the pairs that were least expected.
std::vector<ReportTable> tables_of(const Seq2SeqPipeline& pipeline, const Seq2SeqScore& score,
                                   const SimpleScores& simple, std::span<const PairExample> examples,
                                   const std::string& split);

}  // namespace recur
