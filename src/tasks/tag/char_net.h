// A vector for each word, made of its characters.
#pragma once

#include <optional>

#include "nn/embedding.h"
#include "nn/linear.h"
#include "nn/recurrent.h"
#include "tasks/tag/config.h"

namespace recur {

/// Each different word of a batch is read once, whatever the sentences that it stands in.
class CharNet {
 public:
  /// Adds chars.…. A row's characters begin in `first_column`. Throws ConfigError for an odd char_size of
  /// lstm.
  CharNet(Parameters& parameters, const TagModelConfig& config, Index characters, Index first_column);

  void initialise(Parameters& parameters, const TagModelConfig& config, Random& random);

  Index output_size() const { return size_; }

  /// The characters in rows of numbers (TagColumn), i32 [rows, width] → [rows, output_size()].
  Var forward(const Pass& pass, const Tensor& words);

 private:
  Var read(const Pass& pass, const std::vector<std::vector<std::int32_t>>& words);

  Index size_, first_column_;
  std::int32_t padding_;  // what stands before and behind a word, for cnn
  std::optional<Embedding> embedding_;
  std::optional<Recurrent> recurrent_;
  std::optional<Linear> convolution_;
};

}  // namespace recur
