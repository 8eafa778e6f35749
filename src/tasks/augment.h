// Text that is changed while a model trains on it, so that it learns not to rely on single words. What is
// drawn is a function of where a word stands.
#pragma once

#include <tuple>

#include "base/fields.h"
#include "base/function_ref.h"
#include "data/words/synonyms.h"
#include "nn/pass.h"

namespace recur {

/// Options of [train].
struct AugmentConfig {
  double word_dropout = 0, word_swap = 0, word_synonyms = 0.1;

  static constexpr auto fields = std::tuple{
      field("word_dropout", &AugmentConfig::word_dropout,
            "texts: share of the tokens that become <unk> while training, so that it learns to do without")
          .at_least(0)
          .less_than(1),
      field("word_swap", &AugmentConfig::word_swap,
            "texts: share of the words that change places with the next while training (of a tagger: where "
            "both "
            "have the same tag)")
          .at_least(0)
          .less_than(1),
      field("word_synonyms", &AugmentConfig::word_synonyms,
            "texts: share of the words that give way to one of the synonyms file while training")
          .at_least(0)
          .less_than(1),
  };
};

/// The option of [data] that names a file of synonyms.
struct SynonymsConfig {
  std::filesystem::path synonyms{};

  static constexpr auto fields = std::tuple{
      field("synonyms", &SynonymsConfig::synonyms,
            "words: a file whose lines are words that may stand for each other"),
  };
};

/// Each of the functions below copies words [T], or rows [T, columns] whose first column is the word.
/// `sequence`: its place in the batch.

/// Each word is `unknown` with probability p(word) (Iyyer et al. 2015, "word dropout").
Tensor drop_words(const Tensor& words, FunctionRef<double(std::int32_t)> p, std::int32_t unknown,
                  const Pass& pass, Index sequence);

/// Word t changes places with the next, with probability p where may(t) says so, and none does twice (Wei &
/// Zou 2019, "random swap", but of neighbours).
Tensor swap_words(const Tensor& words, double p, FunctionRef<bool(Index)> may, const Pass& pass,
                  Index sequence);

/// Word t gives way to one of its synonyms, each equally likely, with probability p where may(t) says so (Wei
/// & Zou 2019, "synonym replacement").
Tensor put_synonyms(const Tensor& words, double p, const Synonyms& synonyms, FunctionRef<bool(Index)> may,
                    const Pass& pass, Index sequence);

}  // namespace recur
