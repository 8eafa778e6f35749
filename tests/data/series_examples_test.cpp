#include <fmt/core.h>

#include <cmath>
#include <map>

#include "data/examples/examples.h"
#include "tests/data/shared_data.h"
#include "tests/data/text_files.h"

namespace recur {
namespace {

using Names = std::vector<std::string>;

class SeriesExamplesTest : public TextFiles {
 protected:
  SeriesExamples read(std::vector<std::filesystem::path> files, const ExampleSource& source = {},
                      bool with_labels = true) {
    SeriesExamples examples = read_series_examples(source, files, with_labels);
    const std::string folder = folder_.string() + "/";
    for (auto& example : examples.list) {
      if (example.place.starts_with(folder)) example.place.erase(0, folder.size());
    }
    return examples;
  }
  std::string error(const std::string& name, std::string_view text, const ExampleSource& source = {},
                    bool with_labels = true) {
    return message_of<std::exception>([&] { read({plain(name, text)}, source, with_labels); });
  }
};

/// "x.ts:5 [a] 2: 1 2 | 3 ?", with ? for NaN.
std::string show(const SeriesExamples& examples, std::size_t i) {
  const SeriesExample& example = examples.list.at(i);
  std::string text = example.place;
  for (const auto& label : example.labels) text += " [" + label + "]";
  text += " " + std::to_string(example.steps) + ":";
  for (std::size_t j = 0; j < example.values.size(); ++j) {
    const float value = example.values[j];
    text += j > 0 && j % examples.features.size() == 0 ? " | " : " ";
    text += std::isnan(value) ? "?" : fmt::format("{}", value);
  }
  return text;
}

const std::string kHead =
    "# made up\n@problemName Test\n@timeStamps false\n@missing true\n@univariate false\n@dimensions 2\n"
    "@equalLength false\n@classLabel true up down\n@data\n";

TEST_F(SeriesExamplesTest, ReadsTs) {
  const auto path = gzip("x.ts.gz", kHead + "1,2,3:4,?,6:up\r\n\n 1.5 : -2e1 : down\n");
  const SeriesExamples examples = read({path}, {.label_map = {"up=1"}});
  EXPECT_EQ(examples.features, (Names{"dim_0", "dim_1"}));
  ASSERT_EQ(examples.list.size(), 2U);
  EXPECT_EQ(show(examples, 0), "x.ts.gz:10 [1] 3: 1 4 | 2 ? | 3 6");
  EXPECT_EQ(show(examples, 1), "x.ts.gz:12 [down] 1: 1.5 -20");
  EXPECT_EQ(show(read({path}, {}, false), 1), "x.ts.gz:12 1: 1.5 -20");
  EXPECT_EQ(show(read({plain("y.ts", "@classLabel false\n@data\n1,2\n")}, {}, false), 0), "y.ts:3 2: 1 | 2");
}

TEST_F(SeriesExamplesTest, ATsHeaderMustAgreeWithItsData) {
  const auto ts = [&](const std::string& keys, const std::string& data) {
    return error("x.ts", keys + "\n@classLabel true a b\n@data\n" + data + "\n");
  };
  EXPECT_EQ(ts("@dimensions 3", "1:2:a"), "x.ts:4: 2 dimensions, but the header says @dimensions 3");
  EXPECT_EQ(ts("@univariate true", "1:2:a"), "x.ts:4: 2 dimensions, but the header says @univariate true");
  EXPECT_EQ(ts("@seriesLength 3", "1,2:a"), "x.ts:4: 2 steps, but the header says @seriesLength 3");
  EXPECT_EQ(ts("@equalLength true", "1,2:a\n1:b"), "x.ts:5: 1 step, but the header says @seriesLength 2");
  EXPECT_EQ(ts("@missing false", "1,?:a"),
            "x.ts:4: value 2 of dimension 1 is missing, but the header says @missing false");
  EXPECT_EQ(ts("", "1,2:c"), "x.ts:4: the label 'c' is none of the header's @classLabel a b");
  EXPECT_EQ(ts("", "1,2:3:a"), "x.ts:4: dimension 2 has 1 step, expected 2 as dimension 1");
  EXPECT_EQ(ts("", "1:a\n1:2:a"), "x.ts:5: 2 features a step, expected 1 as before");
  EXPECT_EQ(ts("", "1,2"), "x.ts:4: no label behind a ':', but the header says @classLabel true");
  EXPECT_EQ(ts("", "1,,2:a"), "x.ts:4: value 2 of dimension 1 is '', expected a number");
  EXPECT_EQ(ts("", "1,inf:a"), "x.ts:4: value 2 of dimension 1 is 'inf', expected a number");
  EXPECT_EQ(ts("", "1,1e39:a"), "x.ts:4: value 2 of dimension 1 is '1e39', expected a number");
  EXPECT_EQ(ts("@timeStamps true", "1:a"),
            "x.ts:1: series with time stamps are not read (expected @timeStamps false)");
  EXPECT_EQ(ts("@dimension x", "1:a"), "x.ts:1: @dimension is 'x', expected a number from 1");
  EXPECT_EQ(ts("@missing maybe", "1:a"), "x.ts:1: @missing is 'maybe', expected true or false");
  EXPECT_EQ(ts("@serieslenght 3", "1:a"),
            "x.ts:1: unknown key '@serieslenght'; did you mean '@serieslength'?");
  EXPECT_EQ(ts("@targetLabel true", "1:a"), "x.ts:1: numbers as targets are not read, expected @classLabel");
  EXPECT_EQ(ts("1,2:a", ""), "x.ts:1: found '1,2:a' before @data, expected a key of the header");
  EXPECT_EQ(ts("", ""), "x.ts: no series in it");
  EXPECT_EQ(error("x.ts", "@classLabel true\n"), "x.ts:1: @classLabel true with 0 classes");
  EXPECT_EQ(error("x.ts", "@missing false\n"),
            "x.ts: no @data, expected a header of @keys that ends with it");
  EXPECT_EQ(error("x.ts", "@data\n1\n"), "x.ts: the header has no @classLabel true, so there are no labels");
  EXPECT_EQ(error("x.ts", ""), "x.ts: it is empty, expected a .ts file");
}

TEST_F(SeriesExamplesTest, ReadsRowsOfStepsByTheirId) {
  const auto path =
      plain("steps.csv", "id,time,x,y,label\na,1,0.5,1,up\nb,10,7,,down\na,2,1.5,2,up\n b ,9e1,8,9,down\n");
  const SeriesExamples examples = read({path});
  EXPECT_EQ(examples.features, (Names{"x", "y"}));
  ASSERT_EQ(examples.list.size(), 2U);
  EXPECT_EQ(show(examples, 0), "steps.csv:2 (id a) [up] 2: 0.5 1 | 1.5 2");
  EXPECT_EQ(show(examples, 1), "steps.csv:3 (id b) [down] 2: 7 ? | 8 9");
  EXPECT_EQ(show(read({path}, {.value_columns = {"y"}}), 0), "steps.csv:2 (id a) [up] 2: 1 | 2");
  EXPECT_EQ(show(read({path}, {.value_columns = {"3-4"}}), 0), "steps.csv:2 (id a) [up] 2: 0.5 1 | 1.5 2");
  EXPECT_EQ(show(read({path}, {}, false), 0), "steps.csv:2 (id a) 2: 0.5 1 | 1.5 2");
  EXPECT_EQ(show(read({plain("n.txt", "7\t1\t0.5\n7\t1\t0.6\n")}, {.label_column = "2", .id = "1"}), 0),
            "n.txt:1 (id 7) [1] 2: 0.5 | 0.6");
  EXPECT_EQ(show(read({plain("p.csv", "id,x\na,1\n")}, {.label_column = "label"}, false), 0),
            "p.csv:2 (id a) 1: 1");
}

TEST_F(SeriesExamplesTest, SaysWhichStepIsWrong) {
  EXPECT_EQ(error("a.csv", "id,x,label\n7,1,up\n7,2,down\n"),
            "a.csv:3: series '7' has the label 'down' here, but 'up' in line 2");
  EXPECT_EQ(
      error("a.csv", "id,time,x,label\n7,9,1,up\n8,1,1,up\n7,10,1,up\n7,10,2,up\n"),
      "a.csv:5: column 'time' holds '10' behind '10' of the same series, expected a later time (numbers, or "
      "dates as 2024-01-31 12:00)");
  EXPECT_EQ(error("a.csv", "id,time,x,label\n7,2024-02-01,1,up\n7,2024-01-31,1,up\n").substr(0, 56),
            "a.csv:3: column 'time' holds '2024-01-31' behind '2024-0");
  EXPECT_EQ(error("a.csv", "id,x,label\n7,one,up\n"), "a.csv:2: column 'x' holds 'one', expected a number");
  EXPECT_EQ(error("a.csv", "id,x,label\n7,1e39,up\n"),
            "a.csv:2: column 'x' holds 1e39, expected a number below 3.4e38");
  EXPECT_EQ(error("a.csv", "id,label\n7,up\n"),
            "a.csv: no column is left for the values; its columns are id, label");
  EXPECT_EQ(error("a.csv", "id,x,label\n7,1,up\n", {.value_columns = {"x", "2"}}),
            "a.csv: column 'x' is named twice among the values");
  EXPECT_EQ(error("a.csv", "id,x,label\n7,1,up\n", {.value_columns = {"2-4"}}),
            "a.csv: no columns 2-4; its columns are id, x, label");
  EXPECT_EQ(
      error("a.csv", "id,x,y\n7,1,2\n"),
      "a.csv: which column holds the label? its columns are id, x, y (name it: --label-column NAME, or its "
      "number)");
  const auto one = plain("one.csv", "id,x,label\n1,1,a\n");
  EXPECT_EQ(message_of<DataError>([&] {
              read({one, plain("two.csv", "id,y,label\n1,1,a\n")});
            }),
            "two.csv: feature 1 is 'y', expected 'x' as before");
}

TEST_F(SeriesExamplesTest, ReadsARowASeries) {
  const SeriesExamples examples =
      read({plain("w.tsv", "1\t0.5\t-1\t2\n-1\t3\t\tNaN\n")}, {.label_column = "1", .value_columns = {"2-"}});
  EXPECT_EQ(examples.features, (Names{"value"}));
  EXPECT_EQ(show(examples, 0), "w.tsv:1 [1] 3: 0.5 | -1 | 2");
  EXPECT_EQ(show(examples, 1), "w.tsv:2 [-1] 1: 3");
  EXPECT_EQ(error("w.tsv", "1\t\t\n", {.label_column = "1"}), "w.tsv:1: a series without values");
}

TEST_F(SeriesExamplesTest, ReadsAFileASeriesAsATableListsThem) {
  std::filesystem::create_directory(folder_ / "steps");
  plain("steps/s_1.csv", "#x, y\n1,2\n3,4\n");
  plain("steps/s_2.csv", "#x, y\n5,6\n");
  const auto table = plain("targets.csv", "#sequence_ID, class_label\n2, 1\n1,-1\n");
  const ExampleSource source{.series_files = "steps/s_{id}.csv"};
  const SeriesExamples examples = read({table}, source);
  EXPECT_EQ(examples.features, (Names{"x", "y"}));
  EXPECT_EQ(show(examples, 0), "steps/s_2.csv [1] 1: 5 6");
  EXPECT_EQ(show(examples, 1), "steps/s_1.csv [-1] 2: 1 2 | 3 4");
  EXPECT_EQ(show(read({plain("ids.csv", "#sequence_ID\n1\n")}, source, false), 0),
            "steps/s_1.csv 2: 1 2 | 3 4");
  EXPECT_EQ(error("missing.csv", "id,label\n3,a\n", source),
            "cannot read 'steps/s_3.csv': no such file (check the path)");
  EXPECT_EQ(error("t.csv", "id,label\n3,a\n", {.series_files = "s.csv"}),
            "series_files is 's.csv', expected {id} in it (as in series_{id}.csv)");
}

TEST_F(SeriesExamplesTest, ReadsAFolderOfAFolderAClass) {
  for (const char* name : {"walk", "run"}) std::filesystem::create_directory(folder_ / name);
  plain("walk/1.csv", "x,y\n1,2\n3,4\n");
  plain("run/1.csv", "x,y\n5,6\n");
  plain("run/notes.txt", "not a series");
  EXPECT_TRUE(holds_series({}, std::vector{folder_}));
  const SeriesExamples examples = read({folder_});
  ASSERT_EQ(examples.list.size(), 2U);
  EXPECT_EQ(show(examples, 0), "run/1.csv [run] 1: 5 6");
  EXPECT_EQ(show(examples, 1), "walk/1.csv [walk] 2: 1 2 | 3 4");
  EXPECT_EQ(read({folder_}, {}, false).list.size(), 2U);
}

TEST_F(SeriesExamplesTest, TellsSeriesFromTexts) {
  const auto holds = [&](const std::string& name, const ExampleSource& source = {}) {
    return holds_series(source, std::vector<std::filesystem::path>{name});
  };
  EXPECT_TRUE(holds("x_TRAIN.ts"));
  EXPECT_TRUE(holds("t10k-images-idx3-ubyte.gz"));
  EXPECT_TRUE(holds("a.csv", {.id = "id"}));
  EXPECT_TRUE(holds("a.csv", {.value_columns = {"2-97"}}));
  EXPECT_TRUE(holds("a.csv", {.series_files = "{id}.csv"}));
  EXPECT_FALSE(holds("a.csv"));
  EXPECT_FALSE(holds("reviews.tsv.gz", {.text_column = "4", .label_column = "1"}));
  EXPECT_FALSE(holds("-"));
  EXPECT_EQ(error("a.txt", "x\n", {.format = ExampleFormat::fasttext}),
            "a.txt: it holds texts, expected series");
}

/// An idx file's header: 0, 0, type, dimensions, sizes.
std::string idx(std::string_view magic, std::vector<unsigned char> sizes) {
  std::string bytes(magic);
  for (const unsigned char size : sizes) bytes += std::string(3, '\0') + static_cast<char>(size);
  return bytes;
}
const std::string_view kImages("\0\0\x08\x03", 4), kLabels("\0\0\x08\x01", 4);

TEST_F(SeriesExamplesTest, ReadsImages) {
  const std::string pixels("\x00\x33\x66\x99\xCC\xFF\xFF\x00\x00\x00\x00\x00", 12);
  const auto images = gzip("t-images-idx3-ubyte.gz", idx(kImages, {2, 2, 3}) + pixels);
  plain("t-labels-idx1-ubyte", idx(kLabels, {2}) + "\x07" + std::string(1, '\0'));
  const SeriesExamples rows = read({images}, {.label_map = {"7=seven"}});
  EXPECT_EQ(rows.features, (Names{"pixel_1", "pixel_2", "pixel_3"}));
  EXPECT_EQ(show(rows, 0), "t-images-idx3-ubyte.gz: image 1 [seven] 2: 0 0.2 0.4 | 0.6 0.8 1");
  EXPECT_EQ(show(rows, 1), "t-images-idx3-ubyte.gz: image 2 [0] 2: 1 0 0 | 0 0 0");
  const SeriesExamples steps = read({images}, {.idx_step = IdxStep::pixel}, false);
  EXPECT_EQ(steps.features, (Names{"pixel"}));
  EXPECT_EQ(show(steps, 1), "t-images-idx3-ubyte.gz: image 2 6: 1 | 0 | 0 | 0 | 0 | 0");
}

TEST_F(SeriesExamplesTest, RefusesDamagedImages) {
  const std::string name = "t-images-idx3-ubyte", labels = "t-labels-idx1-ubyte";
  plain(labels, idx(kLabels, {1}) + "\x07");
  const std::string head = idx(kImages, {1, 1, 2});
  EXPECT_EQ(error(name, head + "ab"), "nothing was thrown");
  EXPECT_EQ(error(name, head + "a"), "t-images-idx3-ubyte: it ends within item 1 of 1");
  EXPECT_EQ(error(name, head + "abc"), "t-images-idx3-ubyte: it goes on behind its 1 items");
  EXPECT_EQ(error(name, head.substr(0, 9)),
            "t-images-idx3-ubyte: it ends within its header, expected an idx file");
  EXPECT_EQ(error(name, idx(kLabels, {1}) + "a"),
            "t-images-idx3-ubyte: it begins with 0x00000801, expected 0x00000803: images as unsigned bytes "
            "in an idx "
            "file");
  EXPECT_EQ(error(name, idx(kImages, {1, 0, 2})),
            "t-images-idx3-ubyte: images of 0 x 2 pixels, expected 1 to 1048576 pixels");
  EXPECT_EQ(error(name, idx(kImages, {2, 1, 1}) + "ab").substr(0, 43),
            "t-labels-idx1-ubyte: 1 labels, but 2 images");
  std::filesystem::remove(folder_ / labels);
  EXPECT_EQ(error(name, head + "ab"), "cannot read 't-labels-idx1-ubyte': no such file (check the path)");
  EXPECT_EQ(error("x-ubyte", head + "ab"),
            "x-ubyte: no 'images' in its name, by which its file of labels would be found");
}

TEST_F(SeriesExamplesTest, ReadsTheRealArchives) {
  struct Known {
    std::string file;
    std::size_t count, features, classes;
    Index shortest, longest;
  };
  for (const Known& known : {Known{"japanese_vowels/JapaneseVowels_TRAIN.ts", 270, 12, 9, 7, 26},
                             Known{"japanese_vowels/JapaneseVowels_TEST.ts", 370, 12, 9, 7, 29},
                             Known{"basic_motions/BasicMotions_TRAIN.ts", 40, 6, 4, 100, 100},
                             Known{"ecg200/ECG200_TEST.ts", 100, 1, 2, 96, 96},
                             Known{"ecg5000_train/ECG5000_TRAIN.ts", 500, 1, 5, 140, 140}}) {
    const auto path = shared_data(known.file);
    RECUR_NEEDS_DATA(path);
    const SeriesExamples examples = read({path});
    EXPECT_EQ(examples.list.size(), known.count) << known.file;
    EXPECT_EQ(examples.features.size(), known.features) << known.file;
    std::map<std::string, Index> classes;
    Index shortest = 1 << 20, longest = 0;
    for (const auto& example : examples.list) {
      ++classes[example.labels.at(0)];
      shortest = std::min(shortest, example.steps);
      longest = std::max(longest, example.steps);
      ASSERT_EQ(example.values.size(), static_cast<std::size_t>(example.steps) * known.features);
    }
    EXPECT_EQ(classes.size(), known.classes) << known.file;
    EXPECT_EQ(shortest, known.shortest) << known.file;
    EXPECT_EQ(longest, known.longest) << known.file;
  }
}

TEST_F(SeriesExamplesTest, ReadsTheRealMovements) {
  const auto path = shared_data("movement_aal/dataset/MovementAAL_target.csv");
  RECUR_NEEDS_DATA(path);
  const SeriesExamples examples = read({path}, {.series_files = "MovementAAL_RSS_{id}.csv"});
  EXPECT_EQ(examples.features, (Names{"RSS_anchor1", "RSS_anchor2", "RSS_anchor3", "RSS_anchor4"}));
  EXPECT_EQ(examples.list.size(), 314U);
  Index steps = 0, positive = 0;
  for (const auto& example : examples.list) {
    steps += example.steps;
    positive += example.labels.at(0) == "1";
  }
  EXPECT_EQ(steps, 13197);
  EXPECT_EQ(positive, 158);
}

TEST_F(SeriesExamplesTest, ReadsTheRealDigits) {
  const auto path = shared_data("mnist/t10k-images-idx3-ubyte.gz");
  RECUR_NEEDS_DATA(path);
  const SeriesExamples examples = read({path});
  EXPECT_EQ(examples.list.size(), 10000U);
  EXPECT_EQ(examples.list[0].labels, (Names{"7"}));
  EXPECT_EQ(examples.list[0].steps, 28);
  double sum = 0;
  for (const auto& example : examples.list) {
    for (const float value : example.values) sum += value;
  }
  EXPECT_NEAR(sum / (10000 * 784), 0.1325, 1e-4) << "the mean that is known of this set";
}

}  // namespace
}  // namespace recur
