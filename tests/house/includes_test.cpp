// The include check: each file includes its own folder and lower floors only. The floors are the table in
// docs/architecture.md.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

namespace recur {
namespace {

namespace fs = std::filesystem;

struct Folder {
  int floor = 0;
  std::vector<std::string>
      only;  ///< the folders it may include where the table names them; else all lower floors
};

std::vector<std::string> names_in_backticks(const std::string& cell) {
  static const std::regex name("`([^`]+)`");
  std::vector<std::string> names;
  for (std::sregex_iterator i(cell.begin(), cell.end(), name), end; i != end; ++i) names.push_back((*i)[1]);
  return names;
}

/// The floors table, by folder: "src/base" → {0, {}}.
std::map<std::string, Folder> read_floors() {
  static const std::regex row(R"(\| `([^`]+)` \| (\d+) \|[^|]*\|([^|]*)\|)");
  std::ifstream page(RECUR_SOURCE_DIR "/docs/architecture.md");
  std::map<std::string, Folder> floors;
  std::smatch m;
  for (std::string line; std::getline(page, line);) {
    if (std::regex_match(line, m, row)) floors[m[1]] = {std::stoi(m[2]), names_in_backticks(m[3])};
  }
  return floors;
}

/// The paths that the file includes, each with its delimiter: `"base/error.h"`, `<recur/error.h>`.
std::vector<std::string> includes_of(const fs::path& file) {
  static const std::regex include(R"re(^\s*#\s*include\s*(["<][^">]+[">]).*)re");
  std::ifstream text(file);
  std::vector<std::string> paths;
  std::smatch m;
  for (std::string line; std::getline(text, line);) {
    if (std::regex_match(line, m, include)) paths.push_back(m[1]);
  }
  return paths;
}

bool is_source(const fs::path& path) {
  static const std::vector<std::string> endings{".h", ".inl", ".cpp", ".c"};
  return std::find(endings.begin(), endings.end(), path.extension()) != endings.end();
}

/// The folder of a file as the table names it: the first two names below src/, the first one elsewhere.
std::string folder_of(const fs::path& file) {
  auto part = file.begin();
  const std::string first = *part++;
  return first == "cli" ? first : first + "/" + part->string();
}

/// Why `file`, relative to the repository, may not include `path`; empty if it may.
std::string refusal(const std::map<std::string, Folder>& floors, const fs::path& file,
                    const std::string& path) {
  const std::string name = path.substr(1, path.size() - 2);
  const std::string folder = folder_of(file);
  if (name.starts_with("recur/")) return {};
  if (folder == "include/recur") {
    const bool of_c = file.filename() == "recur.h";  // whose standard headers end so
    return path[0] == '<' && name.find('/') == std::string::npos && (of_c || !name.ends_with(".h"))
               ? std::string{}
               : "public headers include <recur/…> and the standard library only";
  }
  if (path[0] == '<') return {};
  if (name.find('/') == std::string::npos) return "write the path from src/ or cli/";
  const std::string target =
      folder == "cli" && name.starts_with("cli/") ? "cli" : "src/" + name.substr(0, name.find('/'));
  if (target == folder) return {};
  if (!floors.contains(target)) return "'" + target + "' is not in the floors table";
  if (!floors.contains(folder)) return "its own folder '" + folder + "' is not in the floors table";
  const Folder& own = floors.at(folder);
  if (own.only.empty()) return floors.at(target).floor < own.floor ? std::string{} : "not a lower floor";
  const bool allowed = std::find(own.only.begin(), own.only.end(), target.substr(4)) != own.only.end();
  return allowed ? std::string{} : "the table names what '" + folder + "' may include";
}

TEST(Includes, EveryFileKeepsToItsFloors) {
  const auto floors = read_floors();
  ASSERT_GE(floors.size(), 15U) << "the floors table of docs/architecture.md was not recognised";
  int files = 0;
  for (const char* root : {"include", "src", "cli"}) {
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(RECUR_SOURCE_DIR) / root)) {
      if (!is_source(entry.path())) continue;
      ++files;
      const fs::path file = fs::relative(entry.path(), RECUR_SOURCE_DIR);
      for (const std::string& path : includes_of(entry.path())) {
        const std::string why = refusal(floors, file, path);
        EXPECT_EQ(why, "") << file.string() << " includes " << path;
      }
    }
  }
  EXPECT_GT(files, 5);
}

TEST(Includes, WhatPointsUpwardIsRefused) {
  const auto floors = read_floors();
  EXPECT_EQ(refusal(floors, "src/kernels/table.h", "\"cells/lstm.h\""), "");
  EXPECT_EQ(refusal(floors, "src/base/error.cpp", "<fmt/core.h>"), "");
  EXPECT_EQ(refusal(floors, "cli/main.cpp", "\"api/train.h\""), "");
  EXPECT_NE(refusal(floors, "src/cells/lstm.h", "\"simd/avx2.h\""), "") << "the same floor, another folder";
  EXPECT_NE(refusal(floors, "src/base/error.h", "\"tensor/shape.h\""), "");
  EXPECT_NE(refusal(floors, "cli/main.cpp", "\"nn/linear.h\""), "");
  EXPECT_NE(refusal(floors, "include/recur/model.h", "\"base/types.h\""), "");
  EXPECT_NE(refusal(floors, "include/recur/model.h", "<fmt/core.h>"), "");
  EXPECT_NE(refusal(floors, "src/nowhere/x.h", "\"base/types.h\""), "");
}

}  // namespace
}  // namespace recur
