// What a model of texts begins with that was trained before: word vectors, or a language model.
#pragma once

#include <filesystem>
#include <tuple>

#include "base/fields.h"

namespace recur {

struct VectorsConfig {
  std::filesystem::path vectors{};
  bool tune_vectors = true;
  std::filesystem::path init_from{};

  static constexpr auto fields = std::tuple{
      field("vectors", &VectorsConfig::vectors,
            "words: vectors to begin with, in text form as of GloVe or word2vec; the embedding is as wide as "
            "they "
            "are, whatever model.embedding says"),
      field("tune_vectors", &VectorsConfig::tune_vectors, "words: whether the vectors are trained further"),
      field(
          "init_from", &VectorsConfig::init_from,
          "texts: the run of a language model (lm) whose embedding and layers are begun with; the embedding "
          "is as wide as its"),
  };
};

}  // namespace recur
