// Transfer: a model of texts that begins with the embedding and the layers of a language model.
#pragma once

#include <filesystem>
#include <string>

#include "data/text/vocabulary.h"
#include "nn/model_config.h"
#include "nn/parameters.h"

namespace recur {

/// How wide the language model's embedding is: what of the options a model that begins with it must take
/// over. Throws ConfigError unless the run is a language model's; IoError, FormatError.
Index embedding_width_of(const std::filesystem::path& run);

/// Puts what a language model has learned into parameters that were drawn: rows of embedding.weight by word
/// (as it is, else in lower case; <unk>'s too), and of each forward recurrent layer what has the same name
/// and as many units. Where a layer here reads more than the language model's, its first columns are taken:
/// those of the words before those of their characters, of what was read forwards before what was read
/// backwards. Returns what was taken, a line for the user. Throws ConfigError where the two do not fit:
/// another level, cell, or width of the first layer; IoError, FormatError.
std::string begin_with_language_model(const std::filesystem::path& run, const Vocabulary& vocabulary,
                                      const ModelConfig& config, Parameters& parameters);

}  // namespace recur
