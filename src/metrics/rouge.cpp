#include "metrics/rouge.h"

#include <algorithm>
#include <vector>

#include "metrics/code_points.h"
#include "metrics/ngram_counts.h"

namespace recur {
namespace {

/// The text in lower case, with white space for what is no word.
std::u32string words_apart(std::string_view text) {
  std::u32string points = lower_case(code_points(text));
  for (char32_t& c : points)
    if (!((c >= U'a' && c <= U'z') || (c >= U'0' && c <= U'9'))) c = U' ';
  return points;
}

double f1(Index common, Index found, Index expected) {
  const double precision = static_cast<double>(common) / static_cast<double>(std::max<Index>(found, 1));
  const double recall = static_cast<double>(common) / static_cast<double>(std::max<Index>(expected, 1));
  return common == 0 ? 0 : 2 * precision * recall / (precision + recall);
}

double f1_of_ngrams(std::u32string_view found, std::u32string_view expected, std::size_t n) {
  const auto count = [n](std::u32string_view words) {
    return std::max<Index>(0, std::ssize(words) - static_cast<Index>(n) + 1);
  };
  return f1(common_ngrams(count_ngrams(found, n), count_ngrams(expected, n)), count(found), count(expected));
}

/// The length of the longest sequence that both have, with anything in between.
Index common_subsequence(std::u32string_view a, std::u32string_view b) {
  std::vector<Index> row(b.size() + 1);  // of the words of `a` so far, against each beginning of `b`
  for (const char32_t word : a) {
    Index diagonal = 0;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const Index above = row[j + 1];
      row[j + 1] = word == b[j] ? diagonal + 1 : std::max(above, row[j]);
      diagonal = above;
    }
  }
  return row.back();
}

}  // namespace

Rouge rouge(std::string_view hypothesis, std::span<const std::string> references) {
  std::vector<std::u32string> texts{words_apart(hypothesis)};
  for (const std::string& reference : references) texts.push_back(words_apart(reference));
  WordNumbers numbers;
  const std::u32string found = numbers.of(split_words(texts.front()));
  Rouge best;
  for (const std::u32string& text : std::span(texts).subspan(1)) {
    const std::u32string expected = numbers.of(split_words(text));
    best.rouge_1 = std::max(best.rouge_1, f1_of_ngrams(found, expected, 1));
    best.rouge_2 = std::max(best.rouge_2, f1_of_ngrams(found, expected, 2));
    best.rouge_l = std::max(best.rouge_l,
                            f1(common_subsequence(found, expected), std::ssize(found), std::ssize(expected)));
  }
  return best;
}

}  // namespace recur
