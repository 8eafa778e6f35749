// Pairs of texts: tables, two files line by line, and what does not go together.
#include "data/pairs/pairs.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "base/file.h"
#include "tests/base/temporary_folder.h"

namespace recur {
namespace {

class Pairs : public testing::Test {
 protected:
  std::filesystem::path file(const std::string& name, const std::string& text) {
    write_file_atomically(folder_ / name, text);
    return folder_ / name;
  }
  static std::string read(const PairSource& source, const std::vector<std::filesystem::path>& files) {
    std::string text;
    for (const TextPair& pair : read_pairs(source, files))
      text +=
          pair.source + "=" + pair.target + "@" + std::filesystem::path(pair.place).filename().string() + " ";
    return text;
  }
  std::string refused(const std::vector<std::filesystem::path>& files, const PairSource& source = {}) {
    try {
      read_pairs(source, files);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }
  static bool says(const std::string& message, const std::string& part) {
    return message.find(part) != std::string::npos;
  }

  TemporaryFolder folder_;
};

TEST_F(Pairs, OfTablesAreTwoColumns) {
  const auto tsv = file("a.tsv", "eins\tone\t1\nzwei \"\ttwo\t2\n");
  EXPECT_EQ(read({}, {tsv}), "eins=one@a.tsv:1 zwei \"=two@a.tsv:2 ");
  EXPECT_EQ(read({.source_column = "3", .target_column = "1"}, {tsv}), "1=eins@a.tsv:1 2=zwei \"@a.tsv:2 ");
  // Numbers among texts make no header, names do.
  EXPECT_EQ(read({}, {file("b.tsv", "a\tb\n4\t5\n")}), "a=b@b.tsv:1 4=5@b.tsv:2 ");
  EXPECT_EQ(read({.source_column = "de", .target_column = "en"}, {file("c.csv", "en,de\none,eins\n")}),
            "eins=one@c.csv:2 ");
  EXPECT_EQ(read({.header = Header::yes}, {file("d.tsv", "x\ty\n1\t2\n")}), "1=2@d.tsv:2 ");
  EXPECT_EQ(read({.source_column = "q", .target_column = "a"},
                 {file("e.jsonl", "{\"q\": \"hi\", \"a\": \"ho\"}\n")}),
            "hi=ho@e.jsonl:1 ");
  EXPECT_EQ(read({}, {tsv, tsv}), read({}, {tsv}) + read({}, {tsv})) << "tables are joined";
}

TEST_F(Pairs, OfTwoFilesAreTheirLines) {
  const auto de = file("a.de", "eins\n\nzwei\tdrei\n"), en = file("a.en", "one\nnothing\ntwo");
  EXPECT_EQ(read({}, {de, en}), "eins=one@a.de:1 =nothing@a.de:2 zwei\tdrei=two@a.de:3 ");
}

TEST_F(Pairs, ThatDoNotGoTogetherAreTold) {
  const auto three = file("three", "a\nb\nc\n"), five = file("five", "a\nb\nc\nd\ne\n");
  for (const auto& files : {std::vector{three, five}, std::vector{five, three}}) {
    const std::string message = refused(files);
    EXPECT_TRUE(says(message, "five:4: this line has no partner: ")) << message;
    EXPECT_TRUE(says(message, "three has 3 lines")) << message;
    EXPECT_TRUE(says(message, "five has 5 lines")) << message;
  }
  EXPECT_TRUE(says(refused({three}), "its rows have one column"));
  EXPECT_TRUE(says(refused({three, five, three}), "3 files were given"));
  EXPECT_TRUE(says(refused({file("a.tsv", "a\tb\n"), three}), "2 files were given"));
  EXPECT_TRUE(says(refused({file("b.tsv", "a\tb\nc\n")}), "b.tsv:2: "));
  EXPECT_TRUE(says(refused({file("none.de", ""), file("none.en", "")}), "it is empty"));
  EXPECT_TRUE(says(refused({file("c.tsv", "a\tb\n")}, {.target_column = "9"}), "no column '9'"));
}

TEST_F(Pairs, GoOnFromEachOther) {
  std::vector<TextPair> pairs{{.source = "a", .target = "b"},
                              {.source = "b", .target = "c"},
                              {.source = "c", .target = "d"},
                              {.source = "x", .target = "y"},
                              {.source = "y", .target = "z"}};
  link_turns(pairs, 2);
  using Turns = std::vector<std::string>;
  EXPECT_EQ(pairs[0].before, Turns());
  EXPECT_EQ(pairs[1].before, Turns{"a"});
  EXPECT_EQ(pairs[2].before, (Turns{"a", "b"}));
  EXPECT_EQ(pairs[3].before, Turns());
  EXPECT_EQ(pairs[4].before, Turns{"x"});
  link_turns(pairs, 1);
  EXPECT_EQ(pairs[2].before, Turns{"b"});
}

TEST_F(Pairs, SourcesAreLinesOrAColumn) {
  const auto all = [&](const std::filesystem::path& path) {
    std::string text;
    read_sources({}, path, [&](std::string_view source) { text += std::string(source) + "|"; });
    return text;
  };
  EXPECT_EQ(all(file("new.txt", "one\ttwo\n\nthree\n")), "one\ttwo||three|");
  EXPECT_EQ(all(file("new.tsv", "one\ttwo\nthree\tfour\n")), "one|three|");
  EXPECT_EQ(split_files("a.de,a.en"), (std::vector<std::filesystem::path>{"a.de", "a.en"}));
  EXPECT_EQ(split_files("a.tsv"), (std::vector<std::filesystem::path>{"a.tsv"}));
  const auto odd = file("odd,name", "");
  EXPECT_EQ(split_files(odd), std::vector{odd}) << "a file that there is";
}

}  // namespace
}  // namespace recur
