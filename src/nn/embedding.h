// A table of vectors, one a token.
#pragma once

#include <string>

#include "nn/pass.h"

namespace recur {

/// y[r] = W[ids[r]]; W [vocabulary, width]. The gradient adds rows from the last to the first: the same bits
/// for any number of threads.
class Embedding {
 public:
  static constexpr Index kNoPadding = -1;

  /// Adds name.weight. The row `padding_idx` is read like any other but gets no gradient.
  Embedding(Parameters& parameters, const std::string& name, Index vocabulary, Index width,
            Index padding_idx = kNoPadding);

  Index vocabulary() const { return weight_->value.dim(0); }
  Index width() const { return weight_->value.dim(1); }
  Parameter& weight() const { return *weight_; }
  Index padding_idx() const { return padding_idx_; }

  /// ids: i32 of any shape with R values → [R, width]. REQUIRES: each id is in [0, vocabulary).
  Var forward(const Pass& pass, const Tensor& ids) const;

  /// The same; in training each token of the vocabulary is 0 with probability p wherever it stands in the
  /// batch, all others are divided by 1 − p (Gal & Ghahramani 2016, section 4.2; Merity et al. 2018, section
  /// 4.3). Tables of one model that have different numbers leave out different ids.
  Var forward(const Pass& pass, const Tensor& ids, double p, std::uint32_t table = 0) const;

  /// The whole table, for who looks things up on his own (Sequence::ids). REQUIRES: no padding_idx.
  Var table(const Pass& pass) const;

 private:
  Parameter* weight_;
  Index padding_idx_;
};

}  // namespace recur
