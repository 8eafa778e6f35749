// BLEU: how many n-grams of a translation its references have, as sacreBLEU counts them.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "base/types.h"

namespace recur {

/// How sentences become words (sacreBLEU's --tokenize): WMT's mteval-v13a; mteval-v14's by Unicode's classes;
/// by white space alone, for text that is already cut.
enum class BleuTokens { mteval_13a, international, none };

struct BleuOptions {
  BleuTokens tokens = BleuTokens::mteval_13a;
  bool lower_case = false;
};

/// What BLEU is made of, for a sentence or, added up, for a corpus.
struct BleuCounts {
  static constexpr std::size_t kOrder = 4;

  std::array<Index, kOrder> correct{}, total{};  ///< n-grams of the hypothesis that a reference has; all
  Index length = 0, reference_length = 0;        ///< in words; of the references the one nearest in length

  void add(const BleuCounts& other);
};

/// Counts of one sentence. An n-gram is correct as often as it occurs in the reference that has it most
/// often; of references equally near in length the shorter one counts. REQUIRES: valid UTF-8, at least one
/// reference.
BleuCounts bleu_counts(std::string_view hypothesis, std::span<const std::string> references,
                       const BleuOptions& options);

/// Scores from 0 to 100.
struct BleuScore {
  double score = 0;
  std::array<double, BleuCounts::kOrder> precisions{};  ///< smoothed
  double brevity_penalty = 1;
  BleuCounts counts{};

  /// "BLEU|nrefs:1|… = 41.64 72.7/50.0/33.3/25.0 (BP = 1.000 ratio = 1.000 hyp_len = 11 ref_len = 11)", as
  /// sacreBLEU prints it.
  std::string describe(std::string_view signature) const;
};

/// BLEU = BP·exp(Σ_n log p_n / 4), BP = exp(1 − r/c) where the length c is below r (Papineni et al. 2002).
/// A p_n of 0 is 1/(2^k·total), k counting such n (smoothing of mteval-v13a, "exp"). `effective_order`
/// leaves out the n for which a sentence is too short: for scores of sentences.
BleuScore bleu(const BleuCounts& counts, bool effective_order = false);

/// What one has to know to compute it again: "nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:recur-…".
/// `references` of each sentence; 0: not the same number of each.
std::string bleu_signature(const BleuOptions& options, Index references, bool effective_order = false);

}  // namespace recur
