#include "tasks/tag/pipeline.h"

#include <utf8proc.h>

#include <algorithm>
#include <limits>

#include "base/error.h"
#include "base/text.h"
#include "base/utf8.h"
#include "data/text/unit_counter.h"
#include "data/words/fit_length.h"
#include "data/words/normalise.h"

namespace recur {
namespace {

/// Of a feature column, counted from 0, in the model file.
std::string blob_of_feature(std::size_t number) { return "feature." + std::to_string(number + 1); }

}  // namespace

TagPipeline::TagPipeline(const TagConfig& config, const std::vector<TaggedSentence>& train, Index columns)
    : data_(config.data), columns_(columns) {
  constexpr Index kAll = std::numeric_limits<Index>::max();
  const std::string where = data_.train.front().string();
  const bool reads_characters = config.model.chars != CharEncoder::none;
  std::vector<std::string> tags, intents;
  std::vector<std::vector<std::string>> features(data_.feature_columns.size());
  UnitCounter counter(Level::word), characters(Level::character);
  Index words = 0;
  for (const TaggedSentence& sentence : train) {
    tags.insert(tags.end(), sentence.tags.begin(), sentence.tags.end());
    if (!sentence.intent.empty()) intents.push_back(sentence.intent);
    for (std::size_t k = 0; k < features.size(); ++k)
      features[k].insert(features[k].end(), sentence.features[k].begin(), sentence.features[k].end());
    for (const std::string& word : sentence.words) {
      counter.add(key_of(word), kAll);
      if (reads_characters) characters.add(word, kAll);
    }
    words += static_cast<Index>(sentence.words.size());
  }
  tags_ = LabelSet(std::move(tags));
  intents_ = LabelSet(std::move(intents));
  for (std::vector<std::string>& values : features) features_.emplace_back(std::move(values));
  constexpr Index kFewTags = 500;  // fewer may be rare, and take no memory that counts
  check<DataError>(tags_.size() > 1,
                   "{}: all words have the tag '{}', expected at least two tags (is it the right column?)",
                   where, shortened(tags_.name(0)));
  check<DataError>(
      tags_.size() <= kFewTags || 10 * tags_.size() <= words,
      "{}: {} different tags on {} words, expected at least ten words of a tag on average (is it "
      "the right column?)",
      where, format_count(tags_.size()), format_count(words));
  vocabulary_ = counter.vocabulary({.min_count = data_.min_count, .max_size = data_.max_vocabulary});
  check<ConfigError>(vocabulary_->size() > 1,
                     "the vocabulary holds nothing but <unk>: lower --min-count ({}) or raise "
                     "--max-vocabulary ({})",
                     data_.min_count, data_.max_vocabulary);
  if (reads_characters) characters_ = characters.vocabulary({});
}

TagPipeline::TagPipeline(const TagConfig& config, const ModelFile& file) : data_(config.data) {
  vocabulary_ = Vocabulary::from_bytes(Level::word, file.blob("vocabulary"), file.where);
  if (config.model.chars != CharEncoder::none)
    characters_ = Vocabulary::from_bytes(Level::character, file.blob("characters"), file.where);
  tags_ = LabelSet::from_bytes(file.blob("tags"), file.where);
  check<FormatError>(tags_.size() > 1, "{}: it has {} tags", file.where, tags_.size());
  check<FormatError>(data_.scheme != TagScheme::automatic, "{}: it does not say in which scheme its tags are",
                     file.where);
  for (std::size_t k = 0; k < data_.feature_columns.size(); ++k)
    features_.push_back(LabelSet::from_bytes(file.blob(blob_of_feature(k)), file.where));
  if (file.blobs.contains("intents")) intents_ = LabelSet::from_bytes(file.blob("intents"), file.where);
  columns_ = *file.at("pipeline.columns", {1}, DType::i32).data<std::int32_t>();
}

void TagPipeline::save(ModelFile& file) const {
  file.blobs["vocabulary"] = vocabulary_->to_bytes();
  if (characters_) file.blobs["characters"] = characters_->to_bytes();
  file.blobs["tags"] = tags_.to_bytes();
  for (std::size_t k = 0; k < features_.size(); ++k) file.blobs[blob_of_feature(k)] = features_[k].to_bytes();
  if (intents_.size() > 0) file.blobs["intents"] = intents_.to_bytes();
  const Tensor columns = Tensor::empty({1}, DType::i32);
  *columns.data<std::int32_t>() = static_cast<std::int32_t>(columns_);
  file.tensors.push_back({"pipeline.columns", columns});
}

std::string TagPipeline::key_of(std::string_view word) const {
  std::string key = data_.lower_case ? lower_case(word) : std::string(word);
  for (char& c : key) {
    if (data_.same_digits && c >= '0' && c <= '9') c = '0';
    if (is_space(c)) c = '_';  // a vocabulary parts its words by white space
  }
  return key;
}

void TagPipeline::encode_characters(std::string_view word, std::int32_t* ids) const {
  std::vector<std::int32_t> all;
  characters_->encode(word, all);
  fit_length(all, kMostCharacters, Keep::both);
  std::fill_n(ids, kMostCharacters, kNoCharacter);
  std::ranges::copy(all, ids);
}

TagExample TagPipeline::encode(const TaggedSentence& sentence) const {
  const Index steps = static_cast<Index>(sentence.words.size());
  TagExample example{.words = sentence.words, .place = sentence.place};
  example.input = Tensor::empty({steps, width()}, DType::i32);
  std::int32_t* row = example.input.data<std::int32_t>();
  for (std::size_t t = 0; t < sentence.words.size(); ++t) {
    const std::string& word = sentence.words[t];
    row[kWordColumn] = vocabulary_->id(key_of(word));
    row[kCaseColumn] = static_cast<std::int32_t>(case_of(word));
    for (std::size_t k = 0; k < features_.size(); ++k) {
      const std::optional<std::int32_t> known = features_[k].id(sentence.features[k][t]);
      row[kFeatureColumn + static_cast<Index>(k)] = known ? *known + 1 : kUnknownFeature;
    }
    if (characters_) encode_characters(word, row + char_column());
    row += width();
  }
  std::vector<std::string> tags = sentence.tags;
  if (has_chunks()) {
    example.chunks = chunks_of(tags);
    rewrite(tags, data_.scheme);
  }
  example.tags.reserve(tags.size());
  for (const std::string& tag : tags) example.tags.push_back(tags_.id(tag).value_or(kUnseen));
  example.has_intent = !sentence.intent.empty();
  example.intent = intents_.id(sentence.intent).value_or(kUnseen);
  return example;
}

std::optional<WordRow> TagPipeline::row_of(std::string_view word) const {
  const std::int32_t id = vocabulary_->id(key_of(word));
  if (id == vocabulary_->unknown()) return std::nullopt;
  WordRow row(static_cast<std::size_t>(width()), kSameColumn);
  row[kWordColumn] = id;
  if (characters_) encode_characters(word, row.data() + char_column());
  return row;
}

std::vector<std::string> TagPipeline::names_of(std::span<const std::int32_t> tags) const {
  std::vector<std::string> names;
  names.reserve(tags.size());
  for (const std::int32_t tag : tags) names.push_back(tags_.name(tag));
  return names;
}

WordCase case_of(std::string_view word) {
  Index upper = 0, lower = 0, digits = 0;
  bool first = false;  // the first character is a capital
  for (const char *at = word.data(), *end = at + word.size(); at < end;) {
    const bool begins = at == word.data();
    switch (utf8proc_category(static_cast<utf8proc_int32_t>(next_code_point(at)))) {
      case UTF8PROC_CATEGORY_LU:
      case UTF8PROC_CATEGORY_LT:
        ++upper;
        first = first || begins;
        break;
      case UTF8PROC_CATEGORY_LL:
      case UTF8PROC_CATEGORY_LM:
      case UTF8PROC_CATEGORY_LO:
        ++lower;
        break;
      case UTF8PROC_CATEGORY_ND:
      case UTF8PROC_CATEGORY_NL:
      case UTF8PROC_CATEGORY_NO:
        ++digits;
        break;
      default:
        break;
    }
  }
  if (digits > 0) return upper + lower > 0 ? WordCase::alphanumeric : WordCase::digits;
  if (upper == 0) return lower > 0 ? WordCase::lower : WordCase::other;
  if (lower == 0 && upper > 1) return WordCase::upper;
  return first && upper == 1 ? WordCase::capital : WordCase::mixed;
}

}  // namespace recur
