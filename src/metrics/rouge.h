// ROUGE: how many words, pairs of words and words in order a summary shares with its reference.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace recur {

/// F1 of single words, of pairs, and of the longest common subsequence, in [0, 1] (Lin 2004).
struct Rouge {
  double rouge_1 = 0, rouge_2 = 0, rouge_l = 0;
};

/// As Google's rouge_score computes them without stemming: words are runs of a to z and 0 to 9 after lower
/// case; everything else parts them, other letters too. Of several references the best one counts, for each
/// score by itself. The score of a corpus is the mean over its sentences. REQUIRES: valid UTF-8.
Rouge rouge(std::string_view hypothesis, std::span<const std::string> references);

}  // namespace recur
