#include "tasks/seq2seq/data.h"

#include <fmt/core.h>

#include <unordered_set>

#include "base/error.h"
#include "base/text.h"
#include "data/data_hash.h"
#include "data/labels/stratify.h"

namespace recur {
namespace {

using Pairs = std::vector<TextPair>;

void hash_split(DataHash& hash, std::string_view role, const Pairs& pairs) {
  hash.add(role);
  hash.add(static_cast<Index>(pairs.size()));
  for (const TextPair& pair : pairs) {
    hash.add(pair.source);
    hash.add(pair.target);
    hash.add_names(pair.before);
  }
}

/// Pairs with what was said before them, where the model reads that.
Pairs read_turns(const Seq2SeqConfig& config, std::span<const std::filesystem::path> files) {
  Pairs pairs = read_pairs(config.data, files);
  if (config.data.turns > 1) link_turns(pairs, config.data.turns - 1);
  return pairs;
}

/// Holds a share of the training pairs out.
void hold_out(const Seq2SeqConfig& config, Pairs& train, Pairs& valid) {
  recur::hold_out(train, config.data.valid_fraction, static_cast<std::uint64_t>(config.seed), valid);
  check<ConfigError>(!train.empty() && !valid.empty(),
                     "{}: {} training and {} validation pairs are left with a valid_fraction of {}, expected "
                     "one of each at least; give validation pairs with --valid",
                     config.data.train.front().string(), train.size(), valid.size(),
                     shortest(config.data.valid_fraction));
}

/// A line on the pairs of `split` that stand in the training data, too.
void note_repeated(const Pairs& split, const Pairs& train, const char* name,
                   std::vector<std::string>& notes) {
  std::unordered_set<std::string> seen;
  for (const TextPair& pair : train) seen.insert(pair.source + '\n' + pair.target);
  Index repeated = 0;
  for (const TextPair& pair : split) repeated += seen.contains(pair.source + '\n' + pair.target);
  if (repeated > 0)
    notes.push_back(fmt::format("{} of {} {} pairs stand in the training data too", format_count(repeated),
                                format_count(static_cast<Index>(split.size())), name));
}

std::vector<PairExample> encode(const Seq2SeqPipeline& pipeline, const Pairs& pairs, CutCount& cut) {
  std::vector<PairExample> examples;
  examples.reserve(pairs.size());
  for (const TextPair& pair : pairs) examples.push_back(pipeline.encode(pair, cut));
  return examples;
}

/// "vocabularies: 7,822 words of the sources and 5,893 of the targets; 2.1 % and 1.3 % of the training words
/// are <unk>".
std::string vocabulary_note(const Seq2SeqPipeline& pipeline, const std::vector<PairExample>& train) {
  Index unknown[2] = {}, tokens[2] = {};
  const auto count = [&](const std::vector<std::int32_t>& ids, const TokenSide& side, int which) {
    for (const std::int32_t id : ids) unknown[which] += side.vocabulary().unknown() == id;
    tokens[which] += static_cast<Index>(ids.size()) - 1;  // less </s>
  };
  for (const PairExample& example : train) {
    count(example.source, pipeline.source(), 0);
    count(example.target, pipeline.target(), 1);
  }
  const auto share = [&](int which) {
    return 100.0 * static_cast<double>(unknown[which]) /
           static_cast<double>(std::max<Index>(1, tokens[which]));
  };
  return fmt::format(
      "vocabularies: {} of sources ({:.1f} % of their training {} are unknown), {} of targets "
      "({:.1f} %)",
      format_count(pipeline.source().vocabulary().size()), share(0), plural(pipeline.level()),
      format_count(pipeline.target().vocabulary().size()), share(1));
}

}  // namespace

Seq2SeqData read_seq2seq_data(const Seq2SeqConfig& config) {
  Pairs train = read_turns(config, config.data.train), valid = read_turns(config, config.data.valid),
        test = read_turns(config, config.data.test);
  Seq2SeqData data;
  DataHash hash;
  hash_split(hash, "train", train);
  hash_split(hash, "valid", valid);
  hash_split(hash, "test", test);
  if (config.data.valid.empty()) hash.add(shortest(config.data.valid_fraction));  // which part validates
  data.sha256 = hash.hex();
  if (config.data.valid.empty()) hold_out(config, train, valid);
  note_repeated(valid, train, "validation", data.notes);
  note_repeated(test, train, "test", data.notes);
  data.pipeline = std::make_shared<Seq2SeqPipeline>(config, train);
  CutCount cut;
  data.train = encode(*data.pipeline, train, cut);
  data.valid = encode(*data.pipeline, valid, cut);
  data.test = encode(*data.pipeline, test, cut);
  data.notes.push_back(vocabulary_note(*data.pipeline, data.train));
  note_cut(config.data, cut, static_cast<Index>(train.size() + valid.size() + test.size()), "pairs",
           data.notes);
  return data;
}

std::vector<PairExample> read_seq2seq_examples(const Seq2SeqConfig& config, const Seq2SeqPipeline& pipeline,
                                               const std::filesystem::path& files) {
  CutCount cut;
  return encode(pipeline, read_turns(config, split_files(files)), cut);
}

}  // namespace recur
