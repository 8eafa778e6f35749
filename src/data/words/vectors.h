// Word vectors that others trained: text files as GloVe and word2vec write them.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "data/text/vocabulary.h"
#include "data/words/vectors_config.h"
#include "nn/parameters.h"
#include "tensor/tensor.h"

namespace recur {

/// The vectors of a vocabulary's words, as far as a file has them.
struct WordVectors {
  Tensor table;             ///< [vocabulary, width] f32; rows of words that the file lacks are 0
  std::vector<bool> found;  ///< for each word
  Index count = 0;          ///< words found
  /// "17,204 of 20,000 words have a vector in glove.6B.100d.txt".
  std::string note;
};

/// Numbers a vector in the file has: its first line's words but one; of word2vec, what its header says.
Index vector_width(const std::filesystem::path& path);

/// Reads a file of lines `word x₁ … x_D`, plain or .gz; a first line of two numbers is word2vec's header. The
/// vocabulary's words are looked for as they are, else in lower case. Errors: IoError, FormatError as
/// TextFile; DataError, with file and line, for a line of another width, or a number that is none.
WordVectors read_word_vectors(const std::filesystem::path& path, const Vocabulary& vocabulary);

/// Throws ConfigError for options that contradict each other: vectors for a model that reads anything but
/// words (`reads` names it: "words"), a language model to begin with for one of "series", or beside vectors;
/// vectors to be left as they are, and none. Such a run would train vectors
/// of its own, and could not go on with one that began with others'.
void check_vectors(const VectorsConfig& config, std::string_view reads);

/// Puts vectors into an embedding [vocabulary, width] as wide as they are; words without one keep what they
/// have. Unless they are tuned, the embedding is no longer trained.
void put_vectors(const WordVectors& vectors, bool tuned, Parameter& embedding);
/// Reads those of a vocabulary's words, puts them there, and returns the note. REQUIRES: config.vectors is
/// given. Throws as read_word_vectors().
std::string begin_with_vectors(const VectorsConfig& config, const Vocabulary& vocabulary,
                               Parameter& embedding);

}  // namespace recur
