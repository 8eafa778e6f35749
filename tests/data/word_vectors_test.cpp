#include "data/words/vectors.h"
#include "tests/data/text_files.h"

namespace recur {
namespace {

class WordVectorFiles : public TextFiles {
 protected:
  static std::vector<float> row(const WordVectors& v, Index id) {
    const float* const at = v.table.data<float>() + id * v.table.dim(1);
    return {at, at + v.table.dim(1)};
  }
  const Vocabulary vocabulary_{Level::word, {"<unk>", "good", "film", "paris", "<eos>"}};
};

TEST_F(WordVectorFiles, OfGloveAreReadByWord) {
  const WordVectors v =
      read_word_vectors(gzip("glove.txt.gz", "the 0.1 0.2\nfilm -1 2e-1\ngood 3 4\n"), vocabulary_);
  EXPECT_EQ(v.count, 2);
  EXPECT_EQ(row(v, 1), (std::vector<float>{3, 4}));
  EXPECT_EQ(row(v, 2), (std::vector<float>{-1, 0.2F}));
  EXPECT_EQ(row(v, 3), (std::vector<float>{0, 0}));
  EXPECT_FALSE(v.found[3]);
  EXPECT_EQ(v.note, "2 of 4 words have a vector in glove.txt.gz");
}

TEST_F(WordVectorFiles, OfWord2vecHaveAHeader) {
  const auto path = plain("w2v.txt", "2 3\ngood 1 2 3 \nfilm 4 5 6");
  EXPECT_EQ(vector_width(path), 3);
  EXPECT_EQ(row(read_word_vectors(path, vocabulary_), 2), (std::vector<float>{4, 5, 6}));
}

TEST_F(WordVectorFiles, ServeAVocabularyOfLowerCase) {
  const WordVectors v =
      read_word_vectors(plain("v.txt", "PARIS 1\nParis 2\nGood 3\ngood 4\nGOOD 5\n"), vocabulary_);
  EXPECT_EQ(row(v, 3), std::vector<float>{1});  // the first: files begin with frequent words
  EXPECT_EQ(row(v, 1), std::vector<float>{4});  // as it is goes before lower case
}

TEST_F(WordVectorFiles, MayHoldWordsWithSpacesAndCutCharacters) {
  const WordVectors v =
      read_word_vectors(plain("v.txt", "film 1 2\n. . . 1 2\n\xe4\xbd 5 6\ngood 3 4\n"), vocabulary_);
  EXPECT_EQ(v.count, 2);
}

TEST_F(WordVectorFiles, AreRefusedWithThePlace) {
  const auto message = [&](std::string_view text) {
    return message_of<DataError>([&] { read_word_vectors(plain("v.txt", text), vocabulary_); });
  };
  EXPECT_EQ(message(""), "v.txt: is empty, expected word vectors");
  EXPECT_EQ(message("good 1 2\nfilm 1\n"), "v.txt:2: 'film' has 1 numbers, expected 2 as in the first line");
  EXPECT_EQ(message("good 1 x\n"), "v.txt:1: number 2 of 'good' is 'x', expected a number");
  EXPECT_EQ(message("good 1 nan\n"), "v.txt:1: number 2 of 'good' is 'nan', expected a number");
  EXPECT_EQ(message("good 1 1e39\n"), "v.txt:1: number 2 of 'good' is '1e39', expected a number");
  EXPECT_EQ(message("5 1\ngood 1\n"),
            "v.txt: holds 1 vectors, expected 5 as its first line says; the file was cut, or joined");
  EXPECT_EQ(message("good\n"),
            "v.txt:1: 'good' is not a word and its vector (expected text as GloVe or word2vec write it)");
}

}  // namespace
}  // namespace recur
