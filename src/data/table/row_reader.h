// The rows of a table in a file: CSV, TSV or JSON lines.
#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/types.h"
#include "data/files/line_reader.h"
#include "data/table/csv.h"
#include "data/table/json_rows.h"

namespace recur {

/// How a table is written. `automatic`: by the file's name (.csv; .tsv, .tab; .jsonl, .ndjson, .json; .gz
/// left out), otherwise by its first line: JSON lines if it begins with '{', TSV if it holds a tab, else CSV.
enum class TableFormat { automatic, csv, tsv, jsonl };
constexpr std::array<std::string_view, 4> names_of(TableFormat) { return {"auto", "csv", "tsv", "jsonl"}; }

/// Whether the first row names the columns. `automatic`: as RowReader says.
enum class Header { automatic, yes, no };
constexpr std::array<std::string_view, 3> names_of(Header) { return {"auto", "yes", "no"}; }

struct TableOptions {
  TableFormat format = TableFormat::automatic;
  Header header = Header::automatic;
  char separator = '\0';               // of cells; '\0': a comma (csv) or a tab (tsv)
  std::vector<std::string> columns{};  // that the caller was told to read: names, or numbers from 1
  std::vector<std::string> usual{};    // names that give a header away; none of them has to be there
  LineReader::Options lines{};
};

/// The separator that an option gives, '\0' if it is empty. Throws ConfigError for more than a character.
char separator_of(const std::string& option);

/// A row, valid until the next one is read.
struct Row {
  std::vector<std::string_view> cells{};
  Index line = 0;  // that it begins in
};

/// What a cell that holds no number is.
enum class MissingCells {
  refuse,  // an error
  allow,   // NaN, if it is empty or one of ? NA N/A n/a NaN nan null NULL None -; else an error
};

/// Reads a table row by row, in bounded memory; "-" is standard input.
///
///   RowReader rows("sales.csv", {.columns = {"date", "value"}});
///   const Index value = rows.find_column("value");
///   for (Row row; rows.next(row);) sum += rows.number(row, value, MissingCells::refuse);
///
/// The first row is a header if one of TableOptions::columns is a name, or one of `usual` is in it. Otherwise
/// (`columns` empty or numbers) it is one if none of its cells is empty or a number and one cell of the
/// second row is a number. Names in a header lose the blanks around them and
/// a
/// '#' before the first. Rows without any character are skipped, unless the table has a single column.
///
/// Errors, here and in next(): those of LineReader and CsvRecords; DataError with file and line for an empty
/// table or a row with another number of cells than the first; ConfigError for a column that is not there.
class RowReader {
 public:
  explicit RowReader(const std::filesystem::path& path) : RowReader(path, TableOptions{}) {}
  RowReader(const std::filesystem::path& path, TableOptions options);
  /// Goes on from where `lines` stands.
  RowReader(LineReader lines, TableOptions options);

  /// Reads the next row; false at the end.
  bool next(Row& row);

  /// The names of the columns; "1", "2", … if the table has no header. JSON lines: the keys of the first
  /// object.
  const std::vector<std::string>& columns() const noexcept { return columns_; }
  bool has_header() const noexcept { return has_header_; }
  TableFormat format() const noexcept { return options_.format; }

  /// The index of a column, given by its name or its number from 1. Throws ConfigError with the columns that
  /// there are and the one that was probably meant.
  Index find_column(std::string_view name_or_number) const;

  /// A cell that must be there. Throws DataError if it is absent, which only a key of JSON lines can be.
  std::string_view text(const Row& row, Index column) const;

  /// A cell as a number that is finite as a float, too, or NaN as `missing` says. Throws DataError:
  /// "sales.csv:17: column 'value' holds 'n/a', expected a number", and then `hint`, if there is one.
  double number(const Row& row, Index column, MissingCells missing, std::string_view hint = "") const;

  const std::string& name() const noexcept { return lines_.name(); }
  /// "sales.csv:17".
  std::string place(const Row& row) const { return lines_.place(row.line); }
  /// "its columns are text, label", for messages.
  std::string list_columns() const;
  /// "column 'value'", for messages.
  std::string describe(Index column) const;

 private:
  bool read(Row& row);
  void read_header();
  void keep(const Row& row);
  bool is_header(const std::vector<std::string>& names);

  LineReader lines_;
  TableOptions options_;
  CsvRecords csv_;
  JsonRows json_;
  std::vector<std::string> columns_;
  bool has_header_ = false;
  bool checked_ = false;  // from here on rows must have as many cells as there are columns
  Index first_line_ = 0;  // of the row that says how many cells there are

  struct Kept {
    std::vector<std::optional<std::string>> cells;
    Index line = 0;
  };
  std::vector<Kept> kept_;  // rows that the constructor read and next() has not handed out yet
  std::size_t handed_out_ = 0;
};

/// A whole cell as a finite number, blanks around it and a plus sign before it allowed; nothing if it is not
/// one.
std::optional<double> cell_number(std::string_view cell);

/// Whether a cell says that its value is missing (MissingCells::allow lists how).
bool is_missing(std::string_view cell);

/// What a file's name says about its format: automatic where it does not tell.
TableFormat format_by_extension(const std::filesystem::path& path);

/// The last extension of a file's name in lower case, one of .gz left out: ".csv" of "a.CSV.gz".
std::string extension_of(const std::filesystem::path& path);

}  // namespace recur
