#include <algorithm>

#include "base/error.h"
#include "data/examples/examples.h"
#include "data/examples/files.h"
#include "data/examples/series_reader.h"

namespace recur {
namespace {

bool is_table(ExampleFormat format) {
  return format == ExampleFormat::csv || format == ExampleFormat::tsv || format == ExampleFormat::jsonl;
}

bool is_table_file(const ExampleSource& source, const std::filesystem::path& path) {
  const auto format = format_by_name(source, path);
  return format && is_table(*format);
}

bool is_folder_of_tables(const ExampleSource& source, const std::filesystem::path& folder) {
  std::error_code error;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, error)) {
    if (entry.is_regular_file() && is_table_file(source, entry.path())) return true;
  }
  return false;
}

}  // namespace

bool holds_series(const ExampleSource& source, std::span<const std::filesystem::path> files) {
  if (!source.series_files.empty() || !source.id.empty() || !source.time.empty() ||
      !source.value_columns.empty())
    return true;
  return std::any_of(files.begin(), files.end(), [&](const std::filesystem::path& path) {
    if (std::filesystem::is_directory(path)) return is_folder_of_tables(source, path);
    const auto format = format_by_name(source, path);
    return format == ExampleFormat::ts || format == ExampleFormat::idx;
  });
}

void SeriesReader::expect_features(const std::vector<std::string>& features, const std::string& place) const {
  if (into.features.empty()) into.features = features;
  check<DataError>(into.features.size() == features.size(), "{}: {} features a step, expected {} as before",
                   place, features.size(), into.features.size());
  for (std::size_t i = 0; i < features.size(); ++i) {
    check<DataError>(into.features[i] == features[i], "{}: feature {} is '{}', expected '{}' as before",
                     place, i + 1, features[i], into.features[i]);
  }
}

void SeriesReader::read_folder(const std::filesystem::path& folder) const {
  for (const FolderFile& file : files_in_folder(folder, with_labels)) {
    if (!is_table_file(source, file.path)) continue;
    SeriesExample& example = into.list.emplace_back(read_steps(file.path));
    example.place = file.place;
    if (with_labels) example.labels = {labels.rename(file.label)};
  }
}

SeriesExamples read_series_examples(const ExampleSource& source, std::span<const std::filesystem::path> files,
                                    bool with_labels) {
  SeriesExamples examples;
  const LabelReader labels(source);
  const SeriesReader reader{source, labels, with_labels, examples};
  for (const auto& path : files) {
    if (std::filesystem::is_directory(path)) {
      reader.read_folder(path);
      continue;
    }
    const auto format = format_by_name(source, path);
    if (format == ExampleFormat::ts) {
      reader.read_ts(path);
    } else if (format == ExampleFormat::idx) {
      reader.read_idx(path);
    } else {
      check<ConfigError>(!format || is_table(*format), "{}: it holds texts, expected series", path.string());
      reader.read_table(path, format.value_or(ExampleFormat::automatic));
    }
  }
  check<DataError>(!examples.list.empty(), "{}: no series in it",
                   files.empty() ? std::string("no file") : files[0].string());
  return examples;
}

}  // namespace recur
