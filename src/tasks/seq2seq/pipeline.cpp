#include "tasks/seq2seq/pipeline.h"

#include <fmt/core.h>

#include <limits>

#include "base/error.h"
#include "base/text.h"
#include "data/words/fit_length.h"

namespace recur {
namespace {

TokenSide fitted(const Seq2SeqDataConfig& data, const UnitCounter& counter, Index units, const char* side) {
  check<DataError>(units > 0, "{}: no training {} holds any {} (are the columns right?)",
                   data.train.front().string(), side, plural(data.level));
  Vocabulary vocabulary = counter.vocabulary({.min_count = data.min_count, .max_size = data.max_vocabulary});
  check<ConfigError>(!vocabulary.unknown() || vocabulary.size() > 1,
                     "the vocabulary of {}s holds nothing but <unk>: no {} are left; lower --min-count ({}) "
                     "or raise --max-vocabulary ({})",
                     side, plural(data.level), data.min_count, data.max_vocabulary);
  return TokenSide(std::move(vocabulary));
}

}  // namespace

Seq2SeqPipeline::Seq2SeqPipeline(const Seq2SeqConfig& config, std::span<const TextPair> train)
    : data_(config.data) {
  constexpr Index kAll = std::numeric_limits<Index>::max();
  UnitCounter sources(data_.level), targets(data_.level);
  Index source_units = 0, target_units = 0;
  for (const TextPair& pair : train) {
    source_units += sources.add(normalised(pair.source), kAll);
    target_units += targets.add(normalised(pair.target), kAll);
  }
  source_ = fitted(data_, sources, source_units, "source");
  target_ = fitted(data_, targets, target_units, "target");
}

Seq2SeqPipeline::Seq2SeqPipeline(const Seq2SeqConfig& config, const ModelFile& file) : data_(config.data) {
  source_ = TokenSide(Vocabulary::from_bytes(data_.level, file.blob("source_vocabulary"), file.where));
  target_ = TokenSide(Vocabulary::from_bytes(data_.level, file.blob("target_vocabulary"), file.where));
}

void Seq2SeqPipeline::save(ModelFile& file) const {
  file.blobs["source_vocabulary"] = source_.vocabulary().to_bytes();
  file.blobs["target_vocabulary"] = target_.vocabulary().to_bytes();
}

std::string Seq2SeqPipeline::normalised(std::string_view text) const {
  return normalise(text, {.level = data_.level, .segment = data_.segment, .lower_case = data_.lower_case});
}

PairExample Seq2SeqPipeline::encode(const TextPair& pair, CutCount& cut) const {
  PairExample example = encode_source(pair.source, cut);
  example.place = pair.place;
  example.target_text = normalised(pair.target);
  target_.vocabulary().encode(example.target_text, example.target);
  cut.targets += fit_length(example.target, data_.max_target_length, Keep::head);
  example.target.push_back(target_.end());
  return example;
}

PairExample Seq2SeqPipeline::encode_source(std::string_view text, CutCount& cut) const {
  PairExample example;
  example.source_text = normalised(text);
  source_.vocabulary().encode(example.source_text, example.source);
  cut.sources += fit_length(example.source, data_.max_source_length, Keep::head);
  example.source.push_back(source_.end());
  return example;
}

std::string Seq2SeqPipeline::text_of(std::span<const std::int32_t> tokens) const {
  Detokenizer text(target_.vocabulary());
  std::string out;
  for (const std::int32_t token : tokens) {
    if (token >= target_.end()) break;
    out += text.next(token);
  }
  return out;
}

std::string Seq2SeqPipeline::name_of(const TokenSide& side, std::int32_t token) {
  return token == side.end() ? "</s>" : token == side.start() ? "<s>" : side.vocabulary().unit(token);
}

void note_cut(const Seq2SeqDataConfig& data, const CutCount& cut, Index pairs, const char* what,
              std::vector<std::string>& notes) {
  if (cut.sources == 0 && cut.targets == 0) return;
  std::vector<std::string> parts;
  const auto add = [&](Index count, const char* side, Index length) {
    if (count > 0)
      parts.push_back(fmt::format("{} {} {}to {} {}", format_count(count), side,
                                  parts.empty() ? "were cut " : "", length, plural(data.level)));
  };
  add(cut.sources, "sources", data.max_source_length);
  add(cut.targets, "targets", data.max_target_length);
  notes.push_back(fmt::format("of {} {} {}", format_count(pairs), what,
                              join(std::vector<std::string_view>(parts.begin(), parts.end()), " and ")));
}

}  // namespace recur
