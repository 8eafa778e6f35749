// The options of task classify.
#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/fields.h"
#include "data/examples/source.h"
#include "data/series/feature_scaler.h"
#include "data/series/fill_missing.h"
#include "data/text/level.h"
#include "data/text/subwords.h"
#include "data/words/fit_length.h"
#include "data/words/normalise.h"
#include "data/words/vectors_config.h"
#include "nn/model_config.h"
#include "tasks/augment.h"
#include "train/config.h"

namespace recur {

struct ClassifyDataConfig : ExampleSource, VectorsConfig, SynonymsConfig {
  double valid_fraction = 0.1;
  Index folds = 5;
  bool multi_label = false;
  // Texts.
  Level level = Level::word;
  Segmentation segment = Segmentation::unicode;
  bool lower_case = true;
  Index min_count = 1;
  Index max_vocabulary = 30000;
  SubwordKind subwords = SubwordKind::unigram;
  Index max_length = 0;
  Keep keep = Keep::head;
  // Series.
  Scaling scaler = Scaling::standard;
  FillMissing missing = FillMissing::error;

  static constexpr auto fields = std::tuple_cat(
      ExampleSource::fields,
      std::tuple{
          field("valid_fraction", &ClassifyDataConfig::valid_fraction,
                "share of the training data, of each class, that validates where no other does")
              .more_than(0)
              .less_than(1),
          field(
              "folds", &ClassifyDataConfig::folds,
              "with fewer than 300 examples and no others to validate on, so many cross-validated parts find "
              "the number of epochs; 0: never")
              .between(0, 100),
          field("multi_label", &ClassifyDataConfig::multi_label,
                "an example may have any number of labels; so it is where label_separator is given"),
          field("level", &ClassifyDataConfig::level, "texts: what a token is"),
          field("segment", &ClassifyDataConfig::segment,
                "texts: words as Unicode parts them, or by white space alone"),
          field("lower_case", &ClassifyDataConfig::lower_case, "texts: whether case is ignored"),
          field("min_count", &ClassifyDataConfig::min_count,
                "texts: rarer units become <unk>; of sub-words none do")
              .at_least(1),
          field("max_vocabulary", &ClassifyDataConfig::max_vocabulary,
                "texts: size of the vocabulary; 0: no limit, of sub-words 8000")
              .at_least(0),
          field("subwords", &ClassifyDataConfig::subwords,
                "texts, level subword: how they are found and put together"),
          field("max_length", &ClassifyDataConfig::max_length,
                "texts: longer ones are cut to so many tokens; 0: never")
              .at_least(0),
          field("keep", &ClassifyDataConfig::keep, "texts: what is kept of one that is cut"),
      },
      VectorsConfig::fields, SynonymsConfig::fields,
      std::tuple{
          field("scaler", &ClassifyDataConfig::scaler, "series: range that each feature is brought to"),
          field("missing", &ClassifyDataConfig::missing, "series: what stands in for missing values"),
      });

  /// Whether examples may have any number of labels.
  bool many_labels() const { return multi_label || !label_separator.empty(); }
};

enum class ClassWeights { none, balanced };
constexpr std::array<std::string_view, 2> names_of(ClassWeights) { return {"none", "balanced"}; }

enum class TuneThreshold { none, f1, accuracy };
constexpr std::array<std::string_view, 3> names_of(TuneThreshold) { return {"none", "f1", "accuracy"}; }

struct ClassifyTrainConfig : TrainConfig, AugmentConfig {
  Index curriculum = 0;
  ClassWeights class_weights = ClassWeights::none;
  TuneThreshold tune_threshold = TuneThreshold::none;

  static constexpr auto fields = std::tuple_cat(
      TrainConfig::fields,
      std::tuple{
          field("curriculum", &ClassifyTrainConfig::curriculum,
                "epochs at the beginning that go from the shortest examples to the longest")
              .at_least(0),
      },
      AugmentConfig::fields,
      std::tuple{
          field("class_weights", &ClassifyTrainConfig::class_weights,
                "balanced: examples of rare classes count more, so that all classes count alike"),
          field(
              "tune_threshold", &ClassifyTrainConfig::tune_threshold,
              "two classes or many labels: finds on the validation data from which probability on a label is "
              "given, for the best F1 or accuracy; none: 0.5"),
      });
};

struct ClassifyConfig {
  std::string task = "classify";
  Index seed = 42;
  ClassifyDataConfig data{};
  PooledModelConfig model{};
  ClassifyTrainConfig train{};

  static constexpr auto fields = std::tuple{
      field("task", &ClassifyConfig::task, "what is learned"),
      field("seed", &ClassifyConfig::seed, "of all random numbers").at_least(0),
      field("data", &ClassifyConfig::data, "what is read, and how"),
      field("model", &ClassifyConfig::model, "what the model is made of"),
      field("train", &ClassifyConfig::train, "how it is trained"),
  };
};

}  // namespace recur
