// What the fuzzers of tables share: a table as it was read, or the error.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "data/table/row_reader.h"
#include "tests/fuzz/memory_file.h"

namespace recur {

struct ReadTable {
  std::vector<std::string> columns;
  std::vector<std::vector<std::optional<std::string>>> rows;  // nothing where a cell is absent
  std::string error;  // DataError or FormatError; empty if there was none
  bool operator==(const ReadTable&) const = default;
};

inline ReadTable read_table(const std::string& path, TableOptions options, Index chunk) {
  ReadTable table;
  options.lines = {.longest = 1 << 16, .chunk = chunk};
  try {
    RowReader reader(path, options);
    table.columns = reader.columns();
    for (Row row; reader.next(row);) {
      RECUR_ASSERT(row.cells.size() == table.columns.size());
      auto& cells = table.rows.emplace_back();
      for (const auto cell : row.cells) {
        cell_number(cell);
        cells.push_back(cell.data() ? std::optional(std::string(cell)) : std::nullopt);
      }
    }
  } catch (const DataError& error) {
    table.error = error.what();
  } catch (const FormatError& error) {
    table.error = error.what();
  }
  return table;
}

/// Reads a table in one piece and in pieces of a few bytes: the same must come out.
inline ReadTable read_in_pieces(std::string_view bytes, const TableOptions& options) {
  const MemoryFile file(bytes);
  ReadTable whole = read_table(file.path(), options, 1 << 16);
  const ReadTable pieces = read_table(file.path(), options, 1 + static_cast<Index>(bytes.size() % 7));
  // A damaged gzip is noticed earlier or later: what counts is that it is.
  RECUR_ASSERT(whole == pieces ||
               (!whole.error.empty() && !pieces.error.empty() && bytes.starts_with("\x1F\x8B")));
  return whole;
}

}  // namespace recur
