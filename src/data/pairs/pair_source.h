// Where pairs of texts come from: the options of [data] that say what is read, and how.
#pragma once

#include <filesystem>
#include <string>
#include <tuple>
#include <vector>

#include "base/fields.h"
#include "data/table/row_reader.h"

namespace recur {

/// The files of a task that makes one text of another. A split is two files whose lines belong together,
/// source first, or tables with a column of each.
struct PairSource {
  std::vector<std::filesystem::path> train{}, valid{}, test{};
  std::string source_column = "1", target_column = "2";
  Header header = Header::automatic;

  static constexpr auto fields = std::tuple{
      field("train", &PairSource::train,
            "what to train on: a table (TSV, CSV, JSON lines) with a source and a target in each row, or two "
            "files line by line, as in train.de,train.en; plain or .gz"),
      field("valid", &PairSource::valid,
            "what to validate on, as train; not given: a part of the training pairs"),
      field("test", &PairSource::test, "what to score at the end, as train"),
      field("source_column", &PairSource::source_column,
            "tables: column of the sources, by name or number from 1"),
      field("target_column", &PairSource::target_column,
            "tables: column of the targets, by name or number from 1"),
      field("header", &PairSource::header,
            "tables: whether the first row names the columns; auto: where a column is given by name"),
  };
};

}  // namespace recur
