// The files that examples lie in: what format they have, and which a folder holds.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "data/examples/source.h"
#include "data/files/line_reader.h"

namespace recur {

/// What the name of a file says about its format, unless the source does; nothing if it does not tell.
std::optional<ExampleFormat> format_by_name(const ExampleSource& source, const std::filesystem::path& path);

/// What the first line says, which stays the next one to be read.
ExampleFormat format_by_line(LineReader& lines, bool with_labels);

/// How to read a table of examples.
TableOptions table_options(const ExampleSource& source, ExampleFormat format);

/// A file in a folder of examples.
struct FolderFile {
  std::filesystem::path path{};
  std::string place{};  // relative to the folder: "pos/12_9.txt"
  std::string label{};  // the subfolder's name
};

/// The files of a folder, hidden ones left out, in the order of their names. With labels: those in its
/// subfolders, each of which is a class, `unsup` left out. Without: all, at any depth. Throws DataError if
/// there are none.
std::vector<FolderFile> files_in_folder(const std::filesystem::path& folder, bool with_labels);

}  // namespace recur
