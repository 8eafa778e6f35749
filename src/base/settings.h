// Settings: values for options, wherever they come from: a TOML or JSON file, a flag, `--set`.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/fields.h"
#include "base/types.h"

namespace recur {

/// A value that has the type its source gave it. `Text` comes from the command line, where 256,256 or 1e-3 or
/// lstm only becomes a list, a number or a name by the option that it is for.
struct Value {
  struct Text {
    std::string text;
  };
  using List = std::vector<Value>;
  std::variant<Text, bool, Index, double, std::string, List> data;

  /// As a message shows it: 'text', 12, [1, 2].
  std::string describe() const;
};

struct Setting {
  std::string key;  // "train.learning_rate"
  Value value;
  std::string place;  // what a message begins with: "my.toml:12: ", or nothing
  std::string shown;  // the key as the user wrote it: "train.learning_rate", "--learning-rate"
};

/// `key=value`, as `--set` takes it. Throws ConfigError if there is no '='.
Setting parse_setting(std::string_view text);

/// Gives the options these values, in order. Throws ConfigError for a key that no option has (with a
/// suggestion), a value of another type, or one outside the option's limits.
void set_options(std::span<const Setting> settings, std::span<const Option> options);

/// What an option takes: "a number, more than 0", "one of concat, sum".
std::string describe_type(const Option& option);

/// An option's value as the command line takes it: 256,256.
std::string to_text(const Option& option);

}  // namespace recur
