#include "data/text/train_subwords.h"

#ifdef RECUR_SENTENCEPIECE
#include <sentencepiece_processor.h>
#include <sentencepiece_trainer.h>
#endif

#include <set>
#include <utility>

#include "base/enum_names.h"
#include "base/error.h"
#include "base/utf8.h"

namespace recur {

void LineSample::add(std::string_view line) {
  if (seen_++ % every_ != 0) return;
  lines_.emplace_back(line);
  bytes_ += line.size();
  while (bytes_ > most_bytes_ && lines_.size() > 1) {
    std::size_t kept = 0;
    bytes_ = 0;
    for (std::size_t i = 0; i < lines_.size(); i += 2) {
      bytes_ += lines_[i].size();
      std::swap(lines_[kept++], lines_[i]);
    }
    lines_.resize(kept);
    every_ *= 2;
  }
}

#ifdef RECUR_SENTENCEPIECE
namespace {

/// SentencePiece's sign for a space.
constexpr std::string_view kSpace = "\xE2\x96\x81";
constexpr Index kUsualSize = 8000;

class Lines final : public sentencepiece::SentenceIterator {
 public:
  explicit Lines(const std::vector<std::string>& lines) : lines_(lines) {}
  bool done() const override { return at_ == lines_.size(); }
  void Next() override { ++at_; }
  const std::string& value() const override { return lines_[at_]; }
  sentencepiece::util::Status status() const override { return {}; }

 private:
  const std::vector<std::string>& lines_;
  std::size_t at_ = 0;
};

void check_size(const std::vector<std::string>& lines, Index size) {
  std::set<char32_t> characters{U' '};
  for (const std::string& line : lines)
    for (const char *at = line.data(), *end = at + line.size(); at < end;)
      if (const char32_t c = next_code_point(at); c != U'\t') characters.insert(c);
  check<ConfigError>(characters.size() > 1, "there are no words to find sub-words in");
  const Index needed = static_cast<Index>(characters.size()) + 3;
  check<ConfigError>(size >= needed,
                     "a vocabulary of {} cannot hold the {} different characters of the training text (raise "
                     "--max-vocabulary to {} at least)",
                     size, characters.size(), needed);
}

}  // namespace

Vocabulary train_subwords(const std::vector<std::string>& lines, SubwordKind kind, Index size) {
  if (size == 0) size = kUsualSize;
  check_size(lines, size);
  // Text stays as it is: what changes it stands before the vocabulary, for every level alike. One thread, as
  // sums of several depend on their number.
  Lines sentences(lines);
  std::string trained;
  const auto status = sentencepiece::SentencePieceTrainer::Train(
      {{"model_type", std::string(to_name(kind))},
       {"vocab_size", std::to_string(size - 1)},  // kEndOfLine is ours
       {"hard_vocab_limit", "false"},
       {"character_coverage", "1"},
       {"normalization_rule_name", "identity"},
       {"remove_extra_whitespaces", "false"},
       {"max_sentence_length", "1073741824"},
       {"num_threads", "1"},
       {"bos_id", "-1"},
       {"eos_id", "-1"},
       {"pad_id", "-1"},
       {"minloglevel", "2"}},
      &sentences, &trained);
  check<ConfigError>(status.ok(), "no sub-words can be found in the training text: {}", status.ToString());
  sentencepiece::SentencePieceProcessor processor;
  const auto loaded = processor.LoadFromSerializedProto(trained);
  check<ConfigError>(loaded.ok(), "no sub-words can be found in the training text: {}", loaded.ToString());

  std::vector<std::string> units{std::string(Vocabulary::kUnknown), std::string(kEndOfLine)};
  SubwordScores scores{.kind = kind, .of = {0, 0}};
  for (int id = 0; id < processor.GetPieceSize(); ++id) {
    std::string piece = processor.IdToPiece(id);
    for (std::size_t at = 0; (at = piece.find(kSpace, at)) != piece.npos;)
      piece.replace(at, kSpace.size(), " ");
    if (processor.IsUnknown(id) || piece == kEndOfLine || piece.size() > kLongestSubword) continue;
    units.push_back(std::move(piece));
    scores.of.push_back(processor.GetScore(id));
  }
  return Vocabulary(std::move(units), std::move(scores));
}
#else
Vocabulary train_subwords(const std::vector<std::string>&, SubwordKind, Index) {
  fail<ConfigError>(
      "this program was built without SentencePiece, which finds sub-words (build it where "
      "libsentencepiece-dev is installed, or use another --level)");
}
#endif

}  // namespace recur
