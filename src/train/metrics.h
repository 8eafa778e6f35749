// Averages over tokens, and the three ways to say how well a text is predicted.
#pragma once

#include <limits>

#include "base/types.h"

namespace recur {

/// A mean weighted by counts, in double: each batch adds its mean loss and how many targets it is the mean
/// of, so a short last batch weighs what it should. A value, saved with a checkpoint: addition in the same
/// order gives the same bits.
struct WeightedMean {
  double sum = 0;
  Index count = 0;

  void add(double mean, Index targets) {
    if (targets == 0) return;  // a batch of padding has no mean: 0/0 must not poison the rest
    sum += mean * static_cast<double>(targets);
    count += targets;
  }
  /// NaN before anything was added.
  double value() const {
    return count > 0 ? sum / static_cast<double>(count) : std::numeric_limits<double>::quiet_NaN();
  }
  bool operator==(const WeightedMean&) const = default;
};

/// e^nats: how many equally likely tokens the model hesitates between. `nats` is the mean of −ln p over
/// tokens.
double perplexity(double nats);

/// How well a text was predicted, whatever it was cut into.
struct TextScore {
  WeightedMean nats;     ///< −ln p of each predicted token; weight: tokens
  Index characters = 0;  ///< Unicode characters that the predicted tokens stand for, see below

  /// Total nats / (ln 2 · characters). It compares models over bytes, characters and words on one text,
  /// because the text's own length is the measure, not the number of tokens:
  /// - characters: `characters` is the number of tokens, so this is nats / ln 2;
  /// - bytes: `characters` counts code points (a byte that continues one adds nats, but no character);
  /// - words: `characters` counts every character of the text predicted, separators included, but of a word
  ///   that is not in the vocabulary its separator alone: which word it was is not predicted.
  double bits_per_char() const;
};

}  // namespace recur
