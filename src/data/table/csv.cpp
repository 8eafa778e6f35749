#include "data/table/csv.h"

#include "base/error.h"
#include "base/text.h"
#include "data/text/level.h"

namespace recur {

void split_cells(std::string_view line, char separator, std::vector<std::string_view>& cells) {
  cells.clear();
  for (;;) {
    const std::size_t end = line.find(separator);
    cells.push_back(line.substr(0, end));
    if (end == line.npos) return;
    line.remove_prefix(end + 1);
  }
}

void CsvRecords::read(LineReader& lines, std::vector<std::string_view>& cells) {
  if (lines.text().find('"') == std::string_view::npos) {
    split_cells(lines.text(), separator_, cells);
  } else {
    read_quoted(lines, cells);
  }
}

void CsvRecords::read_quoted(LineReader& lines, std::vector<std::string_view>& cells) {
  cells_.clear();
  ends_.clear();
  std::string_view text = lines.text();
  for (std::size_t at = 0;; ++at) {
    if (at < text.size() && text[at] == '"') {
      read_cell(lines, text, ++at);
    } else {
      const std::string_view cell = text.substr(at, text.find(separator_, at) - at);
      cells_ += cell;
      at += cell.size();
    }
    ends_.push_back(cells_.size());
    if (at == text.size()) break;
  }
  cells.clear();
  std::size_t begin = 0;
  for (const std::size_t end : ends_) {
    cells.push_back(std::string_view(cells_).substr(begin, end - begin));
    begin = end;
  }
}

void CsvRecords::read_cell(LineReader& lines, std::string_view& text, std::size_t& at) {
  const Index opened = lines.line();
  for (;;) {
    const std::size_t quote = text.find('"', at);
    cells_ += text.substr(at, quote - at);
    if (quote == text.npos) {
      cells_ += lines.ending();
      check<DataError>(static_cast<Index>(cells_.size()) <= longest_,
                       "{}: the quote that opens here is not closed within {} (a cell that begins with a "
                       "quote must end with one; if the file knows no quotes, read it as tsv)",
                       lines.place(opened), format_bytes(longest_));
      check<DataError>(lines.next(),
                       "{}: the quote that opens here is never closed (a cell that begins with a quote must "
                       "end with one; if the file knows no quotes, read it as tsv)",
                       lines.place(opened));
      text = lines.text();
      at = 0;
      continue;
    }
    at = quote + 1;
    if (at == text.size() || text[at] == separator_) return;
    check<DataError>(text[at] == '"',
                     "{}: '{}' follows the quote that closes cell {}{}, expected '{}' or the end of the line "
                     "(a quote inside quotes is written twice)",
                     lines.place(lines.line()),
                     text.substr(at, static_cast<std::size_t>(utf8_length(text[at]))), ends_.size() + 1,
                     opened == lines.line() ? "" : " (opened in line " + std::to_string(opened) + ")",
                     separator_);
    cells_ += '"';
    ++at;
  }
}

}  // namespace recur
