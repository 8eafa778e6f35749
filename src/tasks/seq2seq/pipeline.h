// What stands between texts and the network of a seq2seq model, both ways. It is fitted on the training part
// and lies in the model file.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "data/pairs/pairs.h"
#include "data/text/vocabulary.h"
#include "formats/model_file.h"
#include "tasks/seq2seq/config.h"
#include "tensor/tensor.h"

namespace recur {

/// The tokens of one side: those of a vocabulary, and behind them two of our own, which no text can hold.
class TokenSide {
 public:
  TokenSide() = default;
  explicit TokenSide(Vocabulary vocabulary) : vocabulary_(std::move(vocabulary)) {}

  const Vocabulary& vocabulary() const { return vocabulary_; }
  /// Tokens, ours included.
  Index size() const { return vocabulary_.size() + 2; }
  std::int32_t end() const { return static_cast<std::int32_t>(vocabulary_.size()); }        ///< </s>
  std::int32_t start() const { return static_cast<std::int32_t>(vocabulary_.size()) + 1; }  ///< <s>

 private:
  Vocabulary vocabulary_;
};

/// A pair as a model learns from it.
struct PairExample {
  std::vector<std::int32_t> source{};        ///< with </s> at its end
  std::vector<std::int32_t> target{};        ///< with </s> at its end; empty where it is not known
  std::string source_text{}, target_text{};  ///< normalised: tokens parted by spaces
  std::string place{};
};

/// How many texts were cut.
struct CutCount {
  Index sources = 0, targets = 0;
};

class Seq2SeqPipeline {
 public:
  /// Fitted on pairs. Throws DataError, ConfigError where a side has no tokens.
  Seq2SeqPipeline(const Seq2SeqConfig& config, std::span<const TextPair> train);
  /// As a model file has it. Throws FormatError.
  Seq2SeqPipeline(const Seq2SeqConfig& config, const ModelFile& file);
  void save(ModelFile& file) const;

  const TokenSide& source() const { return source_; }
  const TokenSide& target() const { return target_; }
  Level level() const { return data_.level; }
  /// What a lead is counted in: of sub-words in words, as a piece of one says nothing to a reader.
  Level lead_level() const { return level() == Level::subword ? Level::word : level(); }
  bool many_references() const { return data_.many_references; }
  /// Units of a training target, on average: what a baseline takes from the beginning of a source.
  Index lead() const { return lead_; }

  PairExample encode(const TextPair& pair, CutCount& cut) const;
  /// What was said `before` is read first, as far as the model reads so many turns, a </s> behind each; what
  /// is too long loses its beginning then, not its end.
  PairExample encode_source(std::string_view text, CutCount& cut,
                            std::span<const std::string> before = {}) const;
  Index turns() const { return data_.turns; }
  /// The text of tokens, up to the first </s>: words with spaces between.
  std::string text_of(std::span<const std::int32_t> tokens) const;
  /// The tokens of a side by name, those of our own too.
  static std::string name_of(const TokenSide& side, std::int32_t token);

 private:
  std::string normalised(std::string_view text) const;

  Seq2SeqDataConfig data_;
  TokenSide source_, target_;
  Index lead_ = 1;
};

/// "of 100 pairs 3 sources were cut to 50 words and 1 targets to 20 words"; nothing where nothing was cut.
void note_cut(const Seq2SeqDataConfig& data, const CutCount& cut, Index pairs, const char* what,
              std::vector<std::string>& notes);

}  // namespace recur
