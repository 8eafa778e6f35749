#include "metrics/bleu.h"

#include <fmt/format.h>
#include <recur/version.h>

#include <cmath>
#include <cstdlib>
#include <vector>

#include "base/error.h"
#include "metrics/bleu_tokens.h"
#include "metrics/code_points.h"
#include "metrics/ngram_counts.h"

namespace recur {
namespace {

std::u32string words_of(std::string_view sentence, const BleuOptions& options) {
  std::u32string text = code_points(sentence);
  if (options.lower_case) text = lower_case(text);
  // White space at the end is no part of a sentence: its line end would part a hyphenated word.
  const auto words = split_words(text);
  text.resize(
      words.empty() ? 0 : static_cast<std::size_t>(words.back().data() + words.back().size() - text.data()));
  return bleu_tokens(text, options.tokens);
}

}  // namespace

void BleuCounts::add(const BleuCounts& other) {
  for (std::size_t n = 0; n < kOrder; ++n) {
    correct[n] += other.correct[n];
    total[n] += other.total[n];
  }
  length += other.length;
  reference_length += other.reference_length;
}

BleuCounts bleu_counts(std::string_view hypothesis, std::span<const std::string> references,
                       const BleuOptions& options) {
  RECUR_ASSERT(!references.empty());
  std::vector<std::u32string> texts{words_of(hypothesis, options)};
  for (const std::string& reference : references) texts.push_back(words_of(reference, options));
  WordNumbers numbers;
  std::vector<std::u32string> sentences;
  for (const std::u32string& text : texts) sentences.push_back(numbers.of(split_words(text)));

  const std::u32string& found = sentences.front();
  const std::span<const std::u32string> expected = std::span(sentences).subspan(1);
  BleuCounts counts{.length = std::ssize(found)};
  Index nearest = -1;
  for (const std::u32string& reference : expected) {
    const Index length = std::ssize(reference), distance = std::abs(length - counts.length);
    if (nearest >= 0 && (distance > nearest || (distance == nearest && length > counts.reference_length)))
      continue;
    nearest = distance;
    counts.reference_length = length;
  }
  for (std::size_t n = 1; n <= BleuCounts::kOrder; ++n) {
    NgramCounts all;
    for (const std::u32string& reference : expected) all = most_of(all, count_ngrams(reference, n));
    counts.correct[n - 1] = common_ngrams(count_ngrams(found, n), all);
    counts.total[n - 1] = std::max<Index>(0, counts.length - static_cast<Index>(n) + 1);
  }
  return counts;
}

BleuScore bleu(const BleuCounts& counts, bool effective_order) {
  BleuScore result{.counts = counts};
  const auto length = static_cast<double>(counts.length);
  if (counts.length < counts.reference_length)
    result.brevity_penalty =
        counts.length > 0 ? std::exp(1 - static_cast<double>(counts.reference_length) / length) : 0;
  if (counts.correct[0] == 0) return result;  // so no longer one is correct either

  double smoothing = 1, logs = 0;
  std::size_t order = BleuCounts::kOrder;
  for (std::size_t n = 0; n < BleuCounts::kOrder; ++n) {
    if (counts.total[n] == 0) {
      if (!effective_order) return result;  // the logarithm of 0
      order = n;
      break;
    }
    const auto total = static_cast<double>(counts.total[n]);
    if (counts.correct[n] == 0) smoothing *= 2;
    result.precisions[n] = counts.correct[n] == 0 ? 100 / (smoothing * total)
                                                  : 100 * static_cast<double>(counts.correct[n]) / total;
    logs += std::log(result.precisions[n]);
  }
  result.score = result.brevity_penalty * std::exp(logs / static_cast<double>(order));
  return result;
}

std::string BleuScore::describe(std::string_view signature) const {
  const double ratio = counts.reference_length == 0 ? 0
                                                    : static_cast<double>(counts.length) /
                                                          static_cast<double>(counts.reference_length);
  return fmt::format(
      "BLEU|{} = {:.2f} {:.1f}/{:.1f}/{:.1f}/{:.1f} (BP = {:.3f} ratio = {:.3f} hyp_len = {} ref_len = {})",
      signature, score, precisions[0], precisions[1], precisions[2], precisions[3], brevity_penalty, ratio,
      counts.length, counts.reference_length);
}

std::string bleu_signature(const BleuOptions& options, Index references, bool effective_order) {
  constexpr std::array<std::string_view, 3> tokens{"13a", "intl", "none"};
  return fmt::format("nrefs:{}|case:{}|eff:{}|tok:{}|smooth:exp|version:recur-{}",
                     references == 0 ? "var" : std::to_string(references),
                     options.lower_case ? "lc" : "mixed", effective_order ? "yes" : "no",
                     tokens[static_cast<std::size_t>(options.tokens)], version());
}

}  // namespace recur
