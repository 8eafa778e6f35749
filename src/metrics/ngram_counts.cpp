#include "metrics/ngram_counts.h"

#include <algorithm>

namespace recur {

NgramCounts count_ngrams(std::u32string_view sequence, std::size_t n) {
  std::vector<std::u32string_view> all;
  for (std::size_t i = 0; i + n <= sequence.size(); ++i) all.push_back(sequence.substr(i, n));
  std::ranges::sort(all);
  NgramCounts counts;
  for (const std::u32string_view ngram : all) {
    if (counts.empty() || counts.back().ngram != ngram) counts.push_back({ngram});
    ++counts.back().count;
  }
  return counts;
}

NgramCounts most_of(const NgramCounts& a, const NgramCounts& b) {
  NgramCounts most;
  auto i = a.begin(), j = b.begin();
  while (i != a.end() || j != b.end()) {
    if (j == b.end() || (i != a.end() && i->ngram < j->ngram)) {
      most.push_back(*i++);
    } else if (i == a.end() || j->ngram < i->ngram) {
      most.push_back(*j++);
    } else {
      most.push_back({i->ngram, std::max(i->count, j->count)});
      ++i, ++j;
    }
  }
  return most;
}

Index common_ngrams(const NgramCounts& a, const NgramCounts& b) {
  Index common = 0;
  for (auto i = a.begin(), j = b.begin(); i != a.end() && j != b.end();) {
    if (i->ngram < j->ngram) {
      ++i;
    } else if (j->ngram < i->ngram) {
      ++j;
    } else {
      common += std::min(i->count, j->count);
      ++i, ++j;
    }
  }
  return common;
}

std::u32string WordNumbers::of(std::span<const std::u32string_view> words) {
  std::u32string sequence;
  for (const std::u32string_view word : words)
    sequence.push_back(numbers_.try_emplace(word, static_cast<char32_t>(numbers_.size())).first->second);
  return sequence;
}

}  // namespace recur
