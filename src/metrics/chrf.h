// chrF: how many runs of characters of a translation its reference has, as sacreBLEU counts them.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "base/types.h"

namespace recur {

struct ChrfOptions {
  bool words = false;  ///< with words and pairs of them: chrF++
  bool lower_case = false;
};

/// n-grams of characters without white space, n = 1 … 6, then of words, n = 1, 2 (0 for chrF).
struct ChrfCounts {
  static constexpr std::size_t kCharacters = 6, kWords = 2, kOrder = kCharacters + kWords;

  std::array<Index, kOrder> found{}, expected{}, common{};

  void add(const ChrfCounts& other);
};

/// Counts of one sentence against that of its references for which its own score is best (the first of
/// equals). REQUIRES: valid UTF-8, at least one reference.
ChrfCounts chrf_counts(std::string_view hypothesis, std::span<const std::string> references,
                       const ChrfOptions& options);

/// F2 of the means of precision and recall over the orders that both sides have; 0 to 100 (Popović 2015 and
/// 2017).
double chrf(const ChrfCounts& counts);

/// "nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|version:recur-…"; `references` as for bleu_signature.
std::string chrf_signature(const ChrfOptions& options, Index references);

}  // namespace recur
