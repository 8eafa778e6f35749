#include "tasks/classify/data.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <span>
#include <unordered_set>

#include "base/error.h"
#include "base/moments.h"
#include "base/text.h"
#include "data/data_hash.h"
#include "data/labels/stratify.h"
#include "tasks/classify/baselines.h"

namespace recur {
namespace {

/// With fewer examples none is held out: there are other ways to find the number of epochs.
constexpr Index kFewExamples = 300;

/// The examples of one split as they were read, texts or series; one interface for both.
struct Texts {
  std::vector<TextExample> list;

  Texts(const ClassifyConfig& config, std::span<const std::filesystem::path> files)
      : list(read_text_examples(config.data, files, /*with_labels=*/true)) {}
  void describe_as(const Texts&) {}
  const std::vector<TextExample>& raw() const { return list; }
  static std::vector<std::string> feature_names() { return {}; }
  static std::string_view content(const TextExample& example) { return example.text; }
  Example encode(const ClassifyPipeline& pipeline, std::size_t i, Index& changed) const {
    return pipeline.encode(list[i], changed);
  }
};
struct Series : SeriesExamples {
  Series(const ClassifyConfig& config, std::span<const std::filesystem::path> files)
      : SeriesExamples(files.empty() ? SeriesExamples{}
                                     : read_series_examples(config.data, files, /*with_labels=*/true)) {}
  /// Its examples will be of the other's.
  void describe_as(const Series& other) { features = other.features; }
  const SeriesExamples& raw() const { return *this; }
  std::vector<std::string> feature_names() const { return features; }
  static std::string_view content(const SeriesExample& example) {
    return {reinterpret_cast<const char*>(example.values.data()), example.values.size() * sizeof(float)};
  }
  Example encode(const ClassifyPipeline& pipeline, std::size_t i, Index& changed) const {
    return pipeline.encode(list[i], features, changed);
  }
};

/// Examples with the same labels are of one stratum.
template <class Raw>
std::vector<std::int32_t> strata_of(const std::vector<Raw>& list) {
  std::map<std::vector<std::string>, std::int32_t> numbers;
  std::vector<std::int32_t> strata;
  strata.reserve(list.size());
  for (const Raw& example : list)
    strata.push_back(
        numbers.try_emplace(example.labels, static_cast<std::int32_t>(numbers.size())).first->second);
  return strata;
}

template <class Raw>
LabelSet labels_of(const std::vector<Raw>& list) {
  std::vector<std::string> labels;
  for (const Raw& example : list) labels.insert(labels.end(), example.labels.begin(), example.labels.end());
  return LabelSet(std::move(labels));
}

template <class Split>
void hash_split(DataHash& hash, std::string_view role, const Split& split) {
  hash.add(role);
  hash.add_names(split.feature_names());
  hash.add(static_cast<Index>(split.list.size()));
  for (const auto& example : split.list) {
    hash.add(Split::content(example));
    hash.add_names(example.labels);
  }
}

/// A line on the examples of `split` that stand in `other`, too; nothing if there are none.
template <class Split>
void note_repeated(const Split& split, const Split& other, const char* name, const char* other_name,
                   std::vector<std::string>& notes) {
  std::unordered_set<std::string_view> seen;
  for (const auto& example : other.list) seen.insert(Split::content(example));
  const auto repeated = std::ranges::count_if(
      split.list, [&](const auto& example) { return seen.contains(Split::content(example)); });
  if (repeated > 0)
    notes.push_back(fmt::format(
        "{} of {} {} examples stand in the {} data too: their score says less than it "
        "seems",
        format_count(repeated), format_count(static_cast<Index>(split.list.size())), name, other_name));
}

/// A line on classes with a single training example, if there are any.
template <class Raw>
void note_single(const std::vector<Raw>& train, const LabelSet& labels, std::vector<std::string>& notes) {
  std::vector<Index> members(static_cast<std::size_t>(labels.size()));
  for (const Raw& example : train)
    for (const std::string& label : example.labels) ++members[static_cast<std::size_t>(*labels.id(label))];
  std::vector<std::string> single;
  for (std::size_t c = 0; c < members.size(); ++c)
    if (members[c] == 1) single.push_back(labels.name(static_cast<Index>(c)));
  if (single.empty()) return;
  notes.push_back(fmt::format("{} of {} classes ha{} a single training example: {}", single.size(),
                              labels.size(), single.size() == 1 ? "s" : "ve", LabelSet(single).list()));
}

/// A line for each name that label_map gives and no training example has.
void note_unused_map(const ExampleSource& source, const LabelSet& labels, std::vector<std::string>& notes) {
  for (const std::string& entry : source.label_map)
    if (const std::string name = entry.substr(entry.find('=') + 1); !labels.id(name))
      notes.push_back(fmt::format("label_map's '{}' renames nothing: the training data has the labels {}",
                                  entry, labels.list()));
}

/// A line on features that tell nothing: with no value in training, or always the same.
void note_constant(const SeriesExamples& train, std::vector<std::string>& notes) {
  const std::size_t width = train.features.size();
  std::vector<Moments> of(width);
  for (const SeriesExample& example : train.list)
    for (std::size_t i = 0; i < example.values.size(); ++i)
      if (!std::isnan(example.values[i])) of[i % width].add(example.values[i]);
  std::vector<std::string> empty, constant;
  for (std::size_t f = 0; f < width; ++f)
    if (of[f].low == of[f].high) (of[f].count == 0 ? empty : constant).push_back(train.features[f]);
  const auto note = [&](const std::vector<std::string>& names, const char* what) {
    if (!names.empty())
      notes.push_back(fmt::format("{} of {} features {} in the training data: {}", names.size(), width, what,
                                  LabelSet(names).list()));
  };
  note(empty, "have no value");
  note(constant, "are constant");
}
void note_constant(const std::vector<TextExample>&, std::vector<std::string>&) {}

template <class Split>
std::vector<Example> encode_split(const Split& split, const ClassifyPipeline& pipeline, Index& changed) {
  std::vector<Example> out;
  for (std::size_t i = 0; i < split.list.size(); ++i) {
    out.push_back(split.encode(pipeline, i, changed));
    out.back().labels = pipeline.encode_labels(split.list[i].labels, split.list[i].place);
  }
  return out;
}

/// One line on all that was cut or filled in.
std::string changed_note(const ClassifyConfig& config, const ClassifyData& data, Index changed) {
  if (!data.pipeline->reads_text())
    return fmt::format("{} missing values were filled in (missing = {})", format_count(changed),
                       to_name(config.data.missing));
  const std::string_view lost = config.data.keep == Keep::head   ? "ends"
                                : config.data.keep == Keep::tail ? "beginnings"
                                                                 : "middles";
  return fmt::format("{} of {} texts were longer than {} {}; their {} were left out (keep = {})",
                     format_count(changed), format_count(data.examples_read),
                     format_count(config.data.max_length), plural(config.data.level), lost,
                     to_name(config.data.keep));
}

template <class Split>
ClassifyData read(const ClassifyConfig& config) {
  const ClassifyDataConfig& files = config.data;
  Split train(config, files.train), valid(config, files.valid), test(config, files.test);
  if (files.valid.empty()) valid.describe_as(train);
  const Index count = static_cast<Index>(train.list.size());
  check<DataError>(count > 0, "{}: holds no examples", files.train.front().string());
  ClassifyData data;
  data.examples_read = count + static_cast<Index>(valid.list.size() + test.list.size());
  DataHash hash;
  hash_split(hash, "train", train);
  hash_split(hash, "valid", valid);
  hash_split(hash, "test", test);

  const LabelSet labels = labels_of(train.list);
  note_single(train.list, labels, data.notes);
  note_unused_map(files, labels, data.notes);
  note_constant(train.raw(), data.notes);
  const auto seed = static_cast<std::uint64_t>(config.seed);
  check<DataError>(count > 1 || !files.valid.empty(),
                   "{}: holds a single example, expected at least two, or others to validate on (give a file "
                   "with --valid)",
                   files.train.front().string());
  if (files.valid.empty() && count < kFewExamples && files.folds > 1) {
    data.folds = stratified_folds(strata_of(train.list), std::min(files.folds, count), seed);
    data.notes.push_back(
        fmt::format("{} training examples are few: none is held out, {} cross-validated parts of them stand "
                    "in for validation",
                    count, std::min(files.folds, count)));
  } else if (files.valid.empty()) {
    move_chosen(train.list,
                std::span<const Index>(stratified_part(strata_of(train.list), files.valid_fraction, seed)),
                valid.list);
    check<DataError>(!valid.list.empty() && !train.list.empty(),
                     "{}: {} examples cannot be parted into training and validation with valid_fraction {} "
                     "(give a file with --valid)",
                     files.train.front().string(), count, shortest(files.valid_fraction));
  }
  // Which were held out counts where they are what the run is scored on; runs that differ in their seed alone
  // are scored on the same test data.
  if (files.valid.empty() && files.test.empty()) hash_split(hash, "held out", valid);
  hash.add(static_cast<Index>(train.list.size()));
  hash.add(static_cast<Index>(valid.list.size()));
  data.sha256 = hash.hex();
  note_repeated(valid, train, "validation", "training", data.notes);
  note_repeated(test, train, "test", "training", data.notes);
  note_repeated(test, valid, "test", "validation", data.notes);

  data.pipeline = std::make_shared<ClassifyPipeline>(config, labels, train.raw());
  Index changed = 0;
  data.train = encode_split(train, *data.pipeline, changed);
  data.pipeline->shares = label_shares(labels.size(), data.train);
  data.valid = encode_split(valid, *data.pipeline, changed);
  data.test = encode_split(test, *data.pipeline, changed);
  if (changed > 0) data.notes.push_back(changed_note(config, data, changed));
  if (!files.synonyms.empty()) {
    data.synonyms =
        Synonyms::read(files.synonyms, [&](std::string_view word) { return data.pipeline->row_of(word); });
    data.notes.push_back(data.synonyms.note());
  }
  if (!files.vectors.empty()) {
    data.vectors = read_word_vectors(files.vectors, data.pipeline->vocabulary());
    data.notes.push_back(data.vectors->note);
  }
  return data;
}

}  // namespace

ClassifyData read_classify_data(const ClassifyConfig& config) {
  const bool series = holds_series(config.data, config.data.train);
  const std::string_view reads = series ? "series" : plural(config.data.level);
  check_vectors(config.data, reads);
  const bool words = !series && config.data.level == Level::word;
  check<ConfigError>(words || config.data.synonyms.empty(), "--synonyms are of words, and the model reads {}",
                     reads);
  check<ConfigError>(words || config.train.word_swap == 0,
                     "word_swap lets words change places, and the model reads {}", reads);
  return series ? read<Series>(config) : read<Texts>(config);
}

std::vector<Example> read_labelled(const ClassifyConfig& config, const ClassifyPipeline& pipeline,
                                   const std::filesystem::path& file) {
  const std::vector<std::filesystem::path> files{file};
  Index changed = 0;
  std::vector<Example> examples = pipeline.reads_text()
                                      ? encode_split(Texts(config, files), pipeline, changed)
                                      : encode_split(Series(config, files), pipeline, changed);
  check<DataError>(!examples.empty(), "{}: holds no examples", file.string());
  return examples;
}

}  // namespace recur
