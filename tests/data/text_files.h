// Small text files for the tests of this folder.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "data/text/tokens.h"

namespace recur {

/// A folder that lasts as long as a test.
class TextFiles : public ::testing::Test {
 protected:
  TextFiles() { std::filesystem::create_directories(folder_); }
  ~TextFiles() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path plain(const std::string& name, std::string_view text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return folder_ / name;
  }

  std::filesystem::path gzip(const std::string& name, std::string_view text) const {
    gzFile file = gzopen((folder_ / name).c_str(), "wb");
    gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
    gzclose(file);
    return folder_ / name;
  }

  const std::filesystem::path folder_ = std::filesystem::temp_directory_path() /
                                        ("recur-text-" + std::to_string(::getpid()) +
                                         ::testing::UnitTest::GetInstance()->current_test_info()->name());
};

/// The message of the error of type E that `call` throws, without the folder of the test.
template <class E, class F>
std::string message_of(F&& call) {
  try {
    call();
  } catch (const E& error) {
    std::string message = error.what();
    const std::size_t at = message.find("/recur-text-");
    if (at == message.npos) return message;
    const std::size_t begin = message.rfind('\'', at) == message.npos ? 0 : message.rfind('\'', at) + 1;
    const std::size_t end = message.find('/', at + 1);
    return end == message.npos ? message : message.erase(begin, end + 1 - begin);
  }
  return "nothing was thrown";
}

inline std::vector<std::int32_t> ids_of(const Tokens& tokens) {
  std::vector<std::int32_t> ids(static_cast<std::size_t>(tokens.size()));
  tokens.read(0, ids);
  return ids;
}

}  // namespace recur
