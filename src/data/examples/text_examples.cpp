#include "base/error.h"
#include "base/text.h"
#include "data/examples/columns.h"
#include "data/examples/examples.h"
#include "data/examples/files.h"
#include "data/examples/labels.h"
#include "data/text/level.h"

namespace recur {
namespace {

constexpr std::string_view kLabelPrefix = "__label__";
const std::vector<std::string> kTextNames{"text", "sentence"};

class TextReader {
 public:
  TextReader(const ExampleSource& source, bool with_labels)
      : source_(source), with_labels_(with_labels), labels_(source) {}

  void read(const std::filesystem::path& path) {
    if (std::filesystem::is_directory(path)) return read_folder(path);
    const auto named = format_by_name(source_, path);
    LineReader lines(path);
    const ExampleFormat format = named ? *named : format_by_line(lines, with_labels_);
    check<DataError>(lines.peek(), "{}: it is empty, expected examples", lines.name());
    check<ConfigError>(format != ExampleFormat::ts && format != ExampleFormat::idx,
                       "{}: it holds series, expected texts", lines.name());
    if (format == ExampleFormat::fasttext) return read_fasttext(lines);
    if (format == ExampleFormat::lines) return read_lines(lines);
    read_table(std::move(lines), format);
  }

  std::vector<TextExample> examples;

 private:
  void read_folder(const std::filesystem::path& folder);
  void read_lines(LineReader& lines);
  void read_fasttext(LineReader& lines);
  void read_table(LineReader lines, ExampleFormat format);

  const ExampleSource& source_;
  const bool with_labels_;
  const LabelReader labels_;
};

/// A whole file as one text, without the line break that ends it.
std::string read_text(const std::filesystem::path& path) {
  LineReader lines(path);
  std::string text;
  while (lines.next()) {
    text.append(lines.text()).append(lines.ending());
    check<DataError>(static_cast<Index>(text.size()) <= kLongestRecord, "{}: a text of more than {}",
                     lines.name(), format_bytes(kLongestRecord));
  }
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  return text;
}

void TextReader::read_folder(const std::filesystem::path& folder) {
  for (const FolderFile& file : files_in_folder(folder, with_labels_)) {
    TextExample& example = examples.emplace_back();
    example.text = read_text(file.path);
    if (with_labels_) example.labels = {labels_.rename(file.label)};
    example.place = file.place;
  }
}

void TextReader::read_lines(LineReader& lines) {
  check<ConfigError>(!with_labels_, "{}: lines of text have no labels, expected a table or fastText's lines",
                     lines.name());
  while (lines.next()) examples.push_back({std::string(lines.text()), {}, lines.place(lines.line())});
}

void TextReader::read_fasttext(LineReader& lines) {
  while (lines.next()) {
    TextExample example{{}, {}, lines.place(lines.line())};
    std::size_t labels = 0;
    for_each_word(lines.text(), [&](std::string_view word) {
      if (word.starts_with(kLabelPrefix)) {
        ++labels;
        word.remove_prefix(kLabelPrefix.size());
        if (!with_labels_) return;
        check<DataError>(!word.empty(), "{}: a label without a name behind {}", example.place, kLabelPrefix);
        example.labels.push_back(labels_.rename(word));
      } else {
        if (!example.text.empty()) example.text += ' ';
        example.text += word;
      }
    });
    if (labels == 0 && example.text.empty()) continue;
    check<DataError>(labels > 0 || !with_labels_, "{}: no label, expected a word that begins with {}",
                     example.place, kLabelPrefix);
    examples.push_back(std::move(example));
  }
}

void TextReader::read_table(LineReader lines, ExampleFormat format) {
  TableOptions options = table_options(source_, format);
  if (!source_.text_column.empty()) options.columns.push_back(source_.text_column);
  if (with_labels_ && !source_.label_column.empty()) options.columns.push_back(source_.label_column);
  options.usual = kTextNames;
  options.usual.insert(options.usual.end(), kLabelNames.begin(), kLabelNames.end());
  RowReader rows(std::move(lines), options);

  Index text = 0;
  std::optional<Index> label;
  if (with_labels_) {
    const auto known_text = known_column(rows, source_.text_column, kTextNames);
    const auto known_label = known_column(rows, source_.label_column, kLabelNames);
    text = column_of(rows, known_text, known_label, "text");
    label = column_of(rows, known_label, text, "label");
    check<ConfigError>(*label != text, "{}: {} cannot hold both text and label", rows.name(),
                       rows.describe(text));
  } else if (rows.columns().size() > 1) {
    text = column_of(rows, known_column(rows, source_.text_column, kTextNames), std::nullopt, "text");
  }
  for (Row row; rows.next(row);) {
    TextExample& example = examples.emplace_back();
    example.text = rows.text(row, text);
    example.place = rows.place(row);
    if (label) example.labels = labels_.read(rows.text(row, *label), example.place);
  }
}

}  // namespace

std::vector<TextExample> read_text_examples(const ExampleSource& source,
                                            std::span<const std::filesystem::path> files, bool with_labels) {
  TextReader reader(source, with_labels);
  for (const auto& path : files) reader.read(path);
  return std::move(reader.examples);
}

}  // namespace recur
