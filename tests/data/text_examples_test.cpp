#include <map>

#include "data/examples/examples.h"
#include "tests/data/shared_data.h"
#include "tests/data/text_files.h"

namespace recur {

bool operator==(const TextExample& a, const TextExample& b) {
  return a.text == b.text && a.labels == b.labels && a.place == b.place;
}
void PrintTo(const TextExample& example, std::ostream* out) {
  *out << example.place << ": " << example.text;
  for (const auto& label : example.labels) *out << " [" << label << ']';
}

namespace {

using Examples = std::vector<TextExample>;

class TextExamplesTest : public TextFiles {
 protected:
  /// Examples with their places below the folder of the test.
  Examples read(std::vector<std::filesystem::path> files, const ExampleSource& source = {},
                bool with_labels = true) {
    Examples examples = read_text_examples(source, files, with_labels);
    const std::string folder = folder_.string() + "/";
    for (auto& example : examples) {
      if (example.place.starts_with(folder)) example.place.erase(0, folder.size());
    }
    return examples;
  }

  std::string data_error(const std::string& name, std::string_view text, const ExampleSource& source = {}) {
    return message_of<DataError>([&] { read({plain(name, text)}, source); });
  }
  std::string config_error(const std::string& name, std::string_view text, const ExampleSource& source = {}) {
    return message_of<ConfigError>([&] { read({plain(name, text)}, source); });
  }
};

const Examples kTwo{{"fine, really", {"pos"}, "a.csv:2"}, {"poor", {"neg"}, "a.csv:3"}};

TEST_F(TextExamplesTest, ReadsTables) {
  EXPECT_EQ(read({plain("a.csv", "id,text,label\n1,\"fine, really\",pos\n2,poor, neg \n")}), kTwo);
  EXPECT_EQ(read({plain("a.csv", "review,stars,mood\n\"fine, really\",4,pos\npoor,1,neg\n")},
                 {.text_column = "review", .label_column = "mood"}),
            kTwo);
  EXPECT_EQ(read({plain("a.csv", "x;y\npos;fine, really\nneg;poor\n")},
                 {.header = Header::yes, .separator = ";", .text_column = "2", .label_column = "1"}),
            kTwo);
  EXPECT_EQ(read({plain("b.tsv", "1\t\"Great\" film\n0\tpoor\n")}, {.label_column = "1"}),
            (Examples{{"\"Great\" film", {"1"}, "b.tsv:1"}, {"poor", {"0"}, "b.tsv:2"}}))
      << "of two columns the other";
}

TEST_F(TextExamplesTest, ReadsSeveralFilesOfSeveralFormats) {
  EXPECT_EQ(read({plain("a.tsv", "text\tlabel\nx\t1\n"),
                  gzip("b.jsonl.gz", "{\"label\": 2, \"text\": \"y\"}\n"), plain("c.txt", "__label__3 z\n")}),
            (Examples{{"x", {"1"}, "a.tsv:2"}, {"y", {"2"}, "b.jsonl.gz:1"}, {"z", {"3"}, "c.txt:1"}}));
}

TEST_F(TextExamplesTest, AnExampleMayHaveSeveralLabels) {
  EXPECT_EQ(read({plain("a.tsv", "text\tlabels\nx\tred; green\ny\t\n")}, {.label_separator = ";"}),
            (Examples{{"x", {"red", "green"}, "a.tsv:2"}, {"y", {}, "a.tsv:3"}}));
  EXPECT_EQ(read({plain("a.jsonl", "{\"text\": \"x\", \"labels\": [\"red\", \"a; b\"]}\n")}),
            (Examples{{"x", {"red", "a; b"}, "a.jsonl:1"}}));
  EXPECT_EQ(read({plain("a.txt", "__label__red __label__green  a\tred rose\r\n\nlate __label__blue end\n")}),
            (Examples{{"a red rose", {"red", "green"}, "a.txt:1"}, {"late end", {"blue"}, "a.txt:3"}}));
}

TEST_F(TextExamplesTest, RenamesLabels) {
  ExampleSource source{.label_map = {"0=negative", "1=positive"}};
  EXPECT_EQ(read({plain("a.tsv", "text\tlabel\nx\t1\ny\t2\n")}, source),
            (Examples{{"x", {"positive"}, "a.tsv:2"}, {"y", {"2"}, "a.tsv:3"}}));
  source.label_map = {"0=a", "0=b"};
  EXPECT_EQ(config_error("a.tsv", "text\tlabel\n", source), "label_map renames '0' twice");
  source.label_map = {"0"};
  EXPECT_EQ(config_error("a.tsv", "text\tlabel\n", source),
            "label_map holds '0', expected old=new (as in 0=negative,1=positive)");
}

TEST_F(TextExamplesTest, ReadsAFolderOfAFolderAClass) {
  for (const char* name : {"pos", "neg", "unsup", ".git"}) std::filesystem::create_directory(folder_ / name);
  plain("urls_pos.txt", "not an example");
  plain("pos/10_9.txt", "\xEF\xBB\xBFgood\r\nfilm\n");
  plain("pos/0_8.txt", "fine");
  gzip("neg/1_2.txt.gz", "poor\n");
  plain("neg/.hidden", "x");
  plain("unsup/0_0.txt", "who knows");
  plain(".git/x", "x");
  EXPECT_EQ(read({folder_}, {.label_map = {"neg=0"}}), (Examples{{"poor", {"0"}, "neg/1_2.txt.gz"},
                                                                 {"fine", {"pos"}, "pos/0_8.txt"},
                                                                 {"good\r\nfilm", {"pos"}, "pos/10_9.txt"}}));
  EXPECT_EQ(read({folder_ / "pos"}, {}, false),
            (Examples{{"fine", {}, "0_8.txt"}, {"good\r\nfilm", {}, "10_9.txt"}}));
  std::filesystem::create_directory(folder_ / "unsup/empty");
  EXPECT_EQ(message_of<DataError>([&] { read({folder_ / "unsup"}); }),
            "unsup: no examples, expected a folder a class with a file an example in it");
  plain("pos/bad.txt", "caf\xE9");
  EXPECT_EQ(message_of<DataError>([&] { read({folder_}); }).substr(0, 17), "pos/bad.txt:1: by");
}

TEST_F(TextExamplesTest, ReadsTextsWithoutLabels) {
  EXPECT_EQ(read({plain("a.txt", "fine, really\n\nthe end")}, {}, false),
            (Examples{{"fine, really", {}, "a.txt:1"}, {"", {}, "a.txt:2"}, {"the end", {}, "a.txt:3"}}));
  EXPECT_EQ(read({plain("b.txt", "label\ttext\n1\tx\n")}, {}, false), (Examples{{"x", {}, "b.txt:2"}}));
  EXPECT_EQ(read({plain("c.csv", "\"a, b\"\nc\n")}, {.text_column = "4", .label_column = "1"}, false),
            (Examples{{"a, b", {}, "c.csv:1"}, {"c", {}, "c.csv:2"}}))
      << "a single column is the one";
  EXPECT_EQ(read({plain("d.txt", "__label__1 x\n\ny\n")}, {}, false),
            (Examples{{"x", {}, "d.txt:1"}, {"y", {}, "d.txt:3"}}));
  EXPECT_EQ(
      read({plain("e.csv", "text,label\nx,\n")}, {.text_column = "text", .label_column = "mood"}, false),
      (Examples{{"x", {}, "e.csv:2"}}));
}

TEST_F(TextExamplesTest, SaysWhatIsMissing) {
  EXPECT_EQ(config_error("a.csv", "review,stars,id\nx,3,4\n"),
            "a.csv: which column holds the text? its columns are review, stars, id (name it: --text-column "
            "NAME, or "
            "its number)");
  EXPECT_EQ(config_error("a.csv", "x,y\nz,u\n", {.text_column = "text", .label_column = "2"}),
            "a.csv: no column 'text'; its columns are x, y");
  EXPECT_EQ(config_error("a.csv", "text,stars,id\nx,3,4\n"),
            "a.csv: which column holds the label? its columns are text, stars, id (name it: --label-column "
            "NAME, or "
            "its number)");
  EXPECT_EQ(config_error("a.csv", "text,labl\nx,3\n", {.label_column = "label"}),
            "a.csv: no column 'label'; its columns are text, labl; did you mean 'labl'?");
  EXPECT_EQ(config_error("a.csv", "text,x\nx,3\n", {.label_column = "text"}),
            "a.csv: column 'text' cannot hold both text and label");
  EXPECT_EQ(data_error("a.csv", "text,label\nx,1\ny,\n"),
            "a.csv:3: an empty label, expected the name of a class");
  EXPECT_EQ(data_error("a.jsonl", "{\"text\": \"x\", \"label\": 1}\n{\"text\": \"y\"}\n"),
            "a.jsonl:2: no text or number under 'label' (every object must have one)");
  EXPECT_EQ(data_error("a.txt", "__label__1 x\ny\n"),
            "a.txt:2: no label, expected a word that begins with __label__");
  EXPECT_EQ(data_error("a.txt", "__label__ x\n"), "a.txt:1: a label without a name behind __label__");
  EXPECT_EQ(data_error("a.tsv", ""), "a.tsv: it is empty, expected examples");
  EXPECT_EQ(config_error("a.ts", "@problemName x\n"), "a.ts: it holds series, expected texts");
  EXPECT_EQ(config_error("a.txt", "x\n", {.format = ExampleFormat::lines}),
            "a.txt: lines of text have no labels, expected a table or fastText's lines");
  EXPECT_EQ(config_error("a.csv", "x\n", {.separator = "ab"}),
            "separator is 'ab', expected one character, no quote (ASCII)");
  EXPECT_EQ(message_of<IoError>([&] { read({folder_ / "no.csv"}); }),
            "cannot read 'no.csv': no such file (check the path)");
}

std::map<std::string, Index> count_labels(const Examples& examples) {
  std::map<std::string, Index> counts;
  for (const auto& example : examples) ++counts[example.labels.at(0)];
  return counts;
}

TEST_F(TextExamplesTest, ReadsTheRealSets) {
  const auto imdb = shared_data("imdb/train.tsv.gz");
  const auto sst2 = shared_data("sst2/train.tsv");
  RECUR_NEEDS_DATA(imdb);
  RECUR_NEEDS_DATA(sst2);
  const auto reviews =
      read({imdb}, {.text_column = "4", .label_column = "1", .label_map = {"0=neg", "1=pos"}});
  EXPECT_EQ(count_labels(reviews), (std::map<std::string, Index>{{"neg", 12500}, {"pos", 12500}}));
  EXPECT_TRUE(reviews.at(0).text.starts_with("This app is awesome.Easy to use UI, "));
  const auto phrases = read({sst2});
  EXPECT_EQ(count_labels(phrases), (std::map<std::string, Index>{{"0", 29780}, {"1", 37569}}));
  EXPECT_EQ(phrases.at(0).text, "hide new secretions from the parental units ");
}

}  // namespace
}  // namespace recur
