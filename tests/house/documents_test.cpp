// The documents say what is so: each block of C++ or C in them is a verbatim part of a file that the tests
// compile, and each link between them leads somewhere.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

namespace recur {
namespace {

namespace fs = std::filesystem;
const fs::path kRoot = RECUR_SOURCE_DIR;

std::string read(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::vector<fs::path> files(std::initializer_list<const char*> folders,
                            std::initializer_list<const char*> endings) {
  std::vector<fs::path> found;
  for (const char* folder : folders) {
    if (!fs::exists(kRoot / folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(kRoot / folder)) {
      for (const char* ending : endings) {
        if (entry.path().extension() == ending) found.push_back(entry.path());
      }
    }
  }
  return found;
}

std::vector<fs::path> documents() {
  std::vector<fs::path> found = files({"docs", "examples"}, {".md"});
  for (const char* name : {"README.md", "CONTRIBUTING.md", "CHANGELOG.md"}) found.push_back(kRoot / name);
  return found;
}

/// The fenced blocks of C++ and C in a document.
std::vector<std::string> code_blocks(const std::string& text) {
  static const std::regex fence("^```(.*)$");
  std::vector<std::string> blocks;
  std::istringstream lines(text);
  std::smatch m;
  bool inside = false, code = false;
  for (std::string line; std::getline(lines, line);) {
    if (std::regex_match(line, m, fence)) {
      inside = !inside;
      code = inside && (m[1] == "cpp" || m[1] == "c");
      if (code) blocks.emplace_back();
    } else if (code) {
      blocks.back() += line + "\n";
    }
  }
  return blocks;
}

TEST(Documents, CodeIsPartOfAFileThatIsCompiled) {
  std::vector<std::string> sources;
  for (const fs::path& file : files({"examples", "include", "src", "tests"}, {".h", ".cpp", ".c"})) {
    sources.push_back(read(file));
  }
  for (const fs::path& document : documents()) {
    for (const std::string& block : code_blocks(read(document))) {
      bool found = false;
      for (const std::string& source : sources) found = found || source.find(block) != std::string::npos;
      EXPECT_TRUE(found) << document.filename() << " shows code that no file has:\n" << block;
    }
  }
}

TEST(Documents, LinksLeadSomewhere) {
  static const std::regex link(R"(\]\(([^)#:]+)(#[^)]*)?\))");  // not https:
  for (const fs::path& document : documents()) {
    const std::string text = read(document);
    for (std::sregex_iterator i(text.begin(), text.end(), link), end; i != end; ++i) {
      const std::string target = (*i)[1];
      EXPECT_TRUE(fs::exists(document.parent_path() / target))
          << document.filename() << " links to " << target;
    }
  }
}

}  // namespace
}  // namespace recur
