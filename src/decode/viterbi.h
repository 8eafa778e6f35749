// The likeliest sequences of tags of a linear chain.
#pragma once

#include <cstdint>
#include <vector>

#include "nn/crf.h"

namespace recur {

/// A sequence of tags and its score: start + Σ (step + transition) + end.
struct TagPath {
  std::vector<std::int32_t> tags;
  double score = 0;
};

/// The `count` best sequences for scores [steps, tags], best first (fewer where there are no more that the
/// rules allow); of equal ones those with lower tags at the end (Viterbi 1967; Seshadri & Sundberg 1994 for
/// more than one). REQUIRES: steps ≥ 0, count ≥ 1.
std::vector<TagPath> best_paths(const float* scores, Index steps, const ChainScores& chain, Index count);

}  // namespace recur
