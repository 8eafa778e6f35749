// The options of task tag.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <tuple>

#include "base/fields.h"
#include "data/tagged/tag_source.h"
#include "data/words/vectors_config.h"
#include "nn/model_config.h"
#include "tasks/augment.h"
#include "tasks/tag/scheme.h"
#include "train/config.h"

namespace recur {

struct TagDataConfig : TagSource, VectorsConfig, SynonymsConfig {
  double valid_fraction = 0.1;
  bool lower_case = true;
  bool same_digits = false;
  Index min_count = 1;
  Index max_vocabulary = 0;
  TagScheme scheme = TagScheme::automatic;

  static constexpr auto fields = std::tuple_cat(
      TagSource::fields,
      std::tuple{
          field("valid_fraction", &TagDataConfig::valid_fraction,
                "share of the training sentences that validates where no others do")
              .more_than(0)
              .less_than(1),
          field("lower_case", &TagDataConfig::lower_case,
                "whether the vocabulary ignores case (case_embedding still sees it)"),
          field("same_digits", &TagDataConfig::same_digits,
                "whether the vocabulary takes all digits for one: 1,984 is 0,000"),
          field("min_count", &TagDataConfig::min_count, "rarer words become <unk>").at_least(1),
          field("max_vocabulary", &TagDataConfig::max_vocabulary, "size of the vocabulary; 0: no limit")
              .at_least(0),
          field("scheme", &TagDataConfig::scheme,
                "how the tags that are learned mark chunks; auto: bioes of data that are so, iob2 of others "
                "with "
                "chunks, none of tags that mark none"),
      },
      VectorsConfig::fields, SynonymsConfig::fields);
};

/// What is made of the characters of a word. lstm: recurrent layers of the model's cell, in both directions
/// (Lample et al. 2016). cnn: a convolution over three characters and the greatest over the word (Ma & Hovy
/// 2016).
enum class CharEncoder { none, lstm, cnn };
constexpr std::array<std::string_view, 3> names_of(CharEncoder) { return {"none", "lstm", "cnn"}; }

struct TagModelConfig : ModelConfig {
  TagModelConfig() {
    embedding = 100;
    hidden_size = {128};
    bidirectional = true;
    dropout = 0.3;
  }
  Index case_embedding = 8;
  Index feature_embedding = 20;
  CharEncoder chars = CharEncoder::cnn;
  Index char_embedding = 30, char_size = 50;
  bool crf = true;
  Pool intent_pool = Pool::max;

  static constexpr auto fields = std::tuple_cat(
      ModelConfig::fields,
      std::tuple{
          field("case_embedding", &TagModelConfig::case_embedding,
                "width of a vector for how a word is written (lower, Capital, UPPER, digits, …); 0: none")
              .between(0, ModelConfig::kWidest),
          field("feature_embedding", &TagModelConfig::feature_embedding,
                "width of the vector of a value of each feature column")
              .between(1, ModelConfig::kWidest),
          field("chars", &TagModelConfig::chars, "what is made of the characters of a word"),
          field("char_embedding", &TagModelConfig::char_embedding, "width of a character's vector")
              .between(1, ModelConfig::kWidest),
          field("char_size", &TagModelConfig::char_size,
                "width of what is made of a word's characters; of lstm half of it each way")
              .between(2, ModelConfig::kWidest),
          field("crf", &TagModelConfig::crf,
                "whether tags are scored together, by how they follow each other, rather than each alone"),
          field("intent_pool", &TagModelConfig::intent_pool,
                "what is seen of a sentence to tell what it is for, where the data say so"),
      });
};

struct TagTrainConfig : TrainConfig, AugmentConfig {
  double rare_word_dropout = 0;
  double intent_weight = 1;

  static constexpr auto fields = std::tuple_cat(
      TrainConfig::fields, AugmentConfig::fields,
      std::tuple{
          field("rare_word_dropout", &TagTrainConfig::rare_word_dropout,
                "a: a word that occurs n times in training becomes <unk> with probability a/(a + n), too")
              .at_least(0),
          field("intent_weight", &TagTrainConfig::intent_weight,
                "what a nat on what a sentence is for weighs beside a nat on a word's tag")
              .more_than(0),
      });
};

struct TagDecodeConfig {
  Index n_best = 3;

  static constexpr auto fields = std::tuple{
      field("n_best", &TagDecodeConfig::n_best,
            "likeliest sequences of tags that an answer in JSON tells, the best first")
          .between(1, 1024),
  };
};

struct TagConfig {
  std::string task = "tag";
  Index seed = 42;
  TagDataConfig data{};
  TagModelConfig model{};
  TagTrainConfig train{};
  TagDecodeConfig decode{};

  static constexpr auto fields = std::tuple{
      field("task", &TagConfig::task, "what is learned"),
      field("seed", &TagConfig::seed, "of all random numbers").at_least(0),
      field("data", &TagConfig::data, "what is read, and how"),
      field("model", &TagConfig::model, "what the model is made of"),
      field("train", &TagConfig::train, "how it is trained"),
      field("decode", &TagConfig::decode, "how answers are looked for"),
  };
};

}  // namespace recur
