// The splits that a tagger is trained, validated and tested on.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tasks/tag/pipeline.h"

namespace recur {

struct TagData {
  std::shared_ptr<TagPipeline> pipeline;
  TagScheme scheme = TagScheme::none;  ///< that the model learns
  std::vector<TagExample> train, valid, test;
  Synonyms synonyms{};             ///< of the vocabulary's words, where a file is given
  std::string sha256;              ///< of all that was read
  std::vector<std::string> notes;  ///< what a user should know, a line each
};

/// Reads all splits. Without validation files it holds some training sentences out. What is fitted is fitted
/// on the rest. Throws ConfigError, DataError, FormatError, IoError.
TagData read_tag_data(const TagConfig& config);

/// The sentences of a file, with their tags, as a trained pipeline sees them.
std::vector<TagExample> read_tag_examples(const TagConfig& config, const TagPipeline& pipeline,
                                          const std::filesystem::path& file);

}  // namespace recur
