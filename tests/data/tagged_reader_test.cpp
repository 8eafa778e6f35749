// Tagged sentences: columns, CoNLL-U, the folders of slots, plain text; and what is refused.
#include "data/tagged/tagged_reader.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "base/file.h"
#include "tests/base/temporary_folder.h"

namespace recur {
namespace {

using Words = std::vector<std::string>;

class Tagged : public testing::Test {
 protected:
  std::filesystem::path file(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((folder_ / name).parent_path());
    write_file_atomically(folder_ / name, text);
    return folder_ / name;
  }
  static std::vector<TaggedSentence> read(const std::filesystem::path& path, const TagSource& source = {}) {
    return read_tagged(source, std::vector{path}).list;
  }
  /// Without tags.
  static std::vector<TaggedSentence> words_of(const std::filesystem::path& path, const SeenColumns& seen = {},
                                              const TagSource& source = {}) {
    TaggedReader reader(source, path, /*with_tags=*/false, seen);
    std::vector<TaggedSentence> all;
    for (TaggedSentence sentence; reader.next(sentence);) all.push_back(sentence);
    return all;
  }
  std::string refusal(const std::string& text, const TagSource& source = {}) const {
    try {
      read(file("bad.txt", text), source);
    } catch (const Error& error) {
      const std::string message = error.what();
      return message.substr(message.find("bad.txt"));
    }
    return "nothing was thrown";
  }
  TemporaryFolder folder_;
};

TEST_F(Tagged, ColumnsEndSentencesWithEmptyLines) {
  const auto sentences = read(file("a.txt", "\nJohn NNP B-PER\nsleeps VBZ O\n  \n\nMary NNP B-PER\n"));
  ASSERT_EQ(sentences.size(), 2U);
  EXPECT_EQ(sentences[0].words, (Words{"John", "sleeps"}));
  EXPECT_EQ(sentences[0].tags, (Words{"B-PER", "O"}));
  EXPECT_EQ(sentences[1].words, Words{"Mary"});
  EXPECT_TRUE(sentences[1].place.ends_with("a.txt:6"));
}

TEST_F(Tagged, AnyColumnHoldsTheTags) {
  const auto path = file("a.txt", "John NNP B-PER\n");
  EXPECT_EQ(read(path, {.tag_column = "2"})[0].tags, Words{"NNP"});
  EXPECT_EQ(read(path, {.tag_column = "last"})[0].tags, Words{"B-PER"});
  EXPECT_EQ(read(path, {.word_column = "2", .tag_column = "1"})[0].words, Words{"NNP"});
}

TEST_F(Tagged, TabsPartColumnsWhoseWordsHoldSpaces) {
  const auto sentences = read(file("a.txt", "New York\tB-LOC\n.\tO\n"));
  EXPECT_EQ(sentences[0].words, (Words{"New York", "."}));
}

TEST_F(Tagged, HeadersOfDocumentsAreNoSentences) {
  const auto sentences = read(file("a.txt", "-DOCSTART- -X- O\n\nJohn NNP B-PER\n"));
  ASSERT_EQ(sentences.size(), 1U);
  EXPECT_EQ(sentences[0].words, Words{"John"});
}

const char* const kConllu =
    "# text = don't go\n1-2\tdon't\t_\t_\t_\t_\t_\t_\t_\t_\n1\tdo\tdo\tAUX\tVB\t_\t3\taux\t_\t_\n"
    "2\tn't\tnot\tPART\tRB\t_\t3\tadvmod\t_\t_\n2.1\tx\tx\tX\tXX\t_\t_\t_\t_\t_\n"
    "3\tgo\tgo\tVERB\tVB\t_\t0\troot\t_\t_\n\n";

TEST_F(Tagged, ConlluLeavesRangesAndEmptyNodesOut) {
  const auto path = file("a.conllu", kConllu);
  EXPECT_EQ(read(path)[0].words, (Words{"do", "n't", "go"}));
  EXPECT_EQ(read(path)[0].tags, (Words{"AUX", "PART", "VERB"}));
  EXPECT_EQ(read(path, {.tag_column = "xpos"})[0].tags, (Words{"VB", "RB", "VB"}));
}

TEST_F(Tagged, FoldersOfSlotsHaveIntents) {
  file("s/seq.in", "fly to boston \nhello\n");
  file("s/seq.out", "O O B-to \nO\n");
  file("s/label", "flight \ngreet\n");
  const auto sentences = read(folder_ / "s");
  ASSERT_EQ(sentences.size(), 2U);
  EXPECT_EQ(sentences[0].words, (Words{"fly", "to", "boston"}));
  EXPECT_EQ(sentences[0].tags, (Words{"O", "O", "B-to"}));
  EXPECT_EQ(sentences[0].intent, "flight");
}

TEST_F(Tagged, FilesOfAFolderMustGoTogether) {
  const auto refused = [&](const std::string& in, const std::string& out) {
    file("s/seq.in", in);
    file("s/seq.out", out);
    try {
      read(folder_ / "s");
    } catch (const DataError& error) {
      std::string message = error.what();
      for (std::size_t at; (at = message.find(folder_.path().string())) != std::string::npos;)
        message.erase(at, folder_.path().string().size() + 1);
      return message;
    }
    return std::string("nothing was thrown");
  };
  EXPECT_EQ(refused("a\nb\nc\nd\n", "O\nO\n"),
            "s/seq.in: has 4 lines and s/seq.out has 2, expected as many; s/seq.in:3 is the first without a "
            "counterpart");
  EXPECT_EQ(refused("a\n", "O\nO\nO\n"),
            "s/seq.out: has 3 lines and s/seq.in has 1, expected as many; s/seq.out:2 is the first without a "
            "counterpart");
  EXPECT_EQ(refused("a b\n", "O\n"), "s/seq.out:1: 1 tag, but 2 words in s/seq.in:1");
}

TEST_F(Tagged, WithoutTagsTextIsToldFromColumns) {
  const LabelSet tags({"O", "B-PER"});
  const SeenColumns seen{3, &tags};
  EXPECT_EQ(words_of(file("a.txt", "Don't go, John.\n\nStay\n"), seen)[0].words,
            (Words{"Don't", "go", ",", "John", "."}));
  EXPECT_EQ(words_of(file("a.txt", "Don't go\n\nStay\n"), seen).size(), 3U) << "an empty line is a sentence";
  EXPECT_EQ(words_of(file("a.txt", "John sleeps here\n"), seen)[0].words.size(), 3U) << "no known tag";
  EXPECT_EQ(words_of(file("a.txt", "John NNP B-PER\nsleeps VBZ O\n"), seen)[0].words,
            (Words{"John", "sleeps"}));
  EXPECT_EQ(words_of(file("a.txt", "John\tNNP\nsleeps\tVBZ\n"), seen)[0].words, (Words{"John", "sleeps"}));
  EXPECT_EQ(words_of(file("a.conllu", kConllu), seen)[0].words, (Words{"do", "n't", "go"}));
}

TEST_F(Tagged, FeatureColumnsAreReadBesideTheWords) {
  const auto path = file("a.txt", "John NNP x B-PER\nsleeps VBZ y O\n");
  const auto sentences = read(path, {.feature_columns = {"3", "2"}});
  EXPECT_EQ(sentences[0].features, (std::vector<Words>{{"x", "y"}, {"NNP", "VBZ"}}));
  EXPECT_EQ(sentences[0].tags, (Words{"B-PER", "O"}));
  EXPECT_TRUE(read(path)[0].features.empty());
  EXPECT_EQ(read(file("a.conllu", kConllu), {.feature_columns = {"xpos", "3"}})[0].features,
            (std::vector<Words>{{"VB", "RB", "VB"}, {"do", "not", "go"}}));
}

TEST_F(Tagged, WithoutTagsFeaturesAreStillAskedFor) {
  const LabelSet tags({"O", "B-PER"});
  const std::vector<LabelSet> features{LabelSet({"NNP", "VBZ"})};
  const SeenColumns seen{3, &tags, features};
  const TagSource source{.feature_columns = {"2"}};
  for (const char* text :
       {"John NNP B-PER\nsleeps XYZ O\n", "John NNP\nsleeps XYZ\n", "John\tX\nsleeps\tXYZ\n"}) {
    const auto sentences = words_of(file("a.txt", text), seen, source);
    EXPECT_EQ(sentences[0].words, (Words{"John", "sleeps"})) << text;
    EXPECT_EQ(sentences[0].features[0][1], "XYZ") << text;
    EXPECT_TRUE(sentences[0].tags.empty()) << text;
  }
  for (const char* text : {"John sleeps\n", "John sleeps here today\n", "John\n", "John NNP O O\n"})
    EXPECT_TRUE(message_of<DataError>([&] { words_of(file("a.txt", text), seen, source); })
                    .ends_with("a.txt: plain text, but column 2 is read beside the words (feature_columns): "
                               "expected columns parted by tabs, or by spaces as in training"))
        << text;
  EXPECT_THROW(words_of(file("a.txt", "John\t\n"), seen, source), DataError);
}

TEST_F(Tagged, FeatureColumnsMustBeThere) {
  EXPECT_EQ(refusal("John NNP O\n", {.feature_columns = {"4"}}),
            "bad.txt: feature_columns is 4, but line 1 has 3 columns");
  EXPECT_EQ(message_of<ConfigError>([&] { read(file("a.txt", "John NNP O\n"), {.feature_columns = {"x"}}); }),
            "feature_columns is 'x', expected a number from 1 or 'last'");
  EXPECT_EQ(refusal("John NNP O\n", {.feature_columns = {"3"}}),
            "bad.txt: column 3 cannot hold both tags and a feature (line 1 has 3 columns)");
  EXPECT_EQ(refusal("John NNP O\n", {.feature_columns = {"1"}}),
            "bad.txt: column 1 cannot hold both words and a feature (line 1 has 3 columns)");
  EXPECT_EQ(refusal("John NNP O\n", {.feature_columns = {"2", "2"}}),
            "bad.txt: feature_columns names column 2 twice");
  EXPECT_EQ(refusal("John\tNNP\tO\nsleeps\t\tO\n", {.feature_columns = {"2"}}),
            "bad.txt:2: 'sleeps' has nothing in column 2");
  file("s/seq.in", "a\n");
  file("s/seq.out", "O\n");
  EXPECT_THROW(read(folder_ / "s", {.feature_columns = {"2"}}), ConfigError);
}

TEST_F(Tagged, RefusesWhatItCannotRead) {
  EXPECT_EQ(refusal("John NNP O\nsleeps O\n"), "bad.txt:2: 2 columns, expected 3 as in line 1");
  EXPECT_EQ(refusal("John\n"), "bad.txt: column 1 cannot hold both words and tags (line 1 has 1 column)");
  EXPECT_EQ(refusal("John NNP\n", {.tag_column = "3"}), "bad.txt: tag_column is 3, but line 1 has 2 columns");
  EXPECT_EQ(refusal("John\t\n"), "bad.txt:1: 'John' has no tag");
  EXPECT_EQ(refusal("\tO\n"), "bad.txt:1: an empty word");
  EXPECT_EQ(refusal("\n\n"), "bad.txt: holds no sentences");
  EXPECT_EQ(refusal("1\ta\tb\n", {.format = TagFormat::conllu}),
            "bad.txt:1: 3 columns, expected the 10 of CoNLL-U, parted by tabs");
  EXPECT_THROW(read(file("a.txt", "a b\n"), {.tag_column = "upos"}), ConfigError);
  EXPECT_THROW(read(file("a.txt", "a b\n"), {.tag_column = "0"}), ConfigError);
  EXPECT_THROW(read(file("a.txt", "a b\n"), {.format = TagFormat::text}), ConfigError);
}

}  // namespace
}  // namespace recur
