// Command: one verb as data. Parser, help and reference all read this; a verb is one file in cli/commands/.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/fields.h"
#include "base/settings.h"
#include "cli/console.h"

namespace recur {

/// What a command line gives a verb, and what the verb then does.
class Verb {
 public:
  Verb() = default;
  virtual ~Verb() = default;
  Verb(const Verb&) = delete;
  Verb& operator=(const Verb&) = delete;

  /// The options that its flags and words set. They may grow once a word is known: `train lm` has those of
  /// lm.
  virtual std::vector<Option> options() = 0;

  /// Takes the flags' values, in the order of the command line.
  virtual void configure(std::vector<Setting> flags) { set_options(flags, options()); }

  /// Does the work; returns the exit code.
  virtual int run(Console& console) = 0;
};

/// A word of the command line that is no flag: RUN in `recur evaluate RUN`.
struct Word {
  std::string_view name;  // as help shows it
  std::string_view key;   // the option that it sets; its help is the word's help
  bool required = true;
  bool repeated = false;  // takes all words that follow, into a list
};

/// A flag that is not named after its key: --data sets data.train.
struct Alias {
  std::string_view key, flag;
};

struct Command {
  std::string_view name;
  std::string_view summary;   // one line, no full stop
  std::string_view examples;  // lines of shell, for the help
  std::vector<Word> words;
  std::unique_ptr<Verb> (*make)();
  std::vector<Alias> aliases{};
  /// The values of the first word that bring further options (the tasks), if there are any.
  std::vector<std::string_view> (*variants)() = nullptr;
};

/// All verbs, in the order of the help.
const std::vector<Command>& all_commands();

/// The verb of that name. Throws ConfigError with a suggestion.
const Command& find_command(std::string_view name);

/// A flag and the option that it sets.
struct Flag {
  std::string name;  // "--hidden-size"
  Option option;
  bool is_switch() const { return std::holds_alternative<bool*>(option.target); }
};

/// The flags of a verb, in the order of its options. A flag has the name of its key without the tables, `_`
/// written as
/// `-`; where two keys end alike, those in tables keep the table's name: --model-dropout.
std::vector<Flag> flags_of(const Command& command, Verb& verb);

}  // namespace recur
