#include "data/table/row_reader.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

#include "base/ascii.h"
#include "base/error.h"
#include "base/text.h"

namespace recur {
namespace {

constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

TableFormat format_of(LineReader& lines) {
  const TableFormat named = format_by_extension(lines.name());
  if (named != TableFormat::automatic || !lines.peek()) return named;
  if (lines.text().starts_with('{')) return TableFormat::jsonl;
  return lines.text().find('\t') != std::string_view::npos ? TableFormat::tsv : TableFormat::csv;
}

bool contains(const std::vector<std::string>& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

std::vector<std::string> names_in(const std::vector<std::string_view>& cells) {
  std::vector<std::string> names;
  for (std::string_view cell : cells) {
    if (names.empty() && cell.starts_with('#')) cell.remove_prefix(1);
    names.emplace_back(without_blanks(cell));
  }
  return names;
}

}  // namespace

std::string extension_of(const std::filesystem::path& path) {
  const std::string last = ascii_lower(path.extension().string());
  return last == ".gz" ? ascii_lower(path.stem().extension().string()) : last;
}

TableFormat format_by_extension(const std::filesystem::path& path) {
  const std::string extension = extension_of(path);
  if (extension == ".csv") return TableFormat::csv;
  if (extension == ".tsv" || extension == ".tab") return TableFormat::tsv;
  if (extension == ".jsonl" || extension == ".ndjson" || extension == ".json") return TableFormat::jsonl;
  return TableFormat::automatic;
}

std::optional<double> cell_number(std::string_view cell) {
  cell = without_blanks(cell);
  if (cell.starts_with('+') && cell.size() > 1 && cell[1] != '-') cell.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  const bool whole = error == std::errc() && end == cell.data() + cell.size();
  return whole && std::isfinite(value) ? std::optional(value) : std::nullopt;
}

bool is_missing(std::string_view cell) {
  static constexpr std::array<std::string_view, 11> words{"",    "?",    "NA",   "N/A",  "n/a", "NaN",
                                                          "nan", "null", "NULL", "None", "-"};
  return std::find(words.begin(), words.end(), without_blanks(cell)) != words.end();
}

char separator_of(const std::string& option) {
  check<ConfigError>(option.size() <= 1 && option != "\"" && option != "\n",
                     "separator is '{}', expected one character, no quote (ASCII)", option);
  return option.empty() ? '\0' : option[0];
}

RowReader::RowReader(const std::filesystem::path& path, TableOptions options)
    : RowReader(LineReader(path, options.lines), std::move(options)) {}

RowReader::RowReader(LineReader lines, TableOptions options)
    : lines_(std::move(lines)), options_(std::move(options)), csv_('\0') {
  if (options_.format == TableFormat::automatic) options_.format = format_of(lines_);
  if (options_.separator == '\0') options_.separator = options_.format == TableFormat::tsv ? '\t' : ',';
  csv_ = CsvRecords(options_.separator, options_.lines.longest);
  read_header();
}

/// The next row of the file, whatever it is.
bool RowReader::read(Row& row) {
  for (;;) {
    if (!lines_.next()) return false;
    const bool single = columns_.size() == 1 && options_.format != TableFormat::jsonl;
    if (!lines_.text().empty() || (checked_ && single)) break;
  }
  row.line = lines_.line();
  switch (options_.format) {
    case TableFormat::jsonl:
      json_.read(lines_.text(), lines_.place(row.line), row.cells);
      return true;
    case TableFormat::tsv:
      split_cells(lines_.text(), options_.separator, row.cells);
      break;
    default:
      csv_.read(lines_, row.cells);
  }
  if (!checked_ || row.cells.size() == columns_.size()) return true;
  fail<DataError>("{}: {} cell{}, expected {} as in line {} (cells are parted by {})", place(row),
                  row.cells.size(), row.cells.size() == 1 ? "" : "s", columns_.size(), first_line_,
                  options_.separator == '\t' ? "tabs" : fmt::format("'{}'", options_.separator));
}

void RowReader::keep(const Row& row) {
  Kept kept{{}, row.line};
  for (const std::string_view cell : row.cells) {
    kept.cells.push_back(cell.data() ? std::optional(std::string(cell)) : std::nullopt);
  }
  kept_.push_back(std::move(kept));
}

void RowReader::read_header() {
  Row row;
  check<DataError>(read(row), "{}: it is empty, expected a table", name());
  first_line_ = row.line;
  checked_ = true;
  if (options_.format == TableFormat::jsonl) {
    columns_ = json_.columns();
    check<DataError>(!columns_.empty(), "{}: an object without keys", place(row));
    has_header_ = true;
    keep(row);
    return;
  }
  for (std::size_t i = 0; i < row.cells.size(); ++i) columns_.push_back(std::to_string(i + 1));
  keep(row);
  std::vector<std::string> names = names_in(row.cells);
  has_header_ = options_.header == Header::automatic ? is_header(names) : options_.header == Header::yes;
  if (!has_header_) return;
  columns_ = std::move(names);
  kept_.erase(kept_.begin());
}

/// Whether the first row, `names`, is one of names; may read the second row, and keeps it.
bool RowReader::is_header(const std::vector<std::string>& names) {
  const auto named = [](const std::string& column) { return !parse_integer(column); };
  // Who names columns says that there is a header; what it lacks find_column tells.
  if (std::any_of(options_.columns.begin(), options_.columns.end(), named)) return true;
  const auto usual = [&](const std::string& name) { return contains(options_.usual, name); };
  if (std::any_of(names.begin(), names.end(), usual)) return true;
  const auto value = [](std::string_view cell) { return is_missing(cell) || cell_number(cell); };
  if (std::any_of(names.begin(), names.end(), value)) return false;
  Row second;
  if (!read(second)) return false;
  keep(second);
  return std::any_of(second.cells.begin(), second.cells.end(),
                     [](std::string_view cell) { return cell_number(cell).has_value(); });
}

bool RowReader::next(Row& row) {
  if (handed_out_ == kept_.size()) return read(row);
  const Kept& kept = kept_[handed_out_++];
  row.line = kept.line;
  row.cells.clear();
  for (const auto& cell : kept.cells)
    row.cells.push_back(cell ? std::string_view(*cell) : std::string_view());
  return true;
}

std::string RowReader::list_columns() const {
  constexpr std::size_t kMost = 20;
  if (!has_header_)
    return fmt::format("it has no header, so its columns are numbered 1 to {}", columns_.size());
  std::string list = "its columns are ";
  for (std::size_t i = 0; i < std::min(columns_.size(), kMost); ++i) {
    list += fmt::format("{}{}", i ? ", " : "", shortened(columns_[i]));
  }
  return columns_.size() > kMost ? fmt::format("{}, ... ({} in all)", list, columns_.size()) : list;
}

Index RowReader::find_column(std::string_view column) const {
  const auto found = std::find(columns_.begin(), columns_.end(), column);
  if (found != columns_.end()) {
    check<DataError>(std::find(found + 1, columns_.end(), column) == columns_.end(),
                     "{}:{}: two columns are called '{}' (give the column's number, from 1)", name(),
                     first_line_, shortened(column));
    return found - columns_.begin();
  }
  const auto number = parse_integer(column);
  const auto count = static_cast<Index>(columns_.size());
  if (number && *number >= 1 && *number <= count) return *number - 1;
  const std::vector<std::string_view> names(columns_.begin(), columns_.end());
  fail<ConfigError>("{}: no column '{}'; {}{}", name(), shortened(column), list_columns(),
                    has_header_ && !number ? did_you_mean(column, names) : "");
}

std::string RowReader::describe(Index column) const {
  const std::string& called = columns_[static_cast<std::size_t>(column)];
  return has_header_ ? fmt::format("column '{}'", shortened(called)) : "column " + called;
}

std::string_view RowReader::text(const Row& row, Index column) const {
  const std::string_view cell = row.cells[static_cast<std::size_t>(column)];
  check<DataError>(cell.data() != nullptr, "{}: no text or number under '{}' (every object must have one)",
                   place(row), shortened(columns_[static_cast<std::size_t>(column)]));
  return cell;
}

double RowReader::number(const Row& row, Index column, MissingCells missing, std::string_view hint) const {
  const std::string_view cell = row.cells[static_cast<std::size_t>(column)];
  if (const auto value = cell_number(cell)) {
    check<DataError>(std::isfinite(static_cast<float>(*value)),
                     "{}: {} holds {}, expected a number below 3.4e38", place(row), describe(column),
                     shortest(*value));
    return *value;
  }
  if (missing == MissingCells::allow && is_missing(cell)) return std::numeric_limits<double>::quiet_NaN();
  const std::string found = cell.data() == nullptr ? "nothing"
                            : cell.empty()         ? "an empty cell"
                                                   : fmt::format("'{}'", shortened(cell));
  fail<DataError>("{}: {} holds {}, expected a number{}{}", place(row), describe(column), found,
                  hint.empty() ? "" : " ", hint);
}

}  // namespace recur
