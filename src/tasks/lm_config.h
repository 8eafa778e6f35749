// The options of task lm: language models over bytes, characters, words or sub-words.
#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <tuple>
#include <vector>

#include "base/fields.h"
#include "data/text/level.h"
#include "data/text/subwords.h"
#include "data/words/vectors_config.h"
#include "nn/model_config.h"
#include "train/config.h"

namespace recur {

struct LmDataConfig : VectorsConfig {
  std::filesystem::path train{}, valid{}, test{};
  Level level = Level::character;
  double valid_fraction = 0.1;
  Index sequence_length = 64;
  std::filesystem::path vocabulary{};
  Index min_count = 1;
  Index max_vocabulary = 0;
  SubwordKind subwords = SubwordKind::unigram;
  Index ngram_order = 0;

  static constexpr auto fields = std::tuple_cat(
      std::tuple{
          field("train", &LmDataConfig::train, "text to train on (.gz is read directly)"),
          field("valid", &LmDataConfig::valid,
                "text to validate on; not given: the end of the training text"),
          field("test", &LmDataConfig::test, "text to score at the end"),
          field("level", &LmDataConfig::level, "what a token is"),
          field("valid_fraction", &LmDataConfig::valid_fraction,
                "share of the training text that validates where no other does")
              .more_than(0)
              .less_than(1),
          field("sequence_length", &LmDataConfig::sequence_length,
                "steps that gradients go back through time; the state is carried on")
              .between(1, 1 << 20),
          field("vocabulary", &LmDataConfig::vocabulary,
                "words: the vocabulary, one a line; not given: the words of the training text"),
          field("min_count", &LmDataConfig::min_count, "rarer units become <unk>; of sub-words none do")
              .at_least(1),
          field("max_vocabulary", &LmDataConfig::max_vocabulary,
                "size of the vocabulary; 0: no limit, of sub-words 8000")
              .at_least(0),
          field("subwords", &LmDataConfig::subwords, "level subword: how they are found and put together"),
          field("ngram_order", &LmDataConfig::ngram_order,
                "order of the n-gram model it is compared with; 0: 6 for bytes and characters, 5 for words "
                "and sub-words")
              .at_least(0)
              .at_most(16),
      },
      VectorsConfig::fields);
};

struct LmModelConfig : ModelConfig {
  bool tie_weights = false;
  std::vector<Index> adaptive_cutoffs{};

  static constexpr auto fields = std::tuple_cat(
      ModelConfig::fields,
      std::tuple{
          field("tie_weights", &LmModelConfig::tie_weights,
                "whether the output layer's weights are the embedding's table (Press & Wolf 2017)"),
          field("adaptive_cutoffs", &LmModelConfig::adaptive_cutoffs,
                "an adaptive softmax for large vocabularies (Grave et al. 2017): how many frequent words it "
                "scores at once, and where each cluster of rarer ones but the last ends, such as 2000,10000")
              .at_least(1),
      });
};

struct LmTrainConfig : TrainConfig {
  double l2_activation = 0, l2_change = 0;

  static constexpr auto fields = std::tuple_cat(
      TrainConfig::fields,
      std::tuple{
          field("l2_activation", &LmTrainConfig::l2_activation,
                "penalty on h² of what the last layer gives, after dropout (AR of Merity et al. 2017)")
              .at_least(0),
          field("l2_change", &LmTrainConfig::l2_change,
                "penalty on (h' − h)² of its steps, before dropout (TAR)")
              .at_least(0),
      });
};

struct LmSampleConfig {
  Index every = 0;
  std::vector<double> temperatures{0.5, 0.8, 1.0};
  Index length = 200;
  std::string prompt{};

  static constexpr auto fields = std::tuple{
      field("every", &LmSampleConfig::every, "epochs between samples of what the model writes; 0: none")
          .at_least(0),
      field("temperatures", &LmSampleConfig::temperatures, "a sample at each of these").at_least(0),
      field("length", &LmSampleConfig::length, "tokens of a sample").between(1, 100000),
      field("prompt", &LmSampleConfig::prompt, "how samples begin"),
  };
};

struct LmConfig {
  std::string task = "lm";
  Index seed = 42;
  LmDataConfig data{};
  LmModelConfig model{};
  LmTrainConfig train{};
  LmSampleConfig sample{};

  static constexpr auto fields = std::tuple{
      field("task", &LmConfig::task, "what is learned"),
      field("seed", &LmConfig::seed, "of all random numbers").at_least(0),
      field("data", &LmConfig::data, "what is read, and how"),
      field("model", &LmConfig::model, "what the model is made of"),
      field("train", &LmConfig::train, "how it is trained"),
      field("sample", &LmConfig::sample, "what it writes while it learns"),
  };
};

}  // namespace recur
