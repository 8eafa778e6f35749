// The likeliest sequences of a model that writes token by token: beam search over many sentences at once.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/thread_pool.h"
#include "base/types.h"

namespace recur {

/// How hypotheses are found and compared. A finished one scores
///   log P(Y) / lp(Y) + cp(Y),   lp(Y) = ((5 + |Y|) / 6)^α,   cp(Y) = β·Σ_i log(min(Σ_j p_ij, 1)),
/// with p_ij the attention of token j to position i of the source (Wu et al. 2016, "Google's neural machine
/// translation system", eq. 14). Y is counted with its end token, so that an empty answer has length 1; a
/// position that nothing looked at counts as 1e−9.
struct BeamOptions {
  Index beam = 5;                     ///< hypotheses that live at a time, of each sentence; 1: greedy
  Index n_best = 1;                   ///< results of each sentence, at most `beam`
  double length_penalty = 1;          ///< α ≥ 0; 0: the sum alone, which prefers short answers
  double coverage_penalty = 0;        ///< β ≥ 0; above 0 the model has to give its attention
  Index min_length = 0;               ///< tokens before the end token may come
  std::int32_t start = 0;             ///< what the first step reads
  std::int32_t end = 0;               ///< after which nothing comes
  std::vector<std::int32_t> never{};  ///< tokens that are not chosen, such as <unk>
  bool attention = false;             ///< whether the results have it
};

/// A sentence that is to be answered.
struct BeamSource {
  Index max_length = 100;  ///< tokens of the answer, its end not counted; after them only the end may come
  Index length = 0;        ///< positions that attention is given to; 0 where none is asked for
};

/// All hypotheses that live, of all sentences: a row each, those of a sentence adjoin, best first.
struct BeamRows {
  std::span<const Index>
      parents;  ///< the row of the call before that each goes on from; at first its sentence
  std::span<const Index> sentences;      ///< which sentence it belongs to, rising
  std::span<const std::int32_t> tokens;  ///< its last token
};

/// What a model says of these rows; valid until its next call.
struct BeamScores {
  std::span<const float> log_probabilities;  ///< [rows, tokens]; −∞: cannot come
  /// Of each row in turn as many weights as its source is long; empty where none are asked for.
  std::span<const float> attention;
};

/// Reads the last token of each row and says what comes next. In the first call there is a row a sentence,
/// with the start token; in the others a state has to be gathered by `parents` first.
using BeamModel = std::function<BeamScores(const BeamRows&)>;

struct BeamResult {
  std::vector<std::int32_t> tokens;  ///< without the end token
  double log_probability = 0;        ///< of the tokens and the end
  double score = 0;                  ///< by which results are ordered
  std::vector<float> attention;      ///< [tokens, source], where it is asked for
};

/// The best answers to each sentence, best first; fewer than n_best where there are no more. Of equal
/// hypotheses the one whose parent ranks higher comes first, then the one with the lower token. A sentence is
/// left when `beam` of its hypotheses have finished, or none that lives can reach the n-th best any more; so
/// what is found for it does not depend on the others.
/// Errors: ConfigError for options out of their range; DataError if a log-probability is NaN or +∞, or if no
/// token can come.
std::vector<std::vector<BeamResult>> beam_search(ThreadPool& pool, const BeamOptions& options,
                                                 std::span<const BeamSource> sources, const BeamModel& model);

}  // namespace recur
