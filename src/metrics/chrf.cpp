#include "metrics/chrf.h"

#include <fmt/format.h>
#include <recur/version.h>

#include <vector>

#include "base/error.h"
#include "metrics/code_points.h"
#include "metrics/ngram_counts.h"

namespace recur {
namespace {

/// Words, with one mark at the end, or else at the beginning, as a word of its own.
std::vector<std::u32string_view> words_and_marks(std::u32string_view text) {
  const auto is_mark = [](char32_t c) {
    return (c >= U'!' && c <= U'/') || (c >= U':' && c <= U'@') || (c >= U'[' && c <= U'`') ||
           (c >= U'{' && c <= U'~');
  };
  std::vector<std::u32string_view> words;
  for (const std::u32string_view word : split_words(text)) {
    if (word.size() > 1 && is_mark(word.back())) {
      words.push_back(word.substr(0, word.size() - 1));
      words.push_back(word.substr(word.size() - 1));
    } else if (word.size() > 1 && is_mark(word.front())) {
      words.push_back(word.substr(0, 1));
      words.push_back(word.substr(1));
    } else {
      words.push_back(word);
    }
  }
  return words;
}

/// A sentence as two sequences: what is counted.
struct Sequences {
  std::u32string characters, words;

  Sequences(std::u32string_view text, bool with_words, WordNumbers& numbers) {
    for (const std::u32string_view word : split_words(text)) characters += word;
    if (with_words) words = numbers.of(words_and_marks(text));
  }
  std::array<NgramCounts, ChrfCounts::kOrder> counts() const {
    std::array<NgramCounts, ChrfCounts::kOrder> all;
    for (std::size_t n = 0; n < ChrfCounts::kCharacters; ++n) all[n] = count_ngrams(characters, n + 1);
    for (std::size_t n = 0; n < ChrfCounts::kWords; ++n)
      all[ChrfCounts::kCharacters + n] = count_ngrams(words, n + 1);
    return all;
  }
};

Index total(const NgramCounts& counts) {
  Index sum = 0;
  for (const NgramCount& c : counts) sum += c.count;
  return sum;
}

}  // namespace

void ChrfCounts::add(const ChrfCounts& other) {
  for (std::size_t n = 0; n < kOrder; ++n) {
    found[n] += other.found[n];
    expected[n] += other.expected[n];
    common[n] += other.common[n];
  }
}

ChrfCounts chrf_counts(std::string_view hypothesis, std::span<const std::string> references,
                       const ChrfOptions& options) {
  RECUR_ASSERT(!references.empty());
  const auto read = [&](std::string_view text) {
    std::u32string points = code_points(text);
    return options.lower_case ? lower_case(points) : points;
  };
  WordNumbers numbers;
  const std::u32string found_text = read(hypothesis);
  const Sequences found(found_text, options.words, numbers);
  const auto found_counts = found.counts();
  std::vector<std::u32string> texts;
  texts.reserve(references.size());  // `numbers` keeps views of them
  ChrfCounts best;
  double best_score = -1;
  for (const std::string& reference : references) {
    texts.push_back(read(reference));
    const Sequences expected(texts.back(), options.words, numbers);
    const auto expected_counts = expected.counts();
    ChrfCounts counts;
    for (std::size_t n = 0; n < ChrfCounts::kOrder; ++n) {
      counts.expected[n] = total(expected_counts[n]);
      // What is too long to be in the reference counts nothing.
      counts.found[n] = counts.expected[n] == 0 ? 0 : total(found_counts[n]);
      counts.common[n] = common_ngrams(found_counts[n], expected_counts[n]);
    }
    const double score = chrf(counts);
    if (score > best_score) {
      best_score = score;
      best = counts;
    }
  }
  return best;
}

double chrf(const ChrfCounts& counts) {
  constexpr double kSquare = 2 * 2;  // β² of F_β
  double precision = 0, recall = 0, orders = 0;
  for (std::size_t n = 0; n < ChrfCounts::kOrder; ++n) {
    if (counts.found[n] == 0 || counts.expected[n] == 0) continue;
    precision += static_cast<double>(counts.common[n]) / static_cast<double>(counts.found[n]);
    recall += static_cast<double>(counts.common[n]) / static_cast<double>(counts.expected[n]);
    ++orders;
  }
  if (precision + recall == 0) return 0;
  precision /= orders;
  recall /= orders;
  return 100 * ((1 + kSquare) * precision * recall / (kSquare * precision + recall));
}

std::string chrf_signature(const ChrfOptions& options, Index references) {
  return fmt::format("nrefs:{}|case:{}|eff:yes|nc:{}|nw:{}|space:no|version:recur-{}",
                     references == 0 ? "var" : std::to_string(references),
                     options.lower_case ? "lc" : "mixed", ChrfCounts::kCharacters,
                     options.words ? ChrfCounts::kWords : 0, version());
}

}  // namespace recur
