// Attention: what a decoder sees of the steps that an encoder has read.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "nn/initialise.h"
#include "nn/linear.h"

namespace recur {

/// How a query q scores the vector h of a step.
enum class AttentionScore {
  none,      ///< nothing is looked at
  additive,  ///< vᵀ tanh(W q + b + U h) (Bahdanau et al. 2015, section A.1.2)
  dot,       ///< qᵀ h (Luong et al. 2015, eq. 8)
  general,   ///< qᵀ W h
};
constexpr std::array<std::string_view, 4> names_of(AttentionScore) {
  return {"none", "additive", "dot", "general"};
}

/// What is looked at: the steps of each sequence one behind the other, made once for all queries.
struct AttentionMemory {
  Var values;                ///< [rows, width]
  Var keys;                  ///< [rows, ·]: what queries are compared with
  std::vector<Index> begin;  ///< first row of each sequence, and the number of rows

  Index length(Index sequence) const {
    return begin[static_cast<std::size_t>(sequence) + 1] - begin[static_cast<std::size_t>(sequence)];
  }
};

struct Attended {
  Var context;               ///< [queries, width]: Σ_s α_s·h_s; 0 where there is no step
  Tensor weights;            ///< α, those of one query behind those of another
  std::vector<Index> begin;  ///< where those of each query begin
};

/// α = softmax over the steps s of a sequence of score(q, h_s); the context is Σ_s α_s·h_s. Sequences are
/// ragged: nothing is padded, nothing masked. A query has the same bits alone and among others; gradients
/// have the same bits for any number of threads.
class Attention {
 public:
  struct Shape {
    Index query = 0, memory = 0;  ///< widths of a query and of an encoded step
    Index size = 0;               ///< units of the additive score
  };
  /// Adds prefix + "query.weight", "query.bias", "memory.weight" and "score.weight" as far as there are such.
  /// Throws ConfigError for widths that cannot be multiplied. REQUIRES: not AttentionScore::none.
  Attention(Parameters& parameters, const std::string& prefix, AttentionScore score, const Shape& shape);

  void initialise(const InitialiserConfig& config, Random& random);

  AttentionMemory remember(const Pass& pass, const Sequence& encoded) const;
  /// What each query [R, query] sees of its sequence, `sequences` [R] by number.
  Attended attend(const Pass& pass, const Var& queries, std::span<const Index> sequences,
                  const AttentionMemory& memory) const;

 private:
  std::optional<Linear> query_, memory_;
  Parameter* vector_ = nullptr;  // v
};

}  // namespace recur
