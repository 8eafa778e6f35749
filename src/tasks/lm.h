// Task lm: language models over bytes, characters, words or sub-words.
#pragma once

#include "data/text/tokens.h"
#include "data/text/vocabulary.h"
#include "nn/model.h"
#include "tasks/lm_config.h"
#include "tasks/task.h"

namespace recur {

std::unique_ptr<Task> make_lm_task();

/// A language model as it lies in a model file.
struct LanguageModel {
  LmConfig config;
  Vocabulary vocabulary;
  std::unique_ptr<Model> model;
};

/// Throws FormatError if the file is of another task, or is not what its configuration says.
LanguageModel load_language_model(const ModelFile& file);

/// −ln p of every token of a text after its first, with the state carried over all of it.
struct LmScore {
  double nats = 0;               ///< mean over tokens
  Index tokens = 0;              ///< predicted
  Index characters = 0;          ///< that the predicted tokens stand for, see TextScore
  std::vector<double> pieces{};  ///< the mean of each piece of the text: what comparing two models resamples
  /// {"nats", "bits_per_char", "perplexity", "tokens"}
  NamedNumbers metrics() const;
};

/// Scores tokens in `streams` parallel parts, each of which begins with an empty state; with 1 the score is
/// exact. Throws Interrupted where `stop_requested` says so.
LmScore score_tokens(Model& model, const Vocabulary& vocabulary, const Tokens& tokens, Index streams,
                     ThreadPool& pool, const std::function<bool()>& stop_requested = {});

}  // namespace recur
