#include "cli/command.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"

namespace recur {
namespace {

std::string flag_name(std::string_view key) {
  std::string name = "--" + std::string(key);
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '_' || c == '.'; }, '-');
  return name;
}

}  // namespace

const Command& find_command(std::string_view name) {
  std::vector<std::string_view> names;
  for (const Command& command : all_commands()) {
    if (command.name == name) return command;
    names.push_back(command.name);
  }
  fail<ConfigError>("unknown command '{}'{} ('recur help' lists them)", name, did_you_mean(name, names));
}

std::vector<Flag> flags_of(const Command& command, Verb& verb) {
  std::vector<Option> options = verb.options();
  std::erase_if(options, [&](const Option& option) {
    return std::any_of(command.words.begin(), command.words.end(),
                       [&](const Word& word) { return word.key == option.key; });
  });
  std::vector<Flag> flags;
  for (const Option& option : options) {
    const auto alias = std::find_if(command.aliases.begin(), command.aliases.end(),
                                    [&](const Alias& candidate) { return candidate.key == option.key; });
    if (alias != command.aliases.end()) {
      flags.push_back({std::string(alias->flag), option});
      continue;
    }
    const auto like_named = std::count_if(options.begin(), options.end(),
                                          [&](const Option& other) { return other.name() == option.name(); });
    flags.push_back({flag_name(like_named == 1 ? option.name() : option.key), option});
  }
  return flags;
}

}  // namespace recur
