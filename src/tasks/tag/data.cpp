#include "tasks/tag/data.h"

#include <fmt/core.h>

#include <algorithm>
#include <unordered_set>

#include "base/error.h"
#include "base/text.h"
#include "data/data_hash.h"
#include "data/labels/stratify.h"

namespace recur {
namespace {

using Sentences = std::vector<TaggedSentence>;

void hash_split(DataHash& hash, std::string_view role, const Sentences& sentences) {
  hash.add(role);
  hash.add(static_cast<Index>(sentences.size()));
  for (const TaggedSentence& sentence : sentences) {
    hash.add_names(sentence.words);
    hash.add_names(sentence.tags);
    hash.add(sentence.intent);
    for (const std::vector<std::string>& features : sentence.features) hash.add_names(features);
  }
}

std::string words_of(const TaggedSentence& sentence) {
  std::string text;
  for (const std::string& word : sentence.words) (text += word) += '\n';
  return text;
}

/// A line on the sentences of `split` that stand in `other`, too; nothing if there are none. Short ones
/// repeat in any language.
void note_repeated(const Sentences& split, const Sentences& other, const char* name, const char* other_name,
                   std::vector<std::string>& notes) {
  constexpr std::size_t kShort = 5;
  std::unordered_set<std::string> seen;
  for (const TaggedSentence& sentence : other) seen.insert(words_of(sentence));
  const auto repeated = std::ranges::count_if(split, [&](const TaggedSentence& sentence) {
    return sentence.words.size() >= kShort && seen.contains(words_of(sentence));
  });
  if (repeated > 0)
    notes.push_back(fmt::format("{} of {} {} sentences stand in the {} data too (those of {} words or more)",
                                format_count(repeated), format_count(static_cast<Index>(split.size())), name,
                                other_name, kShort));
}

std::vector<TagExample> encode(const TagPipeline& pipeline, const Sentences& sentences) {
  std::vector<TagExample> examples;
  for (const TaggedSentence& sentence : sentences) examples.push_back(pipeline.encode(sentence));
  return examples;
}

/// "2 tags of the test data do not occur in training, so 3 words cannot be right: B-x, I-x".
void note_unseen(const char* thing, const char* of, const std::vector<std::string>& unseen, const char* name,
                 std::vector<std::string>& notes) {
  if (unseen.empty()) return;
  const LabelSet kinds(unseen);
  notes.push_back(fmt::format("{} of the {} data do{} not occur in training, so {} cannot be right: {}",
                              counted(kinds.size(), thing), name, kinds.size() == 1 ? "es" : "",
                              counted(static_cast<Index>(unseen.size()), of), kinds.list()));
}

/// Lines on the tags and intents that training never met, if there are any.
void note_unseen(const std::vector<TagExample>& examples, const Sentences& sentences, const char* name,
                 std::vector<std::string>& notes) {
  std::vector<std::string> tags, intents;
  for (std::size_t i = 0; i < examples.size(); ++i) {
    for (std::size_t t = 0; t < examples[i].tags.size(); ++t)
      if (examples[i].tags[t] == kUnseen) tags.push_back(sentences[i].tags[t]);
    if (examples[i].has_intent && examples[i].intent == kUnseen) intents.push_back(sentences[i].intent);
  }
  note_unseen("tag", "word", tags, name, notes);
  note_unseen("intent", "sentence", intents, name, notes);
}

/// Holds a share of the training sentences out.
void hold_out(const TagConfig& config, Sentences& train, Sentences& valid) {
  recur::hold_out(train, config.data.valid_fraction, static_cast<std::uint64_t>(config.seed), valid);
  check<DataError>(!train.empty() && !valid.empty(),
                   "{}: {} sentences cannot be parted into training and validation with valid_fraction {} "
                   "(give a file with --valid)",
                   config.data.train.front().string(), train.size() + valid.size(),
                   shortest(config.data.valid_fraction));
}

}  // namespace

TagData read_tag_data(const TagConfig& config) {
  TaggedSentences read = read_tagged(config.data, config.data.train);
  Sentences& train = read.list;
  Sentences valid = read_tagged(config.data, config.data.valid).list,
            test = read_tagged(config.data, config.data.test).list;
  TagData data;
  DataHash hash;
  hash_split(hash, "train", train);
  hash_split(hash, "valid", valid);
  hash_split(hash, "test", test);
  if (config.data.valid.empty()) hash.add(shortest(config.data.valid_fraction));  // which part validates
  data.sha256 = hash.hex();
  data.scheme = find_scheme(config.data.scheme, train, data.notes);
  for (Sentences* split : {&train, &valid, &test})
    for (TaggedSentence& sentence : *split) rewrite(sentence.tags, data.scheme);
  if (config.data.valid.empty()) hold_out(config, train, valid);
  note_repeated(valid, train, "validation", "training", data.notes);
  note_repeated(test, train, "test", "training", data.notes);
  note_repeated(test, valid, "test", "validation", data.notes);
  TagConfig resolved = config;
  resolved.data.scheme = data.scheme;
  data.pipeline = std::make_shared<TagPipeline>(resolved, train, read.columns);
  data.train = encode(*data.pipeline, train);
  data.valid = encode(*data.pipeline, valid);
  data.test = encode(*data.pipeline, test);
  if (!config.data.synonyms.empty()) {
    data.synonyms = Synonyms::read(config.data.synonyms,
                                   [&](std::string_view word) { return data.pipeline->row_of(word); });
    data.notes.push_back(data.synonyms.note());
  }
  note_unseen(data.valid, valid, "validation", data.notes);
  note_unseen(data.test, test, "test", data.notes);
  return data;
}

std::vector<TagExample> read_tag_examples(const TagConfig& config, const TagPipeline& pipeline,
                                          const std::filesystem::path& file) {
  return encode(pipeline, read_tagged(config.data, std::vector{file}).list);
}

}  // namespace recur
