#include "cli/help.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/text.h"

namespace recur {
namespace {

constexpr std::size_t kWidth = 100;
constexpr std::size_t kIndent = 28;  // where the meaning of a flag begins

/// RUN, or [RUN] where it may be left out.
std::string usage_of(const Command& command) {
  std::string usage = fmt::format("recur {}", command.name);
  for (const Word& word : command.words) {
    usage += word.required ? fmt::format(" {}", word.name) : fmt::format(" [{}]", word.name);
  }
  return usage;
}

constexpr std::size_t kShortChoices = 24;  // longer lists of names stand in the meaning

/// What stands for a flag's value: N, PATH, a|b|c.
std::string placeholder(const Option& option) {
  struct Namer {
    std::string operator()(bool*) const { return ""; }
    std::string operator()(Index*) const { return "N"; }
    std::string operator()(double*) const { return "X"; }
    std::string operator()(std::string*) const { return "TEXT"; }
    std::string operator()(std::filesystem::path*) const { return "PATH"; }
    std::string operator()(std::vector<Index>*) const { return "N,…"; }
    std::string operator()(std::vector<double>*) const { return "X,…"; }
    std::string operator()(std::vector<std::string>*) const { return "TEXT,…"; }
    std::string operator()(std::vector<std::filesystem::path>*) const { return "PATH,…"; }
    std::string operator()(const Choice& choice) const {
      const std::string names = join(choice.names, "|");
      return names.size() <= kShortChoices ? names : "NAME";
    }
  };
  return option.key == "set" ? "KEY=VALUE" : std::visit(Namer{}, option.target);
}

/// --hidden-size N,…; a switch that is on by default shows how to turn it off.
std::string spelling(const Flag& flag) {
  if (!flag.is_switch()) return flag.name + " " + placeholder(flag.option);
  return *std::get<bool*>(flag.option.target) ? "--no-" + flag.name.substr(2) : flag.name;
}

/// What the option means, and the names it takes where they do not stand beside the flag.
std::string meaning(const Option& option) {
  const auto* choice = std::get_if<Choice>(&option.target);
  const bool listed = choice == nullptr || join(choice->names, "|").size() <= kShortChoices;
  return std::string(option.help) + (listed ? "" : ": " + join(choice->names));
}

/// The default as help shows it; empty where there is none to speak of.
std::string default_of(const Flag& flag) {
  return flag.is_switch() ? (*std::get<bool*>(flag.option.target) ? "on" : "") : to_text(flag.option);
}

/// Characters on the screen: UTF-8 continuation bytes take no place.
std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

/// "  left      right", the right side wrapped to the width.
std::string entry(std::string_view left, std::string_view right) {
  std::string text = fmt::format("  {}", left);
  std::size_t column = columns(text);
  if (column + 2 > kIndent) {
    text += '\n';
    column = 0;
  }
  text += std::string(kIndent - column, ' ');
  column = kIndent;
  for (bool first = true; !right.empty(); first = false) {
    const std::size_t space = right.find(' ');
    const std::string_view word = right.substr(0, space);
    right.remove_prefix(space == std::string_view::npos ? right.size() : space + 1);
    if (!first && column + 1 + columns(word) > kWidth) {
      text += '\n' + std::string(kIndent, ' ');
      column = kIndent;
    } else if (!first) {
      text += ' ';
      ++column;
    }
    text += word;
    column += columns(word);
  }
  return text + '\n';
}

std::string_view word_help(const Word& word, const std::vector<Option>& options) {
  const auto option = std::find_if(options.begin(), options.end(),
                                   [&](const Option& candidate) { return candidate.key == word.key; });
  return option == options.end() ? "" : option->help;
}

/// The tables that the flags belong to, in order of appearance; "" for those of the verb itself.
std::vector<std::string_view> tables_of(const std::vector<Flag>& flags) {
  std::vector<std::string_view> tables;
  for (const Flag& flag : flags) {
    const std::string_view table = flag.option.table();
    if (std::find(tables.begin(), tables.end(), table) == tables.end()) tables.push_back(table);
  }
  return tables;
}

std::string markdown_table(const std::vector<Flag>& flags, std::string_view table) {
  const auto escaped = [](std::string_view text) {
    std::string result;
    for (const char c : text) {
      if (c == '|' || c == '<') result += '\\';
      result += c;
    }
    return result;
  };
  std::string text = "| flag | default | meaning |\n|-|-|-|\n";
  for (const Flag& flag : flags) {
    if (flag.option.table() != table) continue;
    const std::string value = default_of(flag);
    text += fmt::format("| `{}` | {} | {} |\n", escaped(spelling(flag)),
                        value.empty() ? "" : "`" + escaped(value) + "`", escaped(meaning(flag.option)));
  }
  return text;
}

/// The flags that the first word brings with it.
std::string markdown_of_variant(const Command& command, std::string_view variant) {
  const auto plain = command.make(), varied = command.make();
  const Setting first{std::string(command.words[0].key), {Value::Text{std::string(variant)}}, "", ""};
  set_options(std::span(&first, 1), varied->options());
  std::vector<Flag> flags = flags_of(command, *varied);
  const std::size_t own = flags_of(command, *plain).size();
  flags.erase(flags.begin(), flags.begin() + static_cast<std::ptrdiff_t>(own));
  std::string text = fmt::format("\n### recur {} {}\n", command.name, variant);
  for (const std::string_view table : tables_of(flags)) {
    if (!table.empty()) text += fmt::format("\n`[{}]`\n", table);
    text += "\n" + markdown_table(flags, table);
  }
  return text;
}

std::string markdown_of(const Command& command) {
  const auto verb = command.make();
  std::string text = fmt::format("\n## {}\n\n{}.\n", usage_of(command), command.summary);
  if (!command.examples.empty()) text += fmt::format("\n```sh\n{}```\n", command.examples);
  for (const Word& word : command.words) {
    text += fmt::format("\n`{}`: {}\n", word.name, word_help(word, verb->options()));
  }
  const std::vector<Flag> flags = flags_of(command, *verb);
  if (!flags.empty()) text += "\n" + markdown_table(flags, "");
  return text;
}

}  // namespace

std::string overview() {
  std::string text =
      "usage: recur COMMAND …\n\nRecurrent neural networks: train, evaluate, run, stream, verify.\n\n";
  for (const Command& command : all_commands()) text += entry(command.name, command.summary);
  return text +
         "\n'recur COMMAND --help' has the flags of a command and their defaults.\n"
         "Exit codes: 0 done; 1 the work failed, or was interrupted and saved; 2 the command was wrong.\n";
}

std::string help_of(const Command& command, Verb& verb) {
  const std::vector<Flag> flags = flags_of(command, verb);
  std::string text = fmt::format("usage: {}{}\n\n{}.\n", usage_of(command), flags.empty() ? "" : " [flags]",
                                 command.summary);
  if (!command.words.empty()) text += "\n";
  for (const Word& word : command.words) text += entry(word.name, word_help(word, verb.options()));
  for (const std::string_view table : tables_of(flags)) {
    text += table.empty() ? "\nflags:\n" : fmt::format("\nflags of [{}]:\n", table);
    for (const Flag& flag : flags) {
      if (flag.option.table() != table) continue;
      const std::string value = default_of(flag);
      text +=
          entry(spelling(flag), value.empty() ? meaning(flag.option)
                                              : fmt::format("{} (default {})", meaning(flag.option), value));
    }
  }
  if (!command.examples.empty()) {
    text += "\nexamples:\n";
    for (std::string_view rest = command.examples; !rest.empty();) {
      const std::size_t end = rest.find('\n') + 1;
      text += "  " + std::string(rest.substr(0, end));
      rest.remove_prefix(end);
    }
  }
  return text;
}

std::string reference() {
  std::string text =
      "# Commands\n\nGenerated by `recur help --markdown`. Exit codes: 0 done, 1 the work failed, 2 the "
      "command was wrong. Ctrl-C lets `recur train` finish its step, save and end with 1; a second Ctrl-C "
      "ends it at "
      "once, with 130 in a shell.\nErrors are one line on stderr. `--json` puts exactly one JSON document on "
      "stdout.\n";
  std::string_view told;  // the command under which the flags of the tasks stand
  for (const Command& command : all_commands()) {
    text += markdown_of(command);
    if (command.variants == nullptr) continue;
    if (!told.empty()) {
      text += fmt::format("\nThe flags of each task are those of `recur {}`.\n", told);
      continue;
    }
    told = command.name;
    for (const std::string_view variant : command.variants()) text += markdown_of_variant(command, variant);
  }
  return text;
}

}  // namespace recur
