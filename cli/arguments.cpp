#include "cli/arguments.h"

#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <string_view>

#include "base/error.h"
#include "base/text.h"

namespace recur {
namespace {

class Parser {
 public:
  Parser(const Command& command, std::span<const std::string> arguments, Verb& verb)
      : command_(command), rest_(arguments), verb_(verb) {}

  bool parse() {
    while (!rest_.empty()) {
      const std::string argument = next();
      if (!only_words_ && (argument == "--help" || argument == "-h")) return false;
      if (!only_words_ && argument == "--") {
        only_words_ = true;
      } else if (!only_words_ && argument.size() > 1 && argument[0] == '-') {
        take_flag(argument);
      } else {
        take_word(argument);
      }
    }
    if (words_ < command_.words.size() && command_.words[words_].required) {
      fail<ConfigError>("'recur {}' needs {} (see recur {} --help)", command_.name,
                        command_.words[words_].name, command_.name);
    }
    verb_.configure(std::move(settings_));
    return true;
  }

 private:
  std::string next() {
    std::string argument = rest_.front();
    rest_ = rest_.subspan(1);
    return argument;
  }

  /// Words count at once, because they may bring flags with them.
  void take_word(const std::string& text) {
    const std::vector<Word>& words = command_.words;
    const bool more = words_ == words.size() && words_ > 0 && words.back().repeated;
    check<ConfigError>(more || words_ < words.size(), "'recur {}' has no use for '{}' (see recur {} --help)",
                       command_.name, text, command_.name);
    const Word& word = more ? words.back() : words[words_++];
    check<ConfigError>(!text.empty(), "'recur {}' got an empty word where it needs {} (an unset variable?)",
                       command_.name, word.name);
    Setting setting{std::string(word.key), {Value::Text{text}}, "", std::string(word.name)};
    if (word.repeated) {
      repeated_.push_back(setting.value);
      setting.value = {repeated_};
    }
    set_options(std::span(&setting, 1), verb_.options());
  }

  void take_flag(const std::string& argument) {
    const std::size_t equals = argument.find('=');
    const std::string name = argument.substr(0, equals);
    std::optional<std::string> value;
    if (equals != std::string::npos) value = argument.substr(equals + 1);

    const std::vector<Flag> flags = flags_of(command_, verb_);
    const auto find = [&](std::string_view wanted) {
      return std::find_if(flags.begin(), flags.end(), [&](const Flag& flag) { return flag.name == wanted; });
    };
    auto flag = find(name);
    const bool negated = flag == flags.end() && name.starts_with("--no-");
    if (negated) flag = find("--" + name.substr(5));
    if (flag == flags.end() || (negated && !flag->is_switch())) refuse_flag(name, flags);
    if (negated) {
      check<ConfigError>(!value, "{} takes no value, found '{}'", name, value.value_or(""));
      value = "false";
    } else if (!value && flag->is_switch()) {
      value = "true";
    } else if (!value) {
      check<ConfigError>(!rest_.empty() && !rest_.front().starts_with("--"),
                         "{} needs a value, {} (if that is meant, write {}=VALUE)", name,
                         rest_.empty() ? "found nothing" : "found '" + rest_.front() + "'", name);
      value = next();
    }
    // The last of equal flags holds, but of files each was meant.
    const bool files = std::holds_alternative<std::vector<std::filesystem::path>*>(flag->option.target);
    const bool file = std::holds_alternative<std::filesystem::path*>(flag->option.target);
    check<ConfigError>(
        (!files && !file) || std::ranges::find(settings_, flag->option.key, &Setting::key) == settings_.end(),
        "{} stands there twice; {}", name,
        files ? "several files are one list: " + name + " a,b" : "it takes one path");
    if (flag->option.key == "set") {
      settings_.push_back(parse_setting(*value));
    } else {
      settings_.push_back({flag->option.key, {Value::Text{*value}}, "", name});
    }
  }

  [[noreturn]] void refuse_flag(const std::string& name, const std::vector<Flag>& flags) const {
    std::vector<std::string_view> names{"--help"}, in_tables;
    for (const Flag& flag : flags) {
      names.push_back(flag.name);
      // Several tables have this key, so that the flags of all of them bear the table's name.
      if (flag.name.ends_with(name.substr(1))) in_tables.push_back(flag.name);
    }
    std::string hint = did_you_mean(name, names);
    if (!in_tables.empty()) hint = fmt::format("; did you mean '{}'?", join(in_tables, "' or '"));
    if (command_.variants != nullptr && words_ == 0) {
      hint = fmt::format(" (flags follow the word {})", command_.words[0].name);
    }
    fail<ConfigError>("unknown flag '{}' of 'recur {}'{}", name, command_.name, hint);
  }

  const Command& command_;
  std::span<const std::string> rest_;
  Verb& verb_;
  std::vector<Setting> settings_;
  std::size_t words_ = 0;  // taken so far
  Value::List repeated_;
  bool only_words_ = false;
};

}  // namespace

bool parse_arguments(const Command& command, std::span<const std::string> arguments, Verb& verb) {
  return Parser(command, arguments, verb).parse();
}

}  // namespace recur
