#include "data/text/corpus.h"

#include "tests/data/shared_data.h"
#include "tests/data/text_files.h"

namespace recur {
namespace {

using Ids = std::vector<std::int32_t>;

class CorpusTest : public TextFiles {};

TEST_F(CorpusTest, KeepsTheEndForValidationAndFitsOnTheRest) {
  const Corpus corpus = read_corpus({.train = plain("a.txt", "abcabcabcabcabcabcZ!")});
  EXPECT_EQ(corpus.vocabulary.size(), 4) << "<unk>, a, b, c";
  EXPECT_EQ(corpus.train.size(), 18);
  EXPECT_EQ(ids_of(corpus.valid), (Ids{0, 0}));
  EXPECT_FALSE(corpus.test);
  ASSERT_EQ(corpus.notes.size(), 1U);
  EXPECT_TRUE(corpus.notes[0].ends_with("a.txt: 2 of 20 characters (10 %) are <unk>")) << corpus.notes[0];
}

TEST_F(CorpusTest, ReadsSeparateFilesWithTheVocabularyOfTheFirst) {
  const Corpus corpus = read_corpus({.train = gzip("train.gz", "the cat\nthe dog\n"),
                                     .valid = plain("valid.txt", "the cow\n"),
                                     .test = plain("test.txt",
                                                   "\xEF\xBB\xBF"
                                                   "dog"),
                                     .level = Level::word});
  // Each begins behind the end of a line, so that its first word is predicted, too.
  EXPECT_EQ(corpus.train.size(), 7);
  EXPECT_EQ(ids_of(corpus.valid), (Ids{1, 2, 0, 1}));
  EXPECT_EQ(ids_of(*corpus.test), (Ids{1, 4, 1}));
  ASSERT_EQ(corpus.notes.size(), 2U);
  EXPECT_TRUE(corpus.notes[0].ends_with("valid.txt: 1 of 3 words (33 %) are <unk>")) << corpus.notes[0];
}

TEST_F(CorpusTest, WordsThatValidateComeAfterTheLastOneOfTheTrainingPart) {
  const Corpus corpus =
      read_corpus({.train = plain("a.txt", "a b\nc\n"), .valid_fraction = 0.4, .level = Level::word});
  EXPECT_EQ(corpus.vocabulary.size(), 4);  // <unk>, <eos>, a, b
  EXPECT_EQ(ids_of(corpus.train).size(), 4U);
  EXPECT_EQ(ids_of(corpus.valid), (Ids{1, 0, 1}));
}

TEST_F(CorpusTest, IsTheSameWhereverItsTokensLie) {
  std::string text;
  for (Index i = 0; i < 300'000; ++i) text += static_cast<char>('a' + i * i % 23);
  const auto path = plain("a.txt", text);
  const Corpus in_memory = read_corpus({.train = path});
  const Corpus in_file = read_corpus({.train = path, .storage = {.memory_limit = 1000, .folder = folder_}});
  EXPECT_EQ(ids_of(in_memory.train), ids_of(in_file.train));
  EXPECT_EQ(ids_of(in_memory.valid), ids_of(in_file.valid));
  EXPECT_EQ(in_memory.train.size(), 270'000);
}

TEST_F(CorpusTest, RefusesWhatIsNoText) {
  const auto read = [](const std::filesystem::path& path) { return [=] { read_corpus({.train = path}); }; };
  EXPECT_EQ(message_of<DataError>(read(plain("empty.txt", ""))),
            "empty.txt: no characters in it, expected a text");
  EXPECT_EQ(
      message_of<DataError>(read(plain("one.txt", "x"))),
      "one.txt: 1 characters are too few to keep 0.1 of them for validation (use a longer text, or --valid)");
  EXPECT_EQ(message_of<DataError>(read(plain("ten.txt", "0123456789"))),
            "ten.txt: 10 characters are too few to keep 0.1 of them for validation (use a longer text, or "
            "--valid)");
  EXPECT_EQ(message_of<DataError>(
                [&] { read_corpus({.train = plain("a.txt", "abc"), .valid = plain("one.txt", "a")}); }),
            "one.txt: 1 characters, expected at least 2 (use a longer text)");
  EXPECT_EQ(message_of<DataError>(
                [&] { read_corpus({.train = plain("a.txt", "abc"), .valid = plain("empty.txt", "")}); }),
            "empty.txt: no characters in it, expected a text");
}

TEST_F(CorpusTest, TakesTheVocabularyOfAFile) {
  const CorpusOptions options{.train = plain("a.txt", "the cat\nthe dog\n"),
                              .valid = plain("b.txt", "the cow\n"),
                              .level = Level::word,
                              .vocabulary = plain("words.txt", "cow\n<unk>\nthe\n")};
  const Corpus corpus = read_corpus(options);
  EXPECT_EQ(corpus.vocabulary, Vocabulary(Level::word, {"<unk>", "cow", "the", "<eos>"}));
  EXPECT_EQ(ids_of(corpus.train), (Ids{3, 2, 0, 3, 2, 0, 3}));
  EXPECT_EQ(ids_of(corpus.valid), (Ids{3, 2, 1, 3}));
  const auto message = [&](const std::string& words) {
    return message_of<DataError>([&] { read_vocabulary(plain("words.txt", words)); });
  };
  EXPECT_EQ(message(""), "words.txt: no words in it, expected one a line");
  EXPECT_EQ(message("a\nb c\n"), "words.txt:2: 'b c', expected one word without spaces");
  EXPECT_EQ(message("a\nb\na\n"), "words.txt:3: 'a' stands in line 1 already; each word once is expected");
}

// The published counts: an <eos> for each line.
TEST_F(CorpusTest, CountsThePennTreebankAsOthersDo) {
  const auto train = shared_data("ptb/ptb.train.txt.gz"), valid = shared_data("ptb/ptb.valid.txt"),
             test = shared_data("ptb/ptb.test.txt");
  RECUR_NEEDS_DATA(train);
  const Corpus corpus = read_corpus({.train = train, .valid = valid, .test = test, .level = Level::word});
  EXPECT_EQ(corpus.vocabulary.size(), 10'000);
  EXPECT_EQ(corpus.train.size() - 1, 929'589);  // but the one that nothing predicts, before the text
  EXPECT_EQ(corpus.valid.size() - 1, 73'760);
  EXPECT_EQ(corpus.test->size() - 1, 82'430);
}

}  // namespace
}  // namespace recur
