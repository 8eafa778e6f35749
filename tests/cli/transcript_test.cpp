#include "tests/cli/transcript.h"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "base/file.h"
#include "tests/base/temporary_folder.h"

namespace recur {
namespace {

namespace fs = std::filesystem;

TEST(TranscriptParser, ReadsCommandsOutputsAndExitCodes) {
  const auto entries =
      parse_transcript("About this.\n$ one\n----\nexit 0\n\n$ two \\\n  more\n----\na\n\n# b\nexit 2\n");
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].command, "one");
  EXPECT_TRUE(entries[0].expected.empty());
  EXPECT_EQ(entries[1].line, 6);
  EXPECT_EQ(entries[1].command, "two \\\n  more");
  EXPECT_EQ(entries[1].expected, (std::vector<std::string>{"a", "", "# b"}));
  EXPECT_EQ(entries[1].exit_code, 2);
}

TEST(TranscriptParser, SaysWhereATextIsNoTranscript) {
  EXPECT_EQ(message_of<std::runtime_error>([] { parse_transcript("\n$ one\n"); }),
            "line 2: no line '----' follows the command");
  EXPECT_EQ(message_of<std::runtime_error>([] { parse_transcript("$ one\n----\nx\n"); }),
            "line 1: no line 'exit N' follows the output");
  EXPECT_EQ(message_of<std::runtime_error>([] { parse_transcript("$ one\n----\nexit zero\n"); }),
            "line 3: expected 'exit N'");
}

TEST(TranscriptMatch, WildcardsMatchAndNothingElseDoes) {
  const auto match_one = [](const char* expected, const char* line) { return matches({expected}, {line}); };
  EXPECT_TRUE(match_one("a (b) [c] $d.", "a (b) [c] $d."));
  EXPECT_FALSE(match_one("a.c", "abc"));
  EXPECT_TRUE(match_one("loss <number> after <number> s", "loss -1.25e-3 after 1,000 s"));
  EXPECT_FALSE(match_one("loss <number>", "loss nan"));
  EXPECT_TRUE(match_one("wrote '<*>'", "wrote '/tmp/x y'"));
  EXPECT_TRUE(matches({"a", "...", "z"}, {"a", "b", "c", "z"}));
  EXPECT_TRUE(matches({"a", "...", "z"}, {"a", "z"}));
  EXPECT_FALSE(matches({"a", "...", "z"}, {"a", "z", "b"}));
  EXPECT_FALSE(matches({"a"}, {}));
  EXPECT_FALSE(matches({}, {"a"}));
}

std::vector<std::string> transcripts() {
  std::vector<std::string> names;
  for (const auto& file : fs::directory_iterator(RECUR_SOURCE_DIR "/tests/cli")) {
    if (file.path().extension() == ".test") names.push_back(file.path().stem());
  }
  std::sort(names.begin(), names.end());
  return names;
}

struct Outcome {
  std::string output;
  int exit_code = 0;
};

/// Runs a shell command in `folder`, where `recur` is the program under test.
Outcome run_in(const TemporaryFolder& folder, const std::string& command) {
  write_file_atomically(
      folder / "command",
      "cd '" + (folder / "work").string() + "' || exit\nPATH='" + (folder / "bin").string() +
          "':$PATH\nDATA='" RECUR_SOURCE_DIR "/examples/data'\nunset RECUR_ISA\n" + command + "\n");
  std::FILE* pipe = ::popen(("sh '" + (folder / "command").string() + "' 2>&1").c_str(), "r");
  Outcome outcome;
  std::array<char, 4096> buffer;
  while (const std::size_t size = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    outcome.output.append(buffer.data(), size);
  }
  const int status = ::pclose(pipe);
  outcome.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return outcome;
}

class Transcript : public testing::TestWithParam<std::string> {};

TEST_P(Transcript, IsWhatTheCommandPrints) {
  const std::string name = "tests/cli/" + GetParam() + ".test";
  const TemporaryFolder folder;
  fs::create_directory(folder / "work");
  fs::create_directory(folder / "bin");
  // A program for another processor starts under its emulator.
  write_file_atomically(folder / "bin/recur",
                        "#!/bin/sh\nexec " RECUR_EMULATOR " '" RECUR_PROGRAM "' \"$@\"\n");
  fs::permissions(folder / "bin/recur", fs::perms::owner_all);
  for (const TranscriptEntry& entry : parse_transcript(read_file(RECUR_SOURCE_DIR "/" + name))) {
    const Outcome outcome = run_in(folder, entry.command);
    std::string expected;
    for (const std::string& line : entry.expected) expected += line + "\n";
    EXPECT_EQ(outcome.exit_code, entry.exit_code)
        << name << ":" << entry.line << ": $ " << entry.command << "\n"
        << outcome.output;
    EXPECT_TRUE(matches(entry.expected, lines_of(outcome.output)))
        << name << ":" << entry.line << ": $ " << entry.command << "\nexpected:\n"
        << expected << "printed:\n"
        << outcome.output;
  }
}

INSTANTIATE_TEST_SUITE_P(Cli, Transcript, testing::ValuesIn(transcripts()),
                         [](const auto& parameter) { return parameter.param; });

}  // namespace
}  // namespace recur
