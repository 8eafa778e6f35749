// Sub-words: cut as SentencePiece cuts them, put together again without loss, refused where they are damaged.
#include "data/text/subwords.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/error.h"
#include "base/random.h"
#include "data/text/character_count.h"
#include "data/text/corpus.h"
#include "data/text/level.h"
#include "data/text/packed_strings.h"
#include "data/text/train_subwords.h"
#include "data/text/unit_counter.h"
#include "tests/data/text_files.h"

#ifdef RECUR_SENTENCEPIECE
#include <sentencepiece_processor.h>
#include <sentencepiece_trainer.h>
#endif

namespace recur {
namespace {

using Ids = std::vector<std::int32_t>;
using Units = std::vector<std::string>;

/// <unk>, <eos>, then these pieces with their scores.
Vocabulary vocabulary_of(SubwordKind kind, const std::vector<std::pair<std::string, float>>& pieces) {
  Units units{"<unk>", "<eos>"};
  SubwordScores scores{.kind = kind, .of = {0, 0}};
  for (const auto& [piece, score] : pieces) {
    units.push_back(piece);
    scores.of.push_back(score);
  }
  return Vocabulary(units, scores);
}

Units pieces_of(const Vocabulary& vocabulary, std::string_view text) {
  Ids ids;
  vocabulary.encode(text, ids);
  Units pieces;
  for (const std::int32_t id : ids) pieces.push_back(vocabulary.unit(id));
  return pieces;
}

std::string detokenised(const Vocabulary& vocabulary, const Ids& ids) {
  Detokenizer detokenizer(vocabulary);
  std::string text;
  for (const std::int32_t id : ids) text += detokenizer.next(id);
  return text;
}

const Vocabulary& small() {
  static const Vocabulary vocabulary = vocabulary_of(
      SubwordKind::unigram,
      {{" ", -4}, {"a", -5}, {"b", -5}, {"c", -5}, {" a", -3}, {"ab", -4}, {"bc", -3}, {"\r", -9}});
  return vocabulary;
}

TEST(Subwords, OfAUnigramModelHaveTheLargestSum) {
  EXPECT_EQ(pieces_of(small(), "abc"), (Units{" a", "bc"})) << "-6; ' ', 'ab', 'c' have -13";
  EXPECT_EQ(pieces_of(small(), "ab"), (Units{" ", "ab"})) << "-8, as ' a', 'b': the first that is found";
  EXPECT_EQ(pieces_of(small(), "xxyab"), (Units{" ", "<unk>", "ab"})) << "one of what adjoins";
}

TEST(Subwords, OfABpeModelAreMergedByTheirScores) {
  const Vocabulary vocabulary = vocabulary_of(
      SubwordKind::bpe,
      {{"ab", -0}, {" a", -1}, {"abc", -2}, {"aa", -3}, {" ", -4}, {"a", -5}, {"b", -6}, {"c", -7}});
  EXPECT_EQ(pieces_of(vocabulary, "abc"), (Units{" ", "abc"}));
  EXPECT_EQ(pieces_of(vocabulary, "aaab"), (Units{" a", "a", "ab"}));
  EXPECT_EQ(pieces_of(vocabulary, "baaa"), (Units{" ", "b", "aa", "a"})) << "of equals the left one first";
  EXPECT_EQ(pieces_of(vocabulary, "éüa"), (Units{" ", "<unk>", "a"}));
}

TEST(Subwords, KeepLinesAndSpaces) {
  for (const std::string text : {"", "a", "abc ab\n", "\n\n", "a  b\n", " a\n", "a \n", "a b\n\nc", "  \n"}) {
    Ids ids;
    small().encode(text, ids);
    EXPECT_EQ(detokenised(small(), ids), text);
  }
  EXPECT_EQ(pieces_of(small(), "a\r\n\tb\r\n"), (Units{" a", "<eos>", " ", " ", "b", "<eos>"}))
      << "line ends of Windows; a tab is a space";
  EXPECT_EQ(pieces_of(small(), "a "), Units{" a"}) << "the space begins what comes next";
  EXPECT_EQ(pieces_of(small(), "<eos>\n").back(), "<eos>");
  EXPECT_NE(pieces_of(small(), "<eos>\n").front(), "<eos>") << "what is written is no end of a line";
}

TEST(Subwords, CountTheCharactersOfTheirText) {
  const std::string text = "abc ab\n\na  b\n c\n";
  Ids ids;
  small().encode(text, ids);
  const CharacterCount characters(small());
  Index sum = 0;
  for (std::size_t i = 0; i < ids.size(); ++i) sum += characters(i == 0 ? 1 : ids[i - 1], ids[i]);
  EXPECT_EQ(sum, std::ssize(text));
  EXPECT_EQ(characters(5, 0), 0) << "an unknown one says nothing of its characters";
}

TEST(Subwords, OfAPromptLeaveOutUnknownCharacters) {
  const EncodedPrompt prompt = encode_prompt(small(), "aéb c\té");
  Ids expected;
  small().encode("ab c\t", expected);
  EXPECT_EQ(prompt.ids, expected);
  EXPECT_EQ(prompt.note(Level::subword),
            "2 of 7 prompt characters are not in the vocabulary and were left out: 'é'");
}

TEST(Subwords, ComeBackFromAModelFile) {
  for (const SubwordKind kind : {SubwordKind::unigram, SubwordKind::bpe}) {
    const Vocabulary written = vocabulary_of(kind, {{" ", -1.5F}, {" é", -2.25F}, {"x", 0}});
    EXPECT_EQ(Vocabulary::from_bytes(Level::subword, written.to_bytes(), "m"), written);
  }
}

std::string refusal(std::span<const std::uint8_t> bytes) {
  try {
    const Vocabulary vocabulary = Vocabulary::from_bytes(Level::subword, bytes, "m");
    Ids ids;
    vocabulary.encode("abc é\n xyz", ids);  // whatever it is, it cuts
  } catch (const FormatError& error) {
    return error.what();
  }
  return "";
}

TEST(Subwords, OfADamagedFileAreRefused) {
  const auto packed = [](const Units& strings) { return refusal(strings_to_bytes(strings)); };
  const std::string two(8, '\0'), three(12, '\0');
  const std::string begins =
      "m: the vocabulary of sub-words does not begin with <unk> and <eos>, or holds nothing else";
  const std::string ends = "m: the vocabulary of sub-words does not end in their kind and a score for each";
  EXPECT_EQ(packed({}), begins);
  EXPECT_EQ(packed({"<unk>", "<eos>", "unigram", two}), begins);
  EXPECT_EQ(packed({"<unk>", "a", "b", "unigram", three}), begins);
  EXPECT_EQ(packed({"<unk>", "<eos>", "a", "unigram", two}), ends);
  EXPECT_EQ(packed({"<unk>", "<eos>", "a", "trigram", three}), ends);
  EXPECT_EQ(packed({"<unk>", "<eos>", "a", "bpe", three}), "");
  EXPECT_EQ(packed({"<unk>", "<eos>", "a", "a", "bpe", std::string(16, '\0')}),
            "m: unit 3 of the vocabulary occurs twice");
  EXPECT_EQ(packed({"<unk>", "<eos>", "<eos>", "bpe", three}), "m: unit 2 of the vocabulary occurs twice");
  for (const std::string& piece : {std::string(), std::string("\xFF"), std::string(257, 'a')})
    EXPECT_EQ(packed({"<unk>", "<eos>", piece, "bpe", three}),
              "m: unit 2 of the vocabulary is not one of the sub-words it should hold");
  EXPECT_EQ(packed({"<unk>", "<eos>", "a", "bpe", std::string(10, '\0') + "\xC0\x7F"}),
            "m: the score of unit 2 of the vocabulary is nan");
}

TEST(Subwords, OfAFileWithAnyByteChangedCutOrAreRefused) {
  const std::vector<std::uint8_t> bytes = small().to_bytes();
  for (std::size_t i = 0; i < bytes.size(); ++i)
    for (int bit = 0; bit < 8; ++bit) {
      std::vector<std::uint8_t> changed = bytes;
      changed[i] = static_cast<std::uint8_t>(changed[i] ^ (1 << bit));
      refusal(changed);
    }
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_NE(refusal(std::span(bytes).first(size)), "");
}

TEST(Subwords, AreFoundInLinesSpreadOverALargeText) {
  LineSample sample(100);
  for (int i = 0; i < 1000; ++i) sample.add("line " + std::to_string(1000 + i));
  Units expected;
  for (int i = 0; i < 1000; i += 128) expected.push_back("line " + std::to_string(1000 + i));
  EXPECT_EQ(sample.lines(), expected);
}

TEST(Subwords, ArePiecesOfWholeLines) {
  EXPECT_EQ(whole_units(Level::subword, "a b\nc d"), 4U);
  EXPECT_EQ(whole_units(Level::subword, "a b c"), 4U);
  EXPECT_EQ(count_units(Level::subword, "a b\n\nc"), 3);
  EXPECT_EQ(count_units(Level::subword, "a\n"), 1);
  EXPECT_EQ(count_units(Level::subword, ""), 0);
}

#ifndef RECUR_SENTENCEPIECE
TEST(Subwords, NeedSentencePieceToBeFound) {
  EXPECT_THROW(train_subwords({"a b"}, SubwordKind::bpe, 0), ConfigError);
}
#else

/// Words of a few syllables, so that there is something to find.
std::vector<std::string> made_lines(int count) {
  const Units syllables{"ba", "be", "ti", "to", "ku", "lé", "ra", "ß", "no", "un", "er", "日", "本"};
  Random random(5);
  std::vector<std::string> lines;
  for (int i = 0; i < count; ++i) {
    std::string& line = lines.emplace_back();
    for (Index word = random.next_below(9); word > 0; --word) {
      if (!line.empty()) line += random.next_below(20) == 0 ? "  " : " ";
      for (Index left = 1 + random.next_below(4); left > 0; --left)
        line += syllables[static_cast<std::size_t>(random.next_below(std::ssize(syllables)))];
    }
  }
  return lines;
}

class LinesOf final : public sentencepiece::SentenceIterator {
 public:
  explicit LinesOf(const std::vector<std::string>& lines) : lines_(lines) {}
  bool done() const override { return at_ == lines_.size(); }
  void Next() override { ++at_; }
  const std::string& value() const override { return lines_[at_]; }
  sentencepiece::util::Status status() const override { return {}; }

