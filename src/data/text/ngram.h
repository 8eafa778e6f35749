// The baseline of a language model: smoothed counts of short sequences.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/types.h"
#include "data/text/level.h"
#include "data/text/tokens.h"

namespace recur {

/// An n-gram model with interpolated modified Kneser-Ney smoothing (S. Chen, J. Goodman, "An empirical study
/// of smoothing techniques for language modeling", 1998, equations 23 to 26). With h′ for h without its first
/// token,
///
///   p(w | h) = (max(c(hw) − D(c), 0) + (D₁ N₁ + D₂ N₂ + D₃₊ N₃₊) p(w | h′)) / Σ_v c(hv)
///
/// where c counts occurrences for the longest h, and for the others the different tokens seen before hw; N_i
/// is the number of v with c(hv) = i. The recursion ends in 1/V, so every token has a probability above 0 and
/// all add up to 1.
///
/// Each sequence is a node whose parent is the sequence without its last token, so (parent, token) names it
/// exactly.
class NgramModel {
 public:
  struct Options {
    Index vocabulary = 0;
    Index order = 6;                  // tokens of the longest sequences, at most 16
    Index max_tokens = 20'000'000;    // counted at most: bounds the time (about 1 µs each)
    Index max_sequences = 8'000'000;  // kept at most: bounds the memory (about 60 bytes each)
  };

  /// The order that suits a text of about a million tokens: 6 for characters; 5 for words, as in the
  /// published figures, and for sub-words.
  static constexpr Index usual_order(Level level) { return ends_lines(level) ? 5 : 6; }

  /// Counts the beginning of `tokens`, as much as the bounds allow.
  NgramModel(const Tokens& tokens, const Options& options);

  /// How many tokens were counted, and whether those were all.
  Index tokens_counted() const noexcept { return tokens_counted_; }
  bool counted_all() const noexcept { return counted_all_; }

  /// The mean of −ln p over all tokens but the first, each after all that precede it. Needs two tokens at
  /// least.
  double nats_per_token(const Tokens& tokens) const;

  /// Fills p(w | history) for every w of the vocabulary.
  void probabilities(std::span<const std::int32_t> history, std::span<double> out) const;

 private:
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;
  static constexpr Index kMaxOrder = 16;

  /// The nodes of the last 0, 1, …, order − 1 tokens, kNone where they were never seen.
  struct History {
    std::array<std::uint32_t, kMaxOrder> nodes;
    Index length = 0;  // of the longest, in tokens
  };

  /// A sequence, and what followed it.
  struct Node {
    std::uint32_t parent = kNone;
    std::uint32_t count = 0;                   // c of this sequence
    std::uint32_t total = 0;                   // Σ_v c(this v)
    std::array<std::uint32_t, 3> followers{};  // N₁, N₂, N₃₊
    std::uint8_t length = 0;                   // in tokens
  };

  History start() const;
  void advance(History& history, std::int32_t token) const;
  double probability(const History& history, std::int32_t token) const;
  void count(History& history, std::int32_t token);
  void sum_up();
  std::uint32_t find(std::uint32_t parent, std::int32_t token) const;
  std::uint32_t find_or_add(std::uint32_t parent, std::int32_t token);
  void grow();

  Index vocabulary_, order_, tokens_counted_ = 0;
  bool counted_all_ = false;
  std::vector<Node> nodes_;                       // the empty sequence first; parents before children
  std::vector<std::array<double, 4>> discounts_;  // by length − 1, then by min(c, 3)

  struct Slot {
    std::uint64_t key = ~std::uint64_t{0};  // parent and token; all ones: free
    std::uint32_t node = kNone;
  };
  std::vector<Slot> slots_;  // open addressing; a power of two, never full
};

}  // namespace recur
