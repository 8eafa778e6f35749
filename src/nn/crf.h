// A linear-chain conditional random field over the steps of each sequence.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "nn/losses.h"
#include "nn/pass.h"

namespace recur {

/// Which tags may follow which, begin and end a sequence: 1 or 0.
struct ChainRules {
  std::vector<std::uint8_t> follow;      ///< [from, to], tags × tags
  std::vector<std::uint8_t> begin, end;  ///< [tags]

  /// Everything may be.
  static ChainRules free(Index tags);
  bool operator==(const ChainRules&) const = default;
};

/// The scores of a chain besides those of its steps; kForbidden (−1e30) where the rules forbid.
struct ChainScores {
  Index tags = 0;
  std::vector<float> transition;  ///< [from, to]
  std::vector<float> start, end;  ///< [tags]
};

/// p(tags | scores) = exp(start(y₁) + Σ_t scores(t, y_t) + Σ_t transition(y_t, y_t+1) + end(y_T)) / Z, summed
/// in Z over all sequences that the rules allow (Lafferty, McCallum & Pereira 2001; Huang et al. 2015).
class Crf {
 public:
  /// Adds prefix + "transition" [tags, tags] (from, to), "start" and "end" [tags], all 0.
  Crf(Parameters& parameters, const std::string& prefix, Index tags, ChainRules rules);

  Index tags() const { return tags_; }

  /// −ln p of tags i32 [rows] for each sequence, by its number: Loss::each [N]. scores [rows, tags], both
  /// packed as the layout says. The mean is over rows: the loss of a step. A sequence with a tag below 0
  /// counts nothing, nor do its rows. REQUIRES: tags that the rules allow.
  Loss loss(const Pass& pass, const Var& scores, const Tensor& tags, const LayoutPtr& layout) const;

  /// Probability of each tag at each step, [rows, tags], and ln Z of each sequence, by its number.
  struct Marginals {
    Tensor probabilities;
    std::vector<double> log_sums;
  };
  Marginals marginals(const Pass& pass, const Tensor& scores, const LayoutPtr& layout) const;

  /// What a search for the best tags goes by. REQUIRES: parameters in float.
  ChainScores scores() const;

 private:
  Index tags_;
  ChainRules rules_;
  Parameter *transition_, *start_, *end_;
};

}  // namespace recur
