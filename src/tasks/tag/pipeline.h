// What stands between sentences and the network of a tagger, both ways. It is fitted on the training part and
// lies in the model file.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "data/labels/label_set.h"
#include "data/tagged/tagged_reader.h"
#include "data/text/vocabulary.h"
#include "data/words/synonyms.h"
#include "formats/model_file.h"
#include "metrics/chunks.h"
#include "tasks/tag/config.h"
#include "tensor/tensor.h"

namespace recur {

/// The number of a tag or intent that does not occur in training: no answer can be right.
constexpr std::int32_t kUnseen = -1;

/// A sentence as a tagger learns from it.
struct TagExample {
  Tensor input{};                    ///< i32 [T, width]: a row of numbers a word, see TagPipeline
  std::vector<std::int32_t> tags{};  ///< none where they are not known
  std::vector<Chunk> chunks{};       ///< that the tags mark
  std::int32_t intent = kUnseen;     ///< what the sentence is for
  bool has_intent = false;           ///< whether the data say so
  std::vector<std::string> words{};  ///< as they were read
  std::string place{};               ///< "train.txt:17"
};

/// Columns of a word's row: its number in the vocabulary, how it is written, the number of its value in each
/// feature column, and where its characters are read the numbers of up to kMostCharacters of them,
/// kNoCharacter behind the last. Of longer words the beginning and the end are read.
enum TagColumn : Index { kWordColumn, kCaseColumn, kFeatureColumn };  // drop_words() knows the first
constexpr Index kMostCharacters = 20;
constexpr std::int32_t kNoCharacter = -1;
/// Of a value of a feature column that training never met; the others count from 1.
constexpr std::int32_t kUnknownFeature = 0;

/// How a word is written: no letters or digits, digits alone, small letters, Capital first, ALL CAPITALS,
/// capitals inside, digits among letters.
enum class WordCase : std::int32_t { other, digits, lower, capital, upper, mixed, alphanumeric };
constexpr Index kWordCases = 7;
WordCase case_of(std::string_view word);

class TagPipeline {
 public:
  /// Fitted on sentences whose tags are in config.data.scheme. Throws DataError unless there are two tags,
  /// and where most words have one of their own.
  TagPipeline(const TagConfig& config, const std::vector<TaggedSentence>& train, Index columns);
  /// As a model file has it. Throws FormatError.
  TagPipeline(const TagConfig& config, const ModelFile& file);
  void save(ModelFile& file) const;

  const Vocabulary& vocabulary() const { return *vocabulary_; }
  /// Of characters; null where they are not read.
  const Vocabulary* characters() const { return characters_ ? &*characters_ : nullptr; }
  const LabelSet& tags() const { return tags_; }
  /// The values of each feature column.
  const std::vector<LabelSet>& features() const { return features_; }
  /// What sentences are for; empty where the data do not say.
  const LabelSet& intents() const { return intents_; }
  TagScheme scheme() const { return data_.scheme; }
  bool has_chunks() const { return data_.scheme != TagScheme::none; }
  /// Columns of a line of the training data.
  SeenColumns seen() const { return {columns_, &tags_, features_}; }

  /// The tags in any scheme.
  TagExample encode(const TaggedSentence& sentence) const;
  /// A word as it takes the place of another that is written in small letters: its number and characters;
  /// nothing for one that the vocabulary does not have.
  std::optional<WordRow> row_of(std::string_view word) const;
  /// What the vocabulary looks up.
  std::string key_of(std::string_view word) const;
  /// Tags by name.
  std::vector<std::string> names_of(std::span<const std::int32_t> tags) const;

 private:
  Index char_column() const { return kFeatureColumn + static_cast<Index>(features_.size()); }
  Index width() const { return char_column() + (characters_ ? kMostCharacters : 0); }
  void encode_characters(std::string_view word, std::int32_t* ids) const;

  TagDataConfig data_;
  std::optional<Vocabulary> vocabulary_, characters_;
  LabelSet tags_, intents_;
  std::vector<LabelSet> features_;
  Index columns_ = 0;
};

}  // namespace recur
