#include "tests/cli/transcript.h"

#include <charconv>
#include <regex>
#include <span>
#include <stdexcept>

namespace recur {
namespace {

/// The expected line as a regular expression: its wildcards are, all else stands for itself.
std::regex pattern_of(const std::string& expected) {
  static const std::regex special(R"([.^$|()\[\]{}*+?\\])");
  std::string pattern = std::regex_replace(expected, special, R"(\$&)");
  const auto replace_all = [&](std::string_view from, std::string_view to) {
    for (std::size_t at = 0; (at = pattern.find(from, at)) != std::string::npos; at += to.size()) {
      pattern.replace(at, from.size(), to);
    }
  };
  replace_all(R"(<\*>)", ".*");
  replace_all("<number>", R"([-+]?[0-9][0-9,]*(\.[0-9]+)?(e[-+]?[0-9]+)?)");
  return std::regex(pattern);
}

bool match(std::span<const std::string> expected, std::span<const std::string> lines) {
  if (expected.empty()) return lines.empty();
  if (expected[0] == "...") {
    for (std::size_t skipped = 0; skipped <= lines.size(); ++skipped) {
      if (match(expected.subspan(1), lines.subspan(skipped))) return true;
    }
    return false;
  }
  return !lines.empty() && std::regex_match(lines[0], pattern_of(expected[0])) &&
         match(expected.subspan(1), lines.subspan(1));
}

[[noreturn]] void refuse(std::size_t line, const char* problem) {
  throw std::runtime_error("line " + std::to_string(line + 1) + ": " + problem);
}

}  // namespace

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

std::vector<TranscriptEntry> parse_transcript(std::string_view text) {
  const std::vector<std::string> lines = lines_of(text);
  std::vector<TranscriptEntry> entries;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!lines[i].starts_with("$ ")) continue;
    TranscriptEntry entry{.line = static_cast<int>(i) + 1, .command = lines[i].substr(2), .expected = {}};
    for (++i; i < lines.size() && lines[i] != "----"; ++i) entry.command += "\n" + lines[i];
    if (i == lines.size())
      refuse(static_cast<std::size_t>(entry.line) - 1, "no line '----' follows the command");
    for (++i; i < lines.size() && !lines[i].starts_with("exit "); ++i) entry.expected.push_back(lines[i]);
    if (i == lines.size())
      refuse(static_cast<std::size_t>(entry.line) - 1, "no line 'exit N' follows the output");
    const char* end = lines[i].data() + lines[i].size();
    if (std::from_chars(lines[i].data() + 5, end, entry.exit_code).ptr != end) refuse(i, "expected 'exit N'");
    entries.push_back(std::move(entry));
  }
  return entries;
}

bool matches(const std::vector<std::string>& expected, const std::vector<std::string>& lines) {
  return match(expected, lines);
}

}  // namespace recur
