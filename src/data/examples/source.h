// Where labelled examples come from: the options of [data] that say what is read, and how.
#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <tuple>
#include <vector>

#include "base/fields.h"
#include "data/table/row_reader.h"

namespace recur {

/// How a file of examples is written. `automatic`: by what it is. A folder: one class a subfolder. By name:
/// .csv; .tsv, .tab; .jsonl, .ndjson, .json; .ts; …-ubyte, .idx (MNIST's); .gz is left out. Any other file by
/// its first line: fasttext if it begins with __label__, jsonl with '{'; tsv if it holds a tab; else csv
/// where labels are read, and lines where none are.
enum class ExampleFormat { automatic, csv, tsv, jsonl, fasttext, lines, ts, idx };
constexpr std::array<std::string_view, 8> names_of(ExampleFormat) {
  return {"auto", "csv", "tsv", "jsonl", "fasttext", "lines", "ts", "idx"};
}

/// What is a step of an image.
enum class IdxStep { row, pixel };
constexpr std::array<std::string_view, 2> names_of(IdxStep) { return {"row", "pixel"}; }

/// The files of a task that learns from labelled examples, and how to read them. A task's [data] may derive
/// from it and join `fields` to its own (std::tuple_cat).
struct ExampleSource {
  std::vector<std::filesystem::path> train{}, valid{}, test{};
  ExampleFormat format = ExampleFormat::automatic;
  Header header = Header::automatic;
  std::string separator{};
  std::string text_column{}, label_column{}, label_separator{};
  std::vector<std::string> label_map{};
  std::string id{}, time{};
  std::vector<std::string> value_columns{};
  std::string series_files{};
  IdxStep idx_step = IdxStep::row;

  static constexpr auto fields = std::tuple{
      field("train", &ExampleSource::train,
            "files to train on: CSV, TSV, JSON lines, fastText, .ts, idx, plain or .gz; a folder of one "
            "folder a "
            "class; '-' is standard input"),
      field("valid", &ExampleSource::valid,
            "files to validate on; not given: a part of the training examples"),
      field("test", &ExampleSource::test, "files to score at the end"),
      field("format", &ExampleSource::format, "how the files are written; auto: by name and first line"),
      field("header", &ExampleSource::header, "whether the first row names the columns"),
      field("separator", &ExampleSource::separator,
            "character between cells; not given: a comma (csv) or a tab (tsv)"),
      field("text_column", &ExampleSource::text_column, "column of the texts, by name or number from 1"),
      field("label_column", &ExampleSource::label_column, "column of the labels, by name or number from 1"),
      field("label_separator", &ExampleSource::label_separator,
            "what parts the labels of an example that may have several; not given: it has one"),
      field("label_map", &ExampleSource::label_map, "what labels are called instead: 0=negative,1=positive"),
      field("id", &ExampleSource::id, "column that tells which series a row belongs to, by name or number"),
      field("time", &ExampleSource::time,
            "column of a row's time, which must grow along a series, by name or number"),
      field("value_columns", &ExampleSource::value_columns,
            "columns of the values, by name, number or range (2-97); not given: all that are nothing else"),
      field("series_files", &ExampleSource::series_files,
            "a file a series, named by the id of each row, relative to the table of ids and labels: "
            "series_{id}.csv"),
      field("idx_step", &ExampleSource::idx_step, "a step of an image: a row of pixels, or a pixel"),
  };
};

}  // namespace recur
