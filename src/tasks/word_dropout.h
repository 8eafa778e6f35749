// Word dropout: words that a model does without while it trains.
#pragma once

#include "base/function_ref.h"
#include "nn/pass.h"

namespace recur {

/// A copy of words [T], or of rows [T, columns] whose first column is the word, in which each is `unknown`
/// with probability p(word): a function of where it stands (Iyyer et al. 2015, "word dropout"). `sequence`:
/// its place in the batch.
Tensor drop_words(const Tensor& words, FunctionRef<double(std::int32_t)> p, std::int32_t unknown,
                  const Pass& pass, Index sequence);

}  // namespace recur
