#include "tasks/seq2seq/pipeline.h"

#include <fmt/core.h>

#include <limits>

#include "base/error.h"
#include "base/text.h"
#include "base/utf8.h"
#include "data/text/unit_counter.h"
#include "data/words/fit_length.h"
#include "metrics/bleu_tokens.h"
#include "metrics/code_points.h"

namespace recur {
namespace {

TokenSide fitted(const Seq2SeqDataConfig& data, const UnitCounter& counter, Index units, const char* side) {
  check<DataError>(units > 0, "{}: no training {} holds any {} (are the columns right?)",
                   data.train.front().string(), side, plural(data.level));
  Vocabulary vocabulary = counter.vocabulary(
      {.min_count = data.min_count, .max_size = data.max_vocabulary, .subwords = data.subwords});
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
  Index source_units = 0, target_units = 0, in_lead = 0;
  for (const TextPair& pair : train) {
    source_units += sources.add(normalised(pair.source), kAll);
    const std::string target = normalised(pair.target);
    target_units += targets.add(target, kAll);
    in_lead += count_units(lead_level(), target);
  }
  source_ = fitted(data_, sources, source_units, "source");
  target_ = fitted(data_, targets, target_units, "target");
  lead_ =
      std::max<Index>(1, (in_lead + static_cast<Index>(train.size()) / 2) / static_cast<Index>(train.size()));
}

Seq2SeqPipeline::Seq2SeqPipeline(const Seq2SeqConfig& config, const ModelFile& file) : data_(config.data) {
  source_ = TokenSide(Vocabulary::from_bytes(data_.level, file.blob("source_vocabulary"), file.where));
  target_ = TokenSide(Vocabulary::from_bytes(data_.level, file.blob("target_vocabulary"), file.where));
  lead_ = *file.at("pipeline.lead", {1}, DType::i32).data<std::int32_t>();
}

void Seq2SeqPipeline::save(ModelFile& file) const {
  file.blobs["source_vocabulary"] = source_.vocabulary().to_bytes();
  file.blobs["target_vocabulary"] = target_.vocabulary().to_bytes();
  const Tensor lead = Tensor::empty({1}, DType::i32);
  *lead.data<std::int32_t>() = static_cast<std::int32_t>(lead_);
  file.tensors.push_back({"pipeline.lead", lead});
}

std::string Seq2SeqPipeline::normalised(std::string_view text) const {
  const bool unicode = data_.segment == PairSegmentation::unicode;
  std::string out = normalise(text, {.level = data_.level,
                                     .segment = unicode ? Segmentation::unicode : Segmentation::space,
                                     .lower_case = data_.lower_case});
  if (data_.level != Level::word || data_.segment != PairSegmentation::mteval) return out;
  const std::u32string apart = bleu_tokens(code_points(out), BleuTokens::mteval_13a);
  out.clear();
  for (const std::u32string_view word : split_words(apart)) {
    if (!out.empty()) out += ' ';
    for (const char32_t point : word) append_utf8(out, point);
  }
  return out;
}

PairExample Seq2SeqPipeline::encode(const TextPair& pair, CutCount& cut) const {
  PairExample example = encode_source(pair.source, cut, pair.before);
  example.place = pair.place;
  example.target_text = normalised(pair.target);
  target_.vocabulary().encode(example.target_text, example.target);
  cut.targets += fit_length(example.target, data_.max_target_length, Keep::head);
  example.target.push_back(target_.end());
  return example;
}

PairExample Seq2SeqPipeline::encode_source(std::string_view text, CutCount& cut,
                                           std::span<const std::string> before) const {
  PairExample example;
  const std::size_t read = std::min(before.size(), static_cast<std::size_t>(data_.turns - 1));
  for (const std::string& turn : before.last(read)) {
    source_.vocabulary().encode(normalised(turn), example.source);
    example.source.push_back(source_.end());
  }
  example.source_text = normalised(text);
  source_.vocabulary().encode(example.source_text, example.source);
  cut.sources +=
      fit_length(example.source, data_.max_source_length, data_.turns > 1 ? Keep::tail : Keep::head);
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
  // A model of bytes may write what is no UTF-8.
  while (const auto bad = find_invalid_utf8(out)) out[*bad] = '?';
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
