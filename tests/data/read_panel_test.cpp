// Series from files: layouts, roles of columns, times, and what is missing.
#include "data/series/read_panel.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"
#include "base/file.h"
#include "tests/base/temporary_folder.h"

namespace recur {
namespace {

using Values = std::vector<double>;

class ReadPanel : public testing::Test {
 protected:
  SeriesPanel read(const std::string& text, const SeriesSource& source = {}) {
    write_file_atomically(folder_.path() / "sales.csv", text);
    return read_panel(folder_.path() / "sales.csv", source);
  }
  /// The message of what is thrown, from the file's name on.
  std::string refusal(const std::string& text, const SeriesSource& source = {}) {
    try {
      read(text, source);
    } catch (const Error& error) {
      const std::string message = error.what();
      return message.substr(std::min(message.find("sales.csv"), message.size()));
    }
    return "nothing was thrown";
  }
  TemporaryFolder folder_;
};

TEST_F(ReadPanel, ColumnsAreSeries) {
  const SeriesPanel panel =
      read("date,a,b\n2020-01-01 00:00,1,10\n2020-01-01 01:00,2,20\n2020-01-01 02:00,3,30\n");
  EXPECT_EQ(panel.columns, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(panel.targets, 2);
  EXPECT_EQ(panel.time_column, "date");
  EXPECT_EQ(panel.frequency.describe(), "1 hour");
  ASSERT_EQ(panel.list.size(), 1U);
  EXPECT_EQ(panel.list[0].columns[1], (Values{10, 20, 30}));
  EXPECT_EQ(panel.list[0].lines, (std::vector<Index>{2, 3, 4}));
  EXPECT_EQ(panel.write_time(panel.list[0], 5), "2020-01-01 05:00");
}

TEST_F(ReadPanel, RowsWithoutTimesOrHeader) {
  const SeriesPanel panel = read("0.5,1.5\n0.6,1.4\n");
  EXPECT_FALSE(panel.has_times());
  EXPECT_EQ(panel.columns, (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ(panel.frequency.describe(), "rows without times");
  EXPECT_EQ(panel.write_time(panel.list[0], 2), "3");
}

TEST_F(ReadPanel, NumbersAreThoseOfAModel) {
  EXPECT_EQ(refusal("date,b\n2020-01-01,1\n2020-01-02,-1e300\n"),
            "sales.csv:3: column 'b' holds -1e300, expected a number below 3.4e38");
  EXPECT_EQ(refusal("a,1,3.5e38\n", {.layout = SeriesLayout::rows}),
            "sales.csv:1: column 3 holds 3.5e38, expected a number below 3.4e38");
}

TEST_F(ReadPanel, ColumnsAreKnownByTheirNames) {
  const std::string twice = "date,v,w,v,\n2020-01-01,1,2,3,4\n";
  const std::string rename =
      "sales.csv: two columns are called 'v'; rename one, a model finds its columns by "
      "their names";
  EXPECT_EQ(refusal(twice), rename);
  EXPECT_EQ(refusal(twice, {.target = {"v"}}), rename);
  EXPECT_EQ(refusal(twice, {.target = {"2"}}), rename);
  EXPECT_EQ(refusal(twice, {.target = {"w"}, .covariates = {"5"}}),
            "sales.csv: a column that the model reads has no name; write one into the first line");
  EXPECT_EQ(refusal(",w\n2020-01-01,1\n", {.target = {"w"}}),
            "sales.csv: a column that the model reads has no name; write one into the first line");
  EXPECT_EQ(read(twice, {.target = {"w"}, .covariates = {"none"}}).columns, (std::vector<std::string>{"w"}));
}

TEST_F(ReadPanel, RolesOfColumns) {
  const std::string text = "t,x,y,z\n2020-01,1,2,3\n2020-02,4,5,6\n2020-03,,,9\n";
  const SeriesPanel panel = read(text, {.target = {"y"}, .known = {"z"}});
  EXPECT_EQ(panel.columns, (std::vector<std::string>{"y", "x", "z"}));
  EXPECT_EQ(panel.targets, 1);
  EXPECT_EQ(panel.covariates, 1);
  EXPECT_EQ(panel.known, 1);
  EXPECT_EQ(panel.list[0].known_steps, 2) << "of March only z is known";
  EXPECT_EQ(panel.list[0].columns[2], (Values{3, 6, 9}));
  const SeriesSource again = resolved({.target = {"y"}, .known = {"z"}}, panel);
  EXPECT_EQ(again.time, "t");
  EXPECT_EQ(again.covariates, (std::vector<std::string>{"x"}));
  EXPECT_EQ(read("t,x,y,z\n2020-01,1,2,3\n2020-02,4,5,6\n", {.target = {"x"}, .covariates = {"none"}})
                .columns.size(),
            1U);
  EXPECT_NE(refusal("t,x\n2020-01,1\n2020-02,2\n", {.target = {"t"}}), "nothing was thrown");
}

TEST_F(ReadPanel, LongForm) {
  const SeriesPanel panel =
      read("shop,day,v\nA,2020-01-01,1\nB,2020-01-01,5\nA,2020-01-02,2\nB,2020-01-02,6\n",
           {.time = "day", .id = "shop"});
  ASSERT_EQ(panel.list.size(), 2U);
  EXPECT_EQ(panel.list[1].id, "B");
  EXPECT_EQ(panel.list[1].columns[0], (Values{5, 6}));
  EXPECT_EQ(panel.list[1].lines, (std::vector<Index>{3, 5}));
}

TEST_F(ReadPanel, ARowASeries) {
  const SeriesPanel panel = read("\"V1\",\"V2\",\"V3\",\"V4\"\n\"H1\",605,586,559\n\"H2\",31,29,\n",
                                 {.layout = SeriesLayout::rows});
  ASSERT_EQ(panel.list.size(), 2U);
  EXPECT_EQ(panel.list[0].id, "H1");
  EXPECT_EQ(panel.list[1].columns[0], (Values{31, 29}));
  EXPECT_EQ(panel.list[1].steps(), 2);
}

TEST_F(ReadPanel, SeveralFilesAreReadAsOne) {
  const auto all = [&](const std::vector<std::string>& texts, const SeriesSource& source) {
    std::vector<std::filesystem::path> files;
    for (const std::string& text : texts) {
      files.push_back(folder_ / ("sales.csv" + std::to_string(files.size())));
      write_file_atomically(files.back(), text);
    }
    return read_panel(std::span(files), source);
  };
  const SeriesPanel tall = all({"id,t,v\na,1,10\nb,1,20\na,2,11\n", "v,id,t\n12,a,3\n30,c,5\n31,c,6\n"},
                               {.time = "t", .id = "id"});
  ASSERT_EQ(tall.list.size(), 3U);
  EXPECT_EQ(tall.list[0].columns[0], (Values{10, 11, 12}));
  EXPECT_EQ(tall.list[2].columns[0], (Values{30, 31}));
  EXPECT_TRUE(tall.place(tall.list[0], 1).ends_with("sales.csv0:4 (series a)"));
  EXPECT_TRUE(tall.place(tall.list[0], 2).ends_with("sales.csv1:2 (series a)"));
  EXPECT_EQ(tall.place_of_line(tall.list[2].lines[1], tall.list[2].lines[0]), "line 4");

  EXPECT_EQ(all({"v\n1\n2\n", "v\n3\n"}, {}).list[0].columns[0], (Values{1, 2, 3}));
  // A gap between files is a gap.
  EXPECT_EQ(all({"t,v\n1,1\n2,2\n3,3\n", "t,v\n5,5\n"}, {.time = "t", .missing = Missing::forward})
                .list[0]
                .columns[0],
            (Values{1, 2, 3, 3, 5}));
  const auto refused = [&](const std::vector<std::string>& texts, const SeriesSource& source) {
    try {
      all(texts, source);
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string("nothing was thrown");
  };
  EXPECT_NE(refused({"t,v\n1,1\n2,2\n", "t,v\n2,2\n"}, {.time = "t"}).find("stands already in"),
            std::string::npos);
  EXPECT_NE(refused({"t,v\n1,1\n", "t,w\n2,2\n"}, {.time = "t"}).find("its columns are not those of"),
            std::string::npos);
  EXPECT_NE(
      refused({"A,1,2\n", "A,3\n"}, {.layout = SeriesLayout::rows}).find("series 'A' stands already in"),
      std::string::npos);
}

TEST_F(ReadPanel, MissingStepsAndValues) {
  const std::string gaps = "day,v\n2020-01-01,1\n2020-01-02,\n2020-01-03,3\n2020-01-05,7\n";
  const auto values = [&](Missing missing) { return read(gaps, {.missing = missing}).list[0].columns[0]; };
  EXPECT_EQ(values(Missing::interpolate), (Values{1, 2, 3, 5, 7}));
  EXPECT_EQ(values(Missing::forward), (Values{1, 1, 3, 3, 7}));
  EXPECT_EQ(values(Missing::zero), (Values{1, 0, 3, 0, 7}));
  EXPECT_EQ(values(Missing::drop), (Values{1, 3, 7}));
  EXPECT_EQ(read(gaps, {.missing = Missing::forward}).notes.size(), 1U);
  EXPECT_EQ(refusal(gaps),
            "sales.csv:3: column 'v' holds an empty cell, expected a number (use --missing interpolate "
            "to fill gaps)");
  EXPECT_EQ(refusal("day,v\n2020-01-01,1\n2020-01-02,2\n2020-01-04,4\n"),
            "sales.csv:4: 1 step is missing between 2020-01-02 and 2020-01-04 (the frequency is 1 day); "
            "choose what to "
            "do with --missing interpolate, forward, zero or drop");
  EXPECT_EQ(
      refusal("day,v\n2020-01-01,\n2020-01-02,2\n", {.missing = Missing::forward}),
      "sales.csv:2: column 'v' begins without a value, so that there is none to carry forward; use --missing "
      "interpolate, zero or drop");
}

TEST_F(ReadPanel, AGapBeforeTheKnownFutureIsOfTheFuture) {
  const SeriesPanel panel = read(
      "day,v,x,promo\n2020-01-01,1,1,0\n2020-01-02,2,,0\n2020-01-03,3,3,1\n2020-01-05,,,1\n2020-01-06,,,0\n",
      {.target = {"v"}, .known = {"promo"}, .missing = Missing::interpolate});
  EXPECT_EQ(panel.list[0].known_steps, 3);
  EXPECT_EQ(panel.write_time(panel.list[0], 3), "2020-01-04");
  EXPECT_EQ(panel.list[0].columns[2], (Values{0, 0, 1, 1, 1, 0}));
  ASSERT_EQ(panel.notes.size(), 1U);
  EXPECT_TRUE(panel.notes[0].ends_with(": 1 missing steps and 1 missing values, by --missing interpolate"))
      << panel.notes[0];
}

TEST_F(ReadPanel, AGapThatIsAMistakeIsNotFilled) {
  const std::string text = "t,v\n0,1\n1,2\n2,3\n3000000000000,4\n";
  EXPECT_NE(refusal(text, {.time = "t", .missing = Missing::zero}).find("more than can be filled in"),
            std::string::npos);
  EXPECT_EQ(read(text, {.time = "t", .missing = Missing::drop}).list[0].steps(), 4);
}

TEST_F(ReadPanel, TimesMustRise) {
  EXPECT_EQ(refusal("day,v\n2020-01-01,1\n2020-01-02,2\n2020-01-02,3\n"),
            "sales.csv:4: time 2020-01-02 stands already in line 3, expected times that rise (many series in "
            "one file: "
            "name their column with --id)");
  EXPECT_EQ(refusal("day,v\n2020-01-05,1\n2020-01-02,2\n"),
            "sales.csv:3: time 2020-01-02 is before that of line 2, expected times that rise (many series in "
            "one file: "
            "name their column with --id)");
  EXPECT_EQ(refusal("day,v\n2020-01-01,1\n2020-13-02,2\n"),
            "sales.csv:3: column 'day' holds '2020-13-02', expected times like 2016-07-31");
  EXPECT_EQ(refusal("day,v\nMonday,1\nTuesday,2\n", {.time = "day"}),
            "sales.csv:2: column 'day' holds 'Monday', expected times such as 2016-07-31, 2016-07-31 13:00, "
            "2016-07 or "
            "numbers");
}

TEST_F(ReadPanel, DatesAndFrequencyAreThoseOfTheTraining) {
  const SeriesPanel trained = read("day,v\n28/11/2020,1\n29/11/2020,2\n30/11/2020,3\n");
  const SeriesSource source = resolved({}, trained);
  EXPECT_EQ(source.dates, DateOrder::day_first);
  EXPECT_EQ(source.frequency, "1 day");
  const SeriesPanel later = read("day,v\n01/12/2020,1\n02/12/2020,2\n03/12/2020,3\n", source);
  EXPECT_EQ(later.write_time(later.list[0], 3), "04/12/2020");
  EXPECT_TRUE(later.notes.empty());
  EXPECT_EQ(refusal("day,v\n01/12/2020 00:00,1\n01/12/2020 01:00,2\n01/12/2020 02:00,3\n", source),
            "sales.csv: the frequency of its times is 1 hour, but --frequency says 1 day; leave it out");
  const SeriesSource monthly = resolved({}, read("day,v\n2020-01,1\n2020-02,2\n2020-03,3\n"));
  const SeriesPanel short_one = read("day,v\n2021-01,1\n", monthly);
  EXPECT_EQ(short_one.write_time(short_one.list[0], 1), "2021-02") << "a row has no frequency of its own";
  EXPECT_NE(refusal("day,v\n01/02/2020,1\n02/02/2020,2\n", monthly).find("expected times such as"),
            std::string::npos);
}

TEST_F(ReadPanel, ChangedClocks) {
  const std::string autumn =
      "time,v\n2021-10-31 01:00,1\n2021-10-31 02:00,2\n2021-10-31 02:00,3\n2021-10-31 03:00,4\n";
  EXPECT_NE(refusal(autumn).find("name the time zone with --zone"), std::string::npos);
  try {
    const SeriesPanel panel = read(autumn, {.zone = "Europe/Berlin"});
    EXPECT_EQ(panel.frequency.describe(), "1 hour");
    EXPECT_EQ(panel.list[0].times[2] - panel.list[0].times[1], kHour);
    EXPECT_EQ(panel.write_time(panel.list[0], 2), "2021-10-31 02:00");
    EXPECT_EQ(panel.write_time(panel.list[0], 4), "2021-10-31 04:00");
    const SeriesPanel offset =
        read("time,v\n2021-07-01 01:00+02:00,1\n2021-07-01 02:00+02:00,2\n", {.zone = "Europe/Berlin"});
    EXPECT_EQ(offset.write_time(offset.list[0], 1), "2021-07-01 02:00+02:00");
    const std::string spring = "time,v\n2021-03-28 01:00,1\n2021-03-28 03:00,2\n2021-03-28 04:00,3\n";
    EXPECT_EQ(read(spring, {.zone = "Europe/Berlin"}).list[0].steps(), 3) << "no step is missing";
    EXPECT_NE(refusal(spring).find("1 step is missing"), std::string::npos);
  } catch (const ConfigError& error) {
    GTEST_SKIP() << error.what();
  }
}

TEST_F(ReadPanel, WhatIsNoNumberIsNamed) {
  EXPECT_EQ(refusal("day,v\n2020-01-01,1\n2020-01-02,x\n", {.missing = Missing::interpolate}),
            "sales.csv:3: column 'v' holds 'x', expected a number");
  EXPECT_EQ(refusal("day,v\n2020-01-01,1\n2020-01-02,inf\n").substr(0, 12), "sales.csv:3:");
}

}  // namespace
}  // namespace recur
