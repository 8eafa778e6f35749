// The output layer of a large vocabulary, whose rare words cost less.
#pragma once

#include <string>
#include <vector>

#include "nn/initialise.h"
#include "nn/linear.h"
#include "nn/losses.h"

namespace recur {

/// Adaptive softmax (Grave et al. 2017, section 4): words, numbered by falling frequency, are cut into a
/// short list and clusters. The first layer scores the words of the list and each cluster as a whole; a
/// cluster scores its own words from a narrower copy of what is read, and only where the target is among
/// them:
///   ln p(w) = ln softmax(W₀x)_w in the list, ln softmax(W₀x)_c + ln softmax(W_c D_c x)_w in cluster c.
/// Cluster c = 1, 2, … reads input/4^c values, at least 1.
class AdaptiveSoftmax {
 public:
  /// `cutoffs` rise, each inside the vocabulary: the sizes of the list and of all up to each cluster but the
  /// last. Adds prefix + "0.weight", "0.bias", and of each cluster prefix + "cluster1.down.weight",
  /// "cluster1.0.weight", "cluster1.0.bias". Throws ConfigError for cutoffs that do not rise so.
  AdaptiveSoftmax(Parameters& parameters, const std::string& prefix, Index input, Index outputs,
                  const std::vector<Index>& cutoffs);

  void initialise(const InitialiserConfig& config, Random& random);

  /// −ln p of targets i32 [R] after x [R, input]: their mean, sum, and each.
  Loss loss(const Pass& pass, const Var& x, const Tensor& targets) const;

  /// Logits [R, outputs] whose softmax is p: of a word of a cluster, its score and the cluster's together.
  Var logits(const Pass& pass, const Var& x) const;

 private:
  struct Cluster {
    Index first, last;  // of its words
    Linear down, words;
  };
  Index listed_ = 0;
  std::vector<Linear> list_;  // one
  std::vector<Cluster> clusters_;
};

}  // namespace recur
