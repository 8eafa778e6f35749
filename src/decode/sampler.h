// Which token comes next, drawn from a model's logits.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/types.h"

namespace recur {

/// How tokens are drawn. In this order: logits are divided by the temperature, the top_k most probable stay,
/// of these the fewest whose probabilities reach top_p stay (A. Holtzman et al., "The curious case of neural
/// text degeneration", 2020, equations 2 and 3), and one of them is drawn by its probability.
struct Sampling {
  double temperature = 1;               // at least 0; 0 takes the most probable token
  Index top_k = 0;                      // tokens that may be drawn; 0: all
  double top_p = 1;                     // above 0, at most 1 (all)
  std::uint64_t seed = 0;               // another seed, another text
  std::optional<std::int32_t> never{};  // a token that is not drawn, such as <unk>
};

/// Draws tokens. A draw is a function of the logits, the options and its position: the draws of one position
/// are the same in any order, and however often. Where two tokens are equally probable, the smaller id counts
/// as the larger.
class Sampler {
 public:
  /// Errors: ConfigError if an option is out of its range.
  explicit Sampler(const Sampling& options);

  /// The token at `position` of the text. A logit of −∞ is a token that cannot come.
  /// Errors: DataError if a logit is NaN or +∞, or if no token can come.
  std::int32_t next(std::span<const float> logits, std::uint64_t position);

 private:
  Sampling options_;
  std::vector<std::pair<float, std::int32_t>>
      tokens_;                   // logit and id of those that may be drawn: memory kept
  std::vector<double> weights_;  // of these, not normalised
};

}  // namespace recur
