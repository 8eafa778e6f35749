// n-grams of two sequences, counted and compared.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/types.h"

namespace recur {

/// An n-gram, a view of the sequence that has it, and how often it occurs there.
struct NgramCount {
  std::u32string_view ngram;
  Index count = 0;
};

/// The n-grams of a sequence of code points, or of words that WordNumbers made elements; sorted.
using NgramCounts = std::vector<NgramCount>;
NgramCounts count_ngrams(std::u32string_view sequence, std::size_t n);

/// n-grams of either, each as often as where it occurs most.
NgramCounts most_of(const NgramCounts& a, const NgramCounts& b);

/// n-grams that both have, each as often as where it occurs least.
Index common_ngrams(const NgramCounts& a, const NgramCounts& b);

/// Numbers for words, the same for equal ones. Keeps views of them.
class WordNumbers {
 public:
  std::u32string of(std::span<const std::u32string_view> words);

 private:
  std::unordered_map<std::u32string_view, char32_t> numbers_;
};

}  // namespace recur
