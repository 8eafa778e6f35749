// Transcripts: what the command prints, as text. A file of tests/cli/ holds entries such as
//
//   $ recur nosuch
//   ----
//   recur: error: unknown command 'nosuch' ('recur help' lists them)
//   exit 2
//
// A command may take several lines. Its output is stdout and stderr together. What lies between entries is
// comment. In the expected output `<number>` stands for a number, `<*>` for any part of a line, and a line
// `...` for any lines. The commands of a file run one after the other in one folder, empty at first; $DATA is
// examples/data.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace recur {

struct TranscriptEntry {
  int line = 0;  // of the command, from 1
  std::string command;
  std::vector<std::string> expected;
  int exit_code = 0;
};

/// Throws std::runtime_error that names the line where the text is no transcript.
std::vector<TranscriptEntry> parse_transcript(std::string_view text);

/// Whether the lines are what was expected, wildcards considered.
bool matches(const std::vector<std::string>& expected, const std::vector<std::string>& lines);

std::vector<std::string> lines_of(std::string_view text);

}  // namespace recur
