// The real data sets, where they are at hand.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

namespace recur {

/// A file of the real data: in the folder that RECUR_DATA names, else beside the repository. A test that
/// needs one says GTEST_SKIP() where it is not there.
inline std::filesystem::path shared_data(const std::string& name) {
  const char* folder = std::getenv("RECUR_DATA");
  if (folder) return std::filesystem::path(folder) / name;
  const std::filesystem::path source(RECUR_SOURCE_DIR);
  const auto beside = source.parent_path() / "shared/data" / name;
  return std::filesystem::exists(beside) ? beside : source.parent_path().parent_path() / "shared/data" / name;
}

}  // namespace recur

/// Skips the test where a file of the real data is not there.
#define RECUR_NEEDS_DATA(path) \
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "no " << (path) << " (RECUR_DATA names the folder)"
