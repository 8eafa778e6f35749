// How a seq2seq model did on a set of pairs.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "tasks/seq2seq/answers.h"
#include "train/events.h"
#include "train/metrics.h"
#include "train/report.h"

namespace recur {

/// What a model, or a baseline, writes for a set of pairs, beside what was expected.
struct Seq2SeqScore {
  WeightedMean nats;               ///< of target tokens, </s> among them; not measured of a baseline
  std::vector<double> each_nats;   ///< of each pair
  std::vector<std::string> texts;  ///< what was written
  Index exact = 0;                 ///< texts that are the expected ones to the letter
};

Seq2SeqScore score_pairs(Seq2SeqNet& net, const Seq2SeqPipeline& pipeline, const DecodeConfig& options,
                         std::span<const PairExample> examples, ThreadPool& pool,
                         const std::function<bool()>& stop_requested = {});
/// The sources as they are.
Seq2SeqScore copied_sources(std::span<const PairExample> examples);

/// "perplexity", "exact"; of a split also "nats", "tokens" and "pairs".
NamedNumbers metrics_of(const Seq2SeqScore& score, bool of_split);

/// The pairs that were told worst.
std::vector<ReportTable> tables_of(const Seq2SeqScore& score, std::span<const PairExample> examples,
                                   const std::string& split);

}  // namespace recur
