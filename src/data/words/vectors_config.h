// The options of word vectors that others trained, for every task that reads words.
#pragma once

#include <filesystem>
#include <tuple>

#include "base/fields.h"

namespace recur {

struct VectorsConfig {
  std::filesystem::path vectors{};
  bool tune_vectors = true;

  static constexpr auto fields = std::tuple{
      field("vectors", &VectorsConfig::vectors,
            "words: vectors to begin with, in text form as of GloVe or word2vec; the embedding is as wide as "
            "they "
            "are, whatever model.embedding says"),
      field("tune_vectors", &VectorsConfig::tune_vectors, "words: whether the vectors are trained further"),
  };
};

}  // namespace recur
