// Scores of predicted classes: one label an example, or any number.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "base/types.h"

namespace recur {

/// How one class fared. Shares of nothing are 0, as scikit-learn's.
struct ClassCounts {
  Index correct = 0;    ///< examples of the class that were given it
  Index predicted = 0;  ///< examples that were given it
  Index support = 0;    ///< examples of it

  double precision() const;  ///< correct / predicted
  double recall() const;     ///< correct / support
  double f1() const;         ///< 2·correct / (predicted + support)
};

/// An interval of shares, both ends in [0, 1].
struct ShareInterval {
  double low = 0, high = 1;
};

/// Wilson's interval for a share of `correct` among `count` independent examples (Wilson 1927):
///   (p + z²/2n ± z·√(p(1 − p)/n + z²/4n²)) / (1 + z²/n); z = 1.96 covers 95 %. [0, 1] for count 0.
ShareInterval wilson_interval(Index correct, Index count, double z = 1.959963984540054);

/// Counts of truths against predictions, examples added one by one.
class ClassificationScore {
 public:
  explicit ClassificationScore(Index classes);

  /// One example with one label and one prediction, both in [0, classes).
  void add(std::int32_t truth, std::int32_t predicted);
  /// One example with any number of each, none twice.
  void add(std::span<const std::int32_t> truth, std::span<const std::int32_t> predicted);

  /// The counts of other examples, of the same classes.
  void add(const ClassificationScore& other);

  Index classes() const { return static_cast<Index>(counts_.size()); }
  Index examples() const { return examples_; }
  Index exact() const { return exact_; }
  const ClassCounts& of(Index c) const { return counts_[static_cast<std::size_t>(c)]; }

  /// Share of examples whose labels are exactly right.
  double accuracy() const;
  ShareInterval accuracy_interval() const { return wilson_interval(exact_, examples_); }
  /// Mean F1 of the classes that occur among truths or predictions.
  double f1_macro() const;
  /// F1 of all decisions together; with one label an example it is the accuracy.
  double f1_micro() const;

  /// Examples of class `truth` that were given `predicted`; only of those added with one label each.
  Index confused(Index truth, Index predicted) const {
    const auto found = confusion_.find({truth, predicted});
    return found == confusion_.end() ? 0 : found->second;
  }

 private:
  std::vector<ClassCounts> counts_;
  std::map<std::pair<Index, Index>, Index> confusion_;  // few of all pairs where there are many classes
  Index examples_ = 0, exact_ = 0;
};

/// The threshold t for which "probability ≥ t" has the best F1, or accuracy, on these examples: half way
/// between two neighbouring probabilities. Of equally good ones the one nearest to 0.5; 0.5 where there is
/// nothing to choose from. REQUIRES: as many truths (0 or 1) as probabilities.
enum class ThresholdAim { f1, accuracy };
double best_threshold(std::span<const float> probabilities, std::span<const std::uint8_t> truths,
                      ThresholdAim aim);

}  // namespace recur
