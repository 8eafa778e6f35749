// Records of delimited text: CSV with quotes (RFC 4180), or plain cells between delimiters (TSV).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "data/files/line_reader.h"

namespace recur {

/// Cuts lines at `separator`; nothing is quoted, so a cell holds any character but the separator.
void split_cells(std::string_view line, char separator, std::vector<std::string_view>& cells);

/// Reads records as RFC 4180 describes them: a cell in quotes may hold separators, line breaks and, written
/// twice, quotes. A quote inside a cell that does not begin with one is an ordinary character.
class CsvRecords {
 public:
  explicit CsvRecords(char separator, Index longest = kLongestRecord)
      : separator_(separator), longest_(longest) {}

  /// The cells of the record that begins in the present line of `lines`, which moves to the record's last
  /// line. They are valid until the next call of either. Throws DataError, which names the line where the
  /// quote opened, if it is not closed or if something other than a separator follows the closing one.
  void read(LineReader& lines, std::vector<std::string_view>& cells);

 private:
  void read_quoted(LineReader& lines, std::vector<std::string_view>& cells);
  /// The quoted cell at `at`, just behind its opening quote: appended to cells_, `at` moved behind it.
  void read_cell(LineReader& lines, std::string_view& text, std::size_t& at);

  char separator_;
  Index longest_;
  std::string cells_;              // of a record with quotes, without them, one behind the other
  std::vector<std::size_t> ends_;  // in cells_
};

}  // namespace recur
