// Examples to classify: texts, or numeric series, with their labels.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/types.h"
#include "data/examples/source.h"

namespace recur {

struct TextExample {
  std::string text{};
  std::vector<std::string> labels{};  // none where labels are not read
  std::string place{};                // where it stands: "reviews.tsv:17", "pos/12_9.txt"
};

struct SeriesExample {
  std::vector<float> values{};  // [T,F], row by row; NaN is missing
  Index steps = 0;              // T
  std::vector<std::string> labels{};
  std::string place{};  // "x.ts:31", "steps.csv:2 (id 7)", "t10k-images-idx3-ubyte.gz: image 5"
};

struct SeriesExamples {
  std::vector<std::string> features{};  // names of the F values of a step
  std::vector<SeriesExample> list{};
};

/// Reads texts from `files` in their order, as `source` says:
///  - tables (CSV, TSV, JSON lines): text_column and label_column. Where they are not given, the columns
///  called
///    text or sentence and label, labels or class; of a table of two columns, the one beside the other; of
///    one column, this one.
///  - fastText: words that begin with __label__ are labels, wherever they stand; the others are the text.
///  - lines: each line is a text without labels.
///  - a folder: each subfolder is a class (aclImdb's `unsup`, whose texts have no labels, is left out), each
///  file
///    in it a text, in the order of their names. Without labels: the files in it, at any depth.
///
/// An example has one label, or, where label_separator is given, in lists of JSON and in fastText, any number
/// of them. Blanks around labels do not count. label_map renames labels; the others keep their names.
///
/// Errors: those of RowReader; DataError for an example without a label, or with an empty one; ConfigError if
/// it cannot be known which column to read.
std::vector<TextExample> read_text_examples(const ExampleSource& source,
                                            std::span<const std::filesystem::path> files, bool with_labels);

/// Reads series from `files` in their order, as `source` says:
///  - .ts (UEA and UCR archives): a series a line. Errors where the header disagrees with the data.
///  - idx: images as MNIST has them, a file of them together with its file of labels beside it ("labels-idx1"
///  for
///    "images-idx3" in its name). Values are pixel/255; a step is a row or a pixel (idx_step).
///  - tables with the column that `id` names (or one called id), a row a step: value_columns, label_column,
///  and
///    `time` (or one called time), whose values must grow along a series. The rows of an id need not stand
///    together; its label must be the same in all.
///  - tables without one, a row a series of single values: label_column and value_columns, the steps in their
///    order. Missing values at the end of a row are not part of its series.
///  - with series_files, a table of ids and labels that names a file a series: the file is a table, a row a
///  step,
///    of value_columns. `id`: the one called id or the first, if not given. So the table also says which
///    series are in a split.
///  - a folder: each subfolder is a class, each table in it a series, as texts are.
/// Value columns may be ranges of numbers: "2-97", "3-". Empty cells and those that say so
/// (MissingCells::allow) are missing: NaN.
///
/// Errors: those of RowReader; DataError, with file and line, for series of different features, a label that
/// changes within a series, times that do not grow, a series without steps.
SeriesExamples read_series_examples(const ExampleSource& source, std::span<const std::filesystem::path> files,
                                    bool with_labels);

/// Whether `files` hold series rather than texts: .ts and idx files, folders of tables, or any tables if
/// id, time, value_columns or series_files is given.
bool holds_series(const ExampleSource& source, std::span<const std::filesystem::path> files);

}  // namespace recur