 private:
  const std::vector<std::string>& lines_;
  std::size_t at_ = 0;
};

std::string with_spaces(std::string piece) {
  for (std::size_t at = 0; (at = piece.find("▁", at)) != piece.npos;) piece.replace(at, 3, " ");
  return piece;
}

TEST(Subwords, AreThoseOfSentencePiece) {
  for (const SubwordKind kind : {SubwordKind::unigram, SubwordKind::bpe}) {
    const std::vector<std::string> lines = made_lines(400);
    const Vocabulary vocabulary = train_subwords(lines, kind, 120);
    EXPECT_LE(vocabulary.size(), 120);
    EXPECT_EQ(train_subwords(lines, kind, 120), vocabulary) << "the same again";

    std::string trained;
    LinesOf sentences(lines);
    ASSERT_TRUE(sentencepiece::SentencePieceTrainer::Train(
                    {{"model_type", kind == SubwordKind::bpe ? "bpe" : "unigram"},
                     {"vocab_size", "119"},
                     {"hard_vocab_limit", "false"},
                     {"character_coverage", "1"},
                     {"normalization_rule_name", "identity"},
                     {"remove_extra_whitespaces", "false"},
                     {"num_threads", "1"},
                     {"bos_id", "-1"},
                     {"eos_id", "-1"},
                     {"minloglevel", "2"}},
                    &sentences, &trained)
                    .ok());
    sentencepiece::SentencePieceProcessor processor;
    ASSERT_TRUE(processor.LoadFromSerializedProto(trained).ok());
    ASSERT_EQ(processor.GetPieceSize() + 1, vocabulary.size());
    for (int id = 1; id < processor.GetPieceSize(); ++id)
      EXPECT_EQ(vocabulary.unit(id + 1), with_spaces(processor.IdToPiece(id)));

    std::vector<std::string> texts = made_lines(100);
    for (std::string text : {"x", "ba", "unknown", "baxxbe ß", "日本日本x日", "toto  tobe", "🙂ba🙂🙂"})
      texts.push_back(text);
    for (const std::string& text : texts) {
      Units expected;
      std::vector<int> ids;
      ASSERT_TRUE(processor.Encode(text, &ids).ok());
      for (const int id : ids) expected.push_back(with_spaces(processor.IdToPiece(id)));
      EXPECT_EQ(pieces_of(vocabulary, text), expected) << text;
    }
  }
}

using SubwordFiles = TextFiles;

TEST_F(SubwordFiles, OfACorpusAreFoundInItsTrainingPart) {
  std::string text;
  for (const std::string& line : made_lines(200)) text += line + "\n";
  const std::string late = "nowhere else\n";
  for (int i = 0; i < 20; ++i) text += late;
  const Corpus corpus = read_corpus({.train = plain("a.txt", text),
                                     .valid_fraction = 0.1,
                                     .level = Level::subword,
                                     .limits = {.max_size = 60, .subwords = SubwordKind::bpe}});
  EXPECT_EQ(corpus.vocabulary.id("w"), corpus.vocabulary.unknown());
  const auto text_of = [&](const Tokens& tokens) { return detokenised(corpus.vocabulary, ids_of(tokens)); };
  const std::string train = text_of(corpus.train);
  // Each begins with the end of a line before it.
  EXPECT_EQ(train, ("\n" + text).substr(0, train.size()));
  EXPECT_EQ(std::ranges::count(train, '\n'), 1 + 198);
  EXPECT_EQ(std::ranges::count(text_of(corpus.valid), '\n'), 1 + 22);
}

TEST(Subwords, SayWhatTheyCannotBeFoundIn) {
  const auto message = [](const std::vector<std::string>& lines, Index size) {
    return message_of<ConfigError>([&] { train_subwords(lines, SubwordKind::unigram, size); });
  };
  EXPECT_EQ(message({}, 0), "there are no words to find sub-words in");
  EXPECT_EQ(message({"", " "}, 0), "there are no words to find sub-words in");
  EXPECT_EQ(message({"abcdef"}, 9),
            "a vocabulary of 9 cannot hold the 7 different characters of the training text (raise "
            "--max-vocabulary to 10 at least)");
  EXPECT_EQ(message({"abcdef"}, 10), "nothing was thrown");
  EXPECT_EQ(message({"a"}, 0), "nothing was thrown");
}

#endif

}  // namespace
}  // namespace recur
