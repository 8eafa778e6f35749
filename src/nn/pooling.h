// One vector of a whole sequence: pooling over time.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "base/enum_names.h"
#include "nn/linear.h"
#include "nn/pass.h"

namespace recur {

enum class Pool { last, mean, max, attention };
constexpr std::array<std::string_view, 4> names_of(Pool) { return {"last", "mean", "max", "attention"}; }

/// x [rows, width] → [N, width], in the order of the batch's sequences; of length 0: 0. A sequence has the
/// same bits alone and in any batch.
Var pool_last(const Pass& pass, const Sequence& x);
Var pool_mean(const Pass& pass, const Sequence& x);
/// Of equal values the first gets the gradient.
Var pool_max(const Pass& pass, const Sequence& x);
/// Σ_t a_t·x_t, a = softmax over the sequence's steps of scores [rows, 1].
Var pool_weighted(const Pass& pass, const Sequence& x, const Var& scores);

/// Any of them. Attention (additive; Bahdanau et al. 2015): score_t = vᵀ tanh(W x_t + b).
class Pooling {
 public:
  /// Attention adds name.weight [units, width], name.bias and name.v.weight [1, units]; the others nothing.
  Pooling(Parameters& parameters, const std::string& name, Pool kind, Index width, Index attention_units);

  Var forward(const Pass& pass, const Sequence& x) const;

  Pool kind() const { return kind_; }
  /// The layers inside attention, to be initialised; null for the others.
  const Linear* hidden() const { return hidden_ ? &*hidden_ : nullptr; }
  const Linear* score() const { return score_ ? &*score_ : nullptr; }

 private:
  Pool kind_;
  std::optional<Linear> hidden_, score_;
};

}  // namespace recur
