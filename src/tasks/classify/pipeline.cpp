#include "tasks/classify/pipeline.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "base/text.h"
#include "data/text/packed_strings.h"
#include "data/text/unit_counter.h"

namespace recur {
namespace {

NormaliseOptions normalisation(const ClassifyDataConfig& data) {
  return {.level = data.level, .segment = data.segment, .lower_case = data.lower_case};
}

Tensor tensor_of(std::span<const float> values) {
  Tensor t = Tensor::empty({static_cast<Index>(values.size())});
  std::ranges::copy(values, t.data<float>());
  return t;
}

std::vector<float> values_of(const Tensor& t) { return {t.data<float>(), t.data<float>() + t.size()}; }

bool all_numbers(const std::vector<std::string>& names) {
  return std::ranges::all_of(names, [](const std::string& name) { return parse_integer(name).has_value(); });
}

std::string list(const std::vector<std::string>& names) {
  return join(std::vector<std::string_view>(names.begin(), names.end()));
}

}  // namespace

void ClassifyPipeline::set_labels(LabelSet labels, std::size_t examples) {
  constexpr Index kFewLabels = 100;  // fewer may be rare, and take no memory that counts
  labels_ = std::move(labels);
  const std::string where = data_.train.front().string();
  check<DataError>(labels_.size() > 0, "{}: no example has a label", where);
  check<DataError>(labels_.size() > 1 || many_labels(),
                   "{}: all examples have the label '{}', expected at least two classes (is it the right "
                   "column?)",
                   where, shortened(labels_.name(0)));
  check<DataError>(
      many_labels() || labels_.size() <= kFewLabels || 2 * labels_.size() <= static_cast<Index>(examples),
      "{}: {} different labels among {} training examples, expected at least two examples of a label "
      "on average (is it the right column?)",
      where, format_count(labels_.size()), format_count(static_cast<Index>(examples)));
  thresholds.assign(static_cast<std::size_t>(labels_.size()), 0.5);
}

ClassifyPipeline::ClassifyPipeline(const ClassifyConfig& config, LabelSet labels,
                                   const std::vector<TextExample>& train)
    : data_(config.data) {
  set_labels(std::move(labels), train.size());
  UnitCounter counter(data_.level);
  // What cutting leaves out is still language: it counts for the vocabulary.
  Index units = 0;
  for (const TextExample& example : train)
    units += counter.add(normalise(example.text, normalisation(data_)), std::numeric_limits<Index>::max());
  check<DataError>(units > 0, "{}: no training text holds any {} (is it the right column?)",
                   data_.train.front().string(), plural(data_.level));
  vocabulary_ = counter.vocabulary(
      {.min_count = data_.min_count, .max_size = data_.max_vocabulary, .subwords = data_.subwords});
  check<ConfigError>(
      !vocabulary_->unknown() || vocabulary_->size() > 1,
      "the vocabulary holds nothing but <unk>: no {} are left; lower --min-count ({}) or raise "
      "--max-vocabulary ({})",
      plural(data_.level), data_.min_count, data_.max_vocabulary);
}

ClassifyPipeline::ClassifyPipeline(const ClassifyConfig& config, LabelSet labels, const SeriesExamples& train)
    : data_(config.data), features_(train.features) {
  set_labels(std::move(labels), train.list.size());
  std::vector<std::span<const float>> series;
  for (const SeriesExample& example : train.list) series.emplace_back(example.values);
  const Index count = static_cast<Index>(features_.size());
  scaler_ = FeatureScaler::fit(data_.scaler, series, count);
  means_ = FeatureScaler::fit(Scaling::standard, series, count).shift;
}

ClassifyPipeline::ClassifyPipeline(const ClassifyConfig& config, const ModelFile& file) : data_(config.data) {
  labels_ = LabelSet::from_bytes(file.blob("labels"), file.where);
  check<FormatError>(labels_.size() >= (many_labels() ? 1 : 2), "{}: it has {} labels", file.where,
                     labels_.size());
  const auto per_feature = [&](const char* name) {
    return values_of(file.at(name, {static_cast<Index>(features_.size())}));
  };
  for (const float t : values_of(file.at("pipeline.thresholds", {labels_.size()}))) thresholds.push_back(t);
  if (file.find("pipeline.shares") != nullptr)
    for (const float s : values_of(file.at("pipeline.shares", {labels_.size()}))) shares.push_back(s);
  if (file.blobs.contains("vocabulary")) {
    vocabulary_ = Vocabulary::from_bytes(data_.level, file.blob("vocabulary"), file.where);
    return;
  }
  features_ = strings_from_bytes(file.blob("features"), "list of features", file.where);
  check<FormatError>(!features_.empty(), "{}: it has no features", file.where);
  scaler_ = {per_feature("pipeline.shift"), per_feature("pipeline.scale")};
  means_ = per_feature("pipeline.mean");
}

void ClassifyPipeline::save(ModelFile& file) const {
  file.blobs["labels"] = labels_.to_bytes();
  const auto rounded = [](const std::vector<double>& list) {
    return tensor_of(std::vector<float>(list.begin(), list.end()));
  };
  file.tensors.push_back({"pipeline.thresholds", rounded(thresholds)});
  file.tensors.push_back({"pipeline.shares", rounded(shares)});
  if (reads_text()) {
    file.blobs["vocabulary"] = vocabulary_->to_bytes();
    return;
  }
  file.blobs["features"] = strings_to_bytes(features_);
  file.tensors.push_back({"pipeline.shift", tensor_of(scaler_.shift)});
  file.tensors.push_back({"pipeline.scale", tensor_of(scaler_.scale)});
  file.tensors.push_back({"pipeline.mean", tensor_of(means_)});
}

ModelShape ClassifyPipeline::shape() const {
  return {.tokens = reads_text() ? vocabulary_->size() : 0,
          .features = static_cast<Index>(features_.size()),
          .outputs = labels_.size()};
}

Example ClassifyPipeline::encode(const TextExample& example, Index& cut) const {
  std::vector<std::int32_t> ids;
  vocabulary_->encode(normalise(example.text, normalisation(data_)), ids);
  cut += fit_length(ids, data_.max_length, data_.keep);
  Example encoded{.place = example.place, .shown = example.text};
  encoded.input = Tensor::empty({static_cast<Index>(ids.size())}, DType::i32);
  std::ranges::copy(ids, encoded.input.data<std::int32_t>());
  return encoded;
}

std::optional<WordRow> ClassifyPipeline::row_of(std::string_view word) const {
  WordRow ids;
  vocabulary_->encode(normalise(word, normalisation(data_)), ids);
  return ids.size() == 1 && ids.front() != vocabulary_->unknown() ? std::optional(ids) : std::nullopt;
}

Example ClassifyPipeline::encode(const SeriesExample& example, const std::vector<std::string>& features,
                                 Index& filled) const {
  const Index width = static_cast<Index>(features_.size());
  check<DataError>(features.size() == features_.size(), "{}: a step has {} value{} ({}), expected {} ({})",
                   example.place, features.size(), features.size() == 1 ? "" : "s", shortened(list(features)),
                   width, shortened(list(features_)));
  // A file without names has numbers instead: then their order is all there is.
  check<DataError>(width == 1 || features == features_ || (all_numbers(features) && all_numbers(features_)),
                   "{}: the features of a step are {}, expected {}, as in training (with "
                   "--value-columns their order can be given)",
                   example.place, shortened(list(features)), shortened(list(features_)));
  Example encoded{.place = example.place};
  encoded.input = Tensor::empty({example.steps, width});
  const std::span values(encoded.input.data<float>(), example.values.size());
  std::ranges::copy(example.values, values.begin());
  const auto missing = std::ranges::count_if(values, [](float v) { return std::isnan(v); });
  if (missing > 0) {
    check<DataError>(data_.missing != FillMissing::error,
                     "{}: {} of {} values are missing (--missing interpolate, forward or mean fills them)",
                     example.place, missing, values.size());
    fill_missing(values, data_.missing, means_);
    filled += missing;
  }
  scaler_.apply(values);
  encoded.shown = fmt::format("{} steps of {} feature{}", example.steps, width, width == 1 ? "" : "s");
  return encoded;
}

std::vector<std::int32_t> ClassifyPipeline::encode_labels(const std::vector<std::string>& labels,
                                                          const std::string& place) const {
  check<DataError>(many_labels() || labels.size() == 1,
                   "{}: has {} labels, expected one (if examples may have any number of them: --multi-label)",
                   place, labels.size());
  std::vector<std::int32_t> ids;
  for (const std::string& label : labels) {
    const std::optional<std::int32_t> id = labels_.id(label);
    check<DataError>(id.has_value(),
                     "{}: label '{}' does not stand in the training data (its labels are: {})", place,
                     shortened(label), labels_.list());
    ids.push_back(*id);
  }
  std::ranges::sort(ids);
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

std::vector<float> ClassifyPipeline::probabilities(const float* logits) const {
  std::vector<float> p(logits, logits + labels_.size());
  if (many_labels()) {
    for (float& v : p) v = 1 / (1 + std::exp(-v));
    return p;
  }
  const float highest = *std::ranges::max_element(p);
  double sum = 0;
  for (float& v : p) sum += v = std::exp(v - highest);
  for (float& v : p) v = static_cast<float>(v / sum);
  return p;
}

std::vector<std::int32_t> ClassifyPipeline::decide(const std::vector<float>& p) const {
  if (many_labels()) {
    std::vector<std::int32_t> ids;
    for (std::size_t c = 0; c < p.size(); ++c)
      if (p[c] >= thresholds[c]) ids.push_back(static_cast<std::int32_t>(c));
    return ids;
  }
  if (p.size() == 2 && thresholds[1] != 0.5) return {p[1] >= thresholds[1] ? 1 : 0};
  return {static_cast<std::int32_t>(std::ranges::max_element(p) - p.begin())};
}

}  // namespace recur
