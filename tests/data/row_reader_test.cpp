#include "data/table/row_reader.h"

#include <cmath>
#include <random>

#include "base/csv_cell.h"
#include "tests/data/text_files.h"

namespace recur {
namespace {

using Table = std::vector<std::vector<std::string>>;

class RowReaderTest : public TextFiles {
 protected:
  std::string error_of(const std::string& name, std::string_view text, const TableOptions& options = {}) {
    return message_of<DataError>([&] { rows_of(plain(name, text), options); });
  }

  Table rows_of(const std::filesystem::path& path, const TableOptions& options = {}) {
    RowReader reader(path, options);
    Table rows;
    lines_.clear();
    columns_ = reader.columns();
    for (Row row; reader.next(row);) {
      rows.emplace_back(row.cells.begin(), row.cells.end());
      lines_.push_back(row.line);
    }
    return rows;
  }

  Table table(const std::string& name, std::string_view text, const TableOptions& options = {}) {
    return rows_of(plain(name, text), options);
  }

  std::vector<Index> lines_;
  std::vector<std::string> columns_;
};

const TableOptions kNoHeader{.header = Header::no};

TEST_F(RowReaderTest, ReadsCsvAsTheRfcSaysIt) {
  EXPECT_EQ(
      table("a.csv",
            "\xEF\xBB\xBF\"a \"\"b\"\"\",\"c,d\",\r\n\r\n\"one\r\ntwo\n\",\"\",x\"y\n3,\"4\"\"\",\"\n\"",
            kNoHeader),
      (Table{{"a \"b\"", "c,d", ""}, {"one\r\ntwo\n", "", "x\"y"}, {"3", "4\"", "\n"}}));
  EXPECT_EQ(lines_, (std::vector<Index>{1, 3, 6}));
  EXPECT_EQ(table("b.csv", "a;b,c\n", {.header = Header::no, .separator = ';'}), (Table{{"a", "b,c"}}));
}

TEST_F(RowReaderTest, TsvHasNoQuotes) {
  EXPECT_EQ(table("a.tsv", "\"Great\" film\t1\n\"open\t\n", kNoHeader),
            (Table{{"\"Great\" film", "1"}, {"\"open", ""}}));
}

TEST_F(RowReaderTest, ChoosesTheFormatByNameAndFirstLine) {
  for (const std::string name : {"a.tsv", "a.TAB", "a.txt", "a.data"}) {
    EXPECT_EQ(table(name, "a,b\tc", kNoHeader), (Table{{"a,b", "c"}})) << name;
  }
  for (const std::string name : {"a.csv", "a.CSV", "a.csv.gz"}) {
    EXPECT_EQ(table(name, "a\tb,c", kNoHeader), (Table{{"a\tb", "c"}})) << name;
  }
  EXPECT_EQ(table("b.txt", "a b,c", kNoHeader), (Table{{"a b", "c"}}));
  EXPECT_EQ(table("c.txt", "{\"a\": 1}"), (Table{{"1"}}));
  EXPECT_EQ(table("a.csv", "a,b\tc", {.format = TableFormat::tsv, .header = Header::no}),
            (Table{{"a,b", "c"}}));
}

TEST_F(RowReaderTest, AColumnOfTextsMayHaveEmptyOnes) {
  EXPECT_EQ(table("a.tsv", "\none\n\ntwo\n", kNoHeader), (Table{{"one"}, {""}, {"two"}}));
  EXPECT_EQ(table("b.tsv", "1\t2\n\n3\t4\n\n", kNoHeader), (Table{{"1", "2"}, {"3", "4"}}));
}

TEST_F(RowReaderTest, RecognisesAHeader) {
  const auto header = [&](std::string_view text, std::vector<std::string> columns,
                          Header rule = Header::automatic) {
    RowReader reader(plain("a.csv", text), {.header = rule, .columns = columns, .usual = {"label"}});
    Row row;
    EXPECT_TRUE(reader.next(row));
    return reader.has_header();
  };
  EXPECT_TRUE(header("text,x\nfine,good\n", {"text"}));
  EXPECT_TRUE(header("text,x\nfine,good\n", {"1", "x"}));
  EXPECT_FALSE(header("fine,1\npoor,0\n", {"1", "2"}));
  EXPECT_TRUE(header("text,class\npoor,0\n", {"1", "2"}));
  EXPECT_FALSE(header("fine,good\npoor,bad\n", {}));
  EXPECT_TRUE(header("fine,label\npoor,bad\n", {}));
  EXPECT_TRUE(header("date,value\n2020-01-01,1.5\n", {}));
  EXPECT_FALSE(header("2020-01-01,1.5\n2020-01-02,1.5\n", {}));
  EXPECT_FALSE(header("a,\nb,1\n", {}));
  EXPECT_FALSE(header("date,value\n", {}));
  EXPECT_TRUE(header("fine,good\npoor,bad\n", {"1"}, Header::yes));
  EXPECT_FALSE(header("date,value\n2020-01-01,1.5\n", {}, Header::no));
  EXPECT_EQ(table("m.csv", "#RSS_anchor1, RSS_anchor2\n-0.9,0.5\n"), (Table{{"-0.9", "0.5"}}));
  EXPECT_EQ(columns_, (std::vector<std::string>{"RSS_anchor1", "RSS_anchor2"}));
}

TEST_F(RowReaderTest, FindsColumnsByNameOrNumber) {
  const RowReader named(plain("a.csv", "text,rating,label,2\nfine,8,pos,x\n"), {.header = Header::yes});
  EXPECT_EQ(named.find_column("label"), 2);
  EXPECT_EQ(named.find_column("1"), 0);
  EXPECT_EQ(named.find_column("2"), 3) << "a name comes before a number";
  const auto missing = [](const RowReader& reader, std::string_view column) {
    return message_of<ConfigError>([&] { reader.find_column(column); });
  };
  EXPECT_EQ(missing(named, "labels"),
            "a.csv: no column 'labels'; its columns are text, rating, label, 2; did you mean 'label'?");
  EXPECT_EQ(missing(named, "5"), "a.csv: no column '5'; its columns are text, rating, label, 2");
  EXPECT_EQ(missing(named, "0"), "a.csv: no column '0'; its columns are text, rating, label, 2");
  const RowReader bare(plain("b.csv", "fine,8\n"));
  EXPECT_EQ(missing(bare, "text"),
            "b.csv: no column 'text'; it has no header, so its columns are numbered 1 to 2");
  const RowReader twice(plain("c.csv", "x,x\n1,2\n"));
  EXPECT_EQ(message_of<DataError>([&] { twice.find_column("x"); }),
            "c.csv:1: two columns are called 'x' (give the column's number, from 1)");
}

TEST_F(RowReaderTest, NamesTheLineOfARaggedRow) {
  EXPECT_EQ(error_of("a.csv", "a,b\n1,2\n\"x\ny\",2\n1,2,3\n"),
            "a.csv:5: 3 cells, expected 2 as in line 1 (cells are parted by ',')");
  EXPECT_EQ(error_of("a.tsv", "1\t2\n3\n"),
            "a.tsv:2: 1 cell, expected 2 as in line 1 (cells are parted by tabs)");
  EXPECT_EQ(error_of("empty.csv", ""), "empty.csv: it is empty, expected a table");
  EXPECT_EQ(error_of("blank.csv", "\n\r\n\n"), "blank.csv: it is empty, expected a table");
}

TEST_F(RowReaderTest, NamesTheLineWhereABrokenQuoteOpened) {
  EXPECT_EQ(
      error_of("a.csv", "1,2\n\"x,2\n3,4\n"),
      "a.csv:2: the quote that opens here is never closed (a cell that begins with a quote must end with "
      "one; if the file knows no quotes, read it as tsv)");
  EXPECT_EQ(error_of("b.csv", "1,2\n1,\"Great\" film\n"),
            "b.csv:2: ' ' follows the quote that closes cell 2, expected ',' or the end of the line (a quote "
            "inside "
            "quotes is written twice)");
  EXPECT_EQ(error_of("c.csv", "1,2\n1,\"Great\n\n\"\xC3\xA9\n"),
            "c.csv:4: '\xC3\xA9' follows the quote that closes cell 2 (opened in line 2), expected ',' or "
            "the end of "
            "the line (a quote inside quotes is written twice)");
  TableOptions small;
  small.lines.longest = 30;
  EXPECT_NE(error_of("d.csv", "1,\"2\n12345678\n12345678\n12345678\n12345678\n", small)
                .find("d.csv:1: the quote that "
                      "opens here is not closed within 30 bytes"),
            std::string::npos);
}

TEST_F(RowReaderTest, ReadsObjectsAsRows) {
  EXPECT_EQ(
      table(
          "a.jsonl",
          "{\"text\": \"a \\\"b\\\"\\n\\u00e9\", \"n\": 1.50, \"i\": -3, \"t\": true}\r\n\n"
          "{\"i\": 12345678901234567890, \"other\": {\"text\": [1, {\"text\": 2}]}, \"text\": [\"x\", 2]}\n"),
      (Table{{"a \"b\"\n\xC3\xA9", "1.50", "-3", "true"},
             {"x\x1F"
              "2",
              "", "12345678901234567890", ""}}));
  EXPECT_EQ(columns_, (std::vector<std::string>{"text", "n", "i", "t"}));
  EXPECT_EQ(lines_, (std::vector<Index>{1, 3}));
}

TEST_F(RowReaderTest, TellsWhatAnObjectLacks) {
  const auto cell = [&](const std::string& object) {
    RowReader reader(plain("a.jsonl", "{\"a\": 1, \"b\": \"\"}\n" + object));
    Row row;
    EXPECT_TRUE(reader.next(row));
    EXPECT_EQ(reader.text(row, 1), "");
    EXPECT_TRUE(reader.next(row));
    return message_of<DataError>([&] { reader.text(row, 0); });
  };
  const std::string absent = "a.jsonl:2: no text or number under 'a' (every object must have one)";
  for (const std::string object : {"{}", "{\"a\": null}", "{\"a\": {\"a\": 1}}", "{\"a\": [[1]]}",
                                   "{\"a\": [1, null]}", "{\"a\": [1, {\"b\": 2}, 3]}"}) {
    EXPECT_EQ(cell(object), absent) << object;
  }
  EXPECT_EQ(cell("{\"a\": []}"), "nothing was thrown");
}

TEST_F(RowReaderTest, RefusesWhatIsNoObject) {
  EXPECT_EQ(error_of("a.jsonl", "{\"a\": 1}\n{\"a\": }\n"),
            "a.jsonl:2: not valid JSON at byte 7 of the line (expected an object a line)");
  for (const std::string text : {"[1]", "3", "\"x\"", "null", "true", "1.5"}) {
    EXPECT_EQ(error_of("a.jsonl", text), "a.jsonl:1: expected an object a line: {\"key\": value, ...}")
        << text;
  }
  EXPECT_EQ(error_of("a.jsonl", "{\"a\": 1, \"a\": 2}"), "a.jsonl:1: the key 'a' stands twice");
  EXPECT_EQ(error_of("a.jsonl", "{}"), "a.jsonl:1: an object without keys");
  EXPECT_EQ(error_of("a.jsonl", "{\"a\": 1e999}"),
            "a.jsonl:1: a number before byte 11 of the line is out of range");
  EXPECT_EQ(error_of("a.jsonl", std::string("{}\0", 3)), "a.jsonl:1: a NUL byte, expected JSON");
  EXPECT_EQ(error_of("a.jsonl", "{\"a\": " + std::string(1'000'000, '[')),
            "a.jsonl:1: nested more than 64 levels deep");
}

TEST_F(RowReaderTest, NumbersAreStrict) {
  for (const auto& [text, value] : std::vector<std::pair<std::string, double>>{
           {"1", 1}, {" -2.5e3 ", -2500}, {"+7", 7}, {"\t.5", .5}, {"1e-300", 1e-300}, {"007", 7}}) {
    EXPECT_EQ(cell_number(text), value) << text;
  }
  for (const std::string text :
       {"", " ", "n/a", "nan", "inf", "-inf", "1e400", "1,5", "0x10", "1 2", "--1", "+-1", "+", "1d"}) {
    EXPECT_EQ(cell_number(text), std::nullopt) << text;
  }
}

TEST_F(RowReaderTest, SaysWhichCellIsNoNumber) {
  RowReader reader(plain("sales.csv", "date,value\n1,2.5\n2,n/a\n3,\n4,inf\n"));
  Row row;
  const auto number = [&](MissingCells missing, std::string_view hint = "") {
    return message_of<DataError>([&] { reader.number(row, 1, missing, hint); });
  };
  ASSERT_TRUE(reader.next(row));
  EXPECT_EQ(reader.number(row, 1, MissingCells::refuse), 2.5);
  ASSERT_TRUE(reader.next(row));
  EXPECT_EQ(
      number(MissingCells::refuse, "(use --missing interpolate to fill gaps)"),
      "sales.csv:3: column 'value' holds 'n/a', expected a number (use --missing interpolate to fill gaps)");
  EXPECT_TRUE(std::isnan(reader.number(row, 1, MissingCells::allow)));
  ASSERT_TRUE(reader.next(row));
  EXPECT_EQ(number(MissingCells::refuse),
            "sales.csv:4: column 'value' holds an empty cell, expected a number");
  EXPECT_TRUE(std::isnan(reader.number(row, 1, MissingCells::allow)));
  ASSERT_TRUE(reader.next(row));
  EXPECT_EQ(number(MissingCells::allow), "sales.csv:5: column 'value' holds 'inf', expected a number");
}

/// A table of random cells, of the characters that matter.
Table random_table(std::mt19937& random) {
  const auto below = [&](unsigned n) { return static_cast<std::size_t>(random() % n); };
  constexpr std::string_view letters = "ab\"\",,\n\r\t ";
  Table rows(1 + below(5));
  const std::size_t width = 2 + below(3);
  for (auto& row : rows) {
    for (std::size_t i = 0; i < width; ++i) {
      std::string& cell = row.emplace_back();
      for (std::size_t size = below(6); size > 0; --size) cell += letters[below(letters.size())];
    }
  }
  return rows;
}

TEST_F(RowReaderTest, WhatIsQuotedReadsBackAndChunksChangeNothing) {
  std::mt19937 random(7);
  for (int i = 0; i < 150; ++i) {
    const Table rows = random_table(random);
    std::string text;
    for (const auto& row : rows) {
      for (std::size_t j = 0; j < row.size(); ++j) text += (j ? "," : "") + csv_cell(row[j]);
      text += random() % 2 ? "\n" : "\r\n";
    }
    const auto path = plain("a.csv", text);
    TableOptions options = kNoHeader;
    ASSERT_EQ(rows_of(path, options), rows) << text;
    const std::vector<Index> lines = lines_;
    for (Index chunk : {1, 2, 3, 5, 8, 13}) {
      options.lines.chunk = chunk;
      ASSERT_EQ(rows_of(path, options), rows) << text;
      ASSERT_EQ(lines_, lines);
    }
  }
}

}  // namespace
}  // namespace recur
