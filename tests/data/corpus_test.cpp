#include "data/text/corpus.h"

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
  EXPECT_EQ(corpus.train.size(), 6);
  EXPECT_EQ(ids_of(corpus.valid), (Ids{2, 0, 1}));
  EXPECT_EQ(ids_of(*corpus.test), (Ids{4, 1}));
  EXPECT_EQ(corpus.notes.size(), 2U);
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

}  // namespace
}  // namespace recur
