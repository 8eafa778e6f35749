// Logistic regression on n-grams weighted by naive Bayes: what a text classifier has to beat.
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "base/thread_pool.h"
#include "base/types.h"

namespace recur {

/// Numbers the n-grams of token sequences, n from 1 to an order, as they are first met.
class NgramIndex {
 public:
  explicit NgramIndex(Index order) : order_(order) {}

  /// The different n-grams of a sequence, by rising number; new ones are numbered if `grow`, else left out.
  std::vector<std::int32_t> find(std::span<const std::int32_t> tokens, bool grow);
  std::vector<std::int32_t> find(std::span<const std::int32_t> tokens) const;
  Index size() const { return static_cast<Index>(numbers_.size()); }

 private:
  template <class Number>
  std::vector<std::int32_t> collect(std::span<const std::int32_t> tokens, Number&& number) const;

  Index order_;
  // An n-gram is the one a token shorter, and its last token.
  std::unordered_map<std::uint64_t, std::int32_t> numbers_;
};

struct NgramRegressionOptions {
  Index order = 2;
  double smoothing = 1;         ///< α, added to the counts of naive Bayes
  double strength = 1;          ///< C: how much the examples count against the penalty ½‖w‖²
  double interpolation = 0.25;  ///< β: 1 trusts the regression, 0 naive Bayes
};

/// Of each class against the rest (of two classes: one against the other): binarised n-grams f, their
/// log-count ratios r = log(p/‖p‖₁) − log(q/‖q‖₁) with p = α + Σ of f over the class, q over the rest; a
/// logistic regression on r∘f with L2 penalty; its weights w become (1 − β)·mean|w| + β·w. S. Wang & C.
/// Manning, "Baselines and bigrams", ACL 2012, eq. 3–6, with logistic in place of hinge loss.
class NgramRegression {
 public:
  using Ids = std::vector<std::int32_t>;

  /// `labels`: the classes of each text, any number of them, each in [0, classes).
  NgramRegression(std::span<const Ids> texts, std::span<const Ids> labels, Index classes,
                  const NgramRegressionOptions& options, ThreadPool& pool);

  /// Log-odds of each class against the rest.
  std::vector<double> scores(std::span<const std::int32_t> text) const;
  Index ngrams() const { return index_.size(); }

 private:
  struct Line {
    std::vector<float> weights;  // of each n-gram, r and all
    double bias = 0;
  };
  NgramIndex index_;
  std::vector<Line> lines_;  // one a class; of two exclusive classes only the second's
  Index classes_;
};

}  // namespace recur
