// What stands between the files and the network of a classifier, both ways: tokens or scaled numbers in,
// labels out. It is fitted on the training part and lies in the model file.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "data/examples/examples.h"
#include "data/labels/label_set.h"
#include "data/series/feature_scaler.h"
#include "data/text/vocabulary.h"
#include "data/words/synonyms.h"
#include "formats/model_file.h"
#include "nn/model.h"
#include "tasks/classify/config.h"
#include "tasks/classify/example.h"

namespace recur {

class ClassifyPipeline {
 public:
  /// Fitted on texts or series. Unless there may be any number of labels, throws DataError for fewer than
  /// two, and where most examples have one of their own.
  ClassifyPipeline(const ClassifyConfig& config, LabelSet labels, const std::vector<TextExample>& train);
  ClassifyPipeline(const ClassifyConfig& config, LabelSet labels, const SeriesExamples& train);
  /// As a model file has it. Throws FormatError.
  ClassifyPipeline(const ClassifyConfig& config, const ModelFile& file);
  void save(ModelFile& file) const;

  bool many_labels() const { return data_.many_labels(); }
  bool reads_text() const { return vocabulary_.has_value(); }
  const Vocabulary& vocabulary() const { return *vocabulary_; }
  const LabelSet& labels() const { return labels_; }
  ModelShape shape() const;

  /// The tokens of a text, its labels left out; adds 1 to `cut` if it was too long.
  Example encode(const TextExample& example, Index& cut) const;
  /// A word as it stands in an encoded text; nothing for one that the vocabulary does not have, or that is
  /// several.
  std::optional<WordRow> row_of(std::string_view word) const;
  /// The scaled numbers of a series, its labels left out; adds the values that were missing to `filled`.
  /// Throws DataError for other features than in training, or these in another order, or for missing values
  /// where none may be.
  Example encode(const SeriesExample& example, const std::vector<std::string>& features, Index& filled) const;
  /// The labels of an example by number. Throws DataError with its place for one that is unknown, and for any
  /// number but one where there may be no other.
  std::vector<std::int32_t> encode_labels(const std::vector<std::string>& labels,
                                          const std::string& place) const;

  /// From which probability on each label is given: of many labels, or of the second of two.
  std::vector<double> thresholds;
  /// Of the training examples, the share that has each label; empty in a model file that lacks them.
  std::vector<double> shares;
  /// Probabilities [classes] of logits [classes]: softmax, or of many labels each its sigmoid.
  std::vector<float> probabilities(const float* logits) const;
  /// The labels that such probabilities give.
  std::vector<std::int32_t> decide(const std::vector<float>& probabilities) const;

 private:
  void set_labels(LabelSet labels, std::size_t examples);

  ClassifyDataConfig data_;
  std::optional<Vocabulary> vocabulary_;
  FeatureScaler scaler_;
  std::vector<float> means_;  // of the features, for missing values
  std::vector<std::string> features_;
  LabelSet labels_;
};

}  // namespace recur
