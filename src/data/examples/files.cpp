#include "data/examples/files.h"

#include <algorithm>

#include "base/error.h"

namespace recur {
namespace fs = std::filesystem;
namespace {

bool is_hidden(const fs::path& path) { return path.filename().string().starts_with('.'); }

bool is_idx(const fs::path& path) {
  std::string name = path.filename().string();
  if (name.ends_with(".gz")) name.resize(name.size() - 3);
  return name.ends_with("-ubyte") || name.ends_with(".idx");
}

void append_files(const fs::path& folder, const fs::path& below, const std::string& label,
                  std::vector<FolderFile>& files) {
  std::error_code error;
  for (fs::recursive_directory_iterator entry(below, error), end; !error && entry != end;
       entry.increment(error)) {
    if (is_hidden(entry->path())) {
      entry.disable_recursion_pending();
    } else if (entry->is_regular_file()) {
      files.push_back({entry->path(), entry->path().lexically_relative(folder).generic_string(), label});
    }
  }
  check<IoError>(!error, "cannot read '{}': {}", below.string(), error.message());
}

}  // namespace

std::optional<ExampleFormat> format_by_name(const ExampleSource& source, const fs::path& path) {
  if (source.format != ExampleFormat::automatic) return source.format;
  if (is_idx(path)) return ExampleFormat::idx;
  const std::string extension = extension_of(path);
  if (extension == ".ts") return ExampleFormat::ts;
  switch (format_by_extension(path)) {
    case TableFormat::csv:
      return ExampleFormat::csv;
    case TableFormat::tsv:
      return ExampleFormat::tsv;
    case TableFormat::jsonl:
      return ExampleFormat::jsonl;
    default:
      return std::nullopt;
  }
}

ExampleFormat format_by_line(LineReader& lines, bool with_labels) {
  if (lines.peek()) {
    if (lines.text().starts_with("__label__")) return ExampleFormat::fasttext;
    if (lines.text().starts_with('{')) return ExampleFormat::jsonl;
    if (lines.text().find('\t') != std::string_view::npos) return ExampleFormat::tsv;
  }
  return with_labels ? ExampleFormat::csv : ExampleFormat::lines;
}

TableOptions table_options(const ExampleSource& source, ExampleFormat format) {
  TableOptions options{.header = source.header, .separator = separator_of(source.separator)};
  options.format = format == ExampleFormat::csv     ? TableFormat::csv
                   : format == ExampleFormat::tsv   ? TableFormat::tsv
                   : format == ExampleFormat::jsonl ? TableFormat::jsonl
                                                    : TableFormat::automatic;
  return options;
}

std::vector<FolderFile> files_in_folder(const fs::path& folder, bool with_labels) {
  std::vector<FolderFile> files;
  if (!with_labels) {
    append_files(folder, folder, "", files);
  } else {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
      const std::string name = entry.path().filename().string();
      if (entry.is_directory() && !is_hidden(entry.path()) && name != "unsup")
        append_files(folder, entry.path(), name, files);
    }
    check<IoError>(!error, "cannot read '{}': {}", folder.string(), error.message());
  }
  check<DataError>(!files.empty(), "{}: {}", folder.string(),
                   with_labels ? "no examples, expected a folder a class with a file an example in it"
                               : "a folder without files");
  std::sort(files.begin(), files.end(),
            [](const FolderFile& a, const FolderFile& b) { return a.place < b.place; });
  return files;
}

}  // namespace recur
