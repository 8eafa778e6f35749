// The splits that a classifier is trained, validated and tested on.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/words/synonyms.h"
#include "data/words/vectors.h"
#include "tasks/classify/pipeline.h"

namespace recur {

struct ClassifyData {
  std::shared_ptr<ClassifyPipeline> pipeline;
  std::vector<Example> train, valid, test;
  std::optional<WordVectors> vectors;  ///< of the vocabulary's words, where they are given
  Synonyms synonyms{};                 ///< of these, where a file is given
  /// The part of each training example for cross-validation, where there is nothing else to validate on.
  std::vector<Index> folds;
  Index examples_read = 0;         ///< of all splits
  std::string sha256;              ///< of all that was read
  std::vector<std::string> notes;  ///< what a user should know, a line each
};

/// Reads all splits. Without validation files it holds some training examples out, or, of fewer than 300,
/// plans to cross-validate. What is fitted is fitted on the rest. Throws ConfigError, DataError, FormatError,
/// IoError.
ClassifyData read_classify_data(const ClassifyConfig& config);

/// The examples of files, with their labels, as a trained pipeline sees them.
std::vector<Example> read_labelled(const ClassifyConfig& config, const ClassifyPipeline& pipeline,
                                   const std::filesystem::path& file);

}  // namespace recur
