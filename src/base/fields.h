// Fields: a struct of options states its own names, meanings and limits, once, beside its members:
//
//   struct TrainConfig {
//     double learning_rate = 1e-3;
//     std::vector<Index> hidden_size{128};
//     static constexpr auto fields = std::tuple{
//         field("learning_rate", &TrainConfig::learning_rate, "size of a step").more_than(0),
//         field("hidden_size", &TrainConfig::hidden_size, "units of each layer").at_least(1)};
//   };
//
// A member that has fields itself is a table of options: [train] in TOML, "train.learning_rate" as a key.
// From the one list come the TOML and JSON reader and writer, the command's flags, its help and its reference
// (settings.h, toml.h, json.h, cli/); they see options with their types erased, so that each of them is one
// ordinary function.
#pragma once

#include <filesystem>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "base/enum_names.h"
#include "base/types.h"

namespace recur {

/// The numbers that an option may hold; of a list, those that each entry may be.
struct Limits {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool low_excluded = false;
  bool high_excluded = false;

  constexpr bool contain(double x) const {
    return (low_excluded ? x > low : x >= low) && (high_excluded ? x < high : x <= high);
  }
  /// "at least 1", "more than 0 and at most 1"; empty where everything is allowed.
  std::string describe() const;
};

/// One member of a struct of options.
template <class Owner, class Member>
struct Field {
  std::string_view name;
  Member Owner::*member;
  std::string_view help;
  Limits limits{};

  constexpr Field at_least(double low) const {
    return limited({low, limits.high, false, limits.high_excluded});
  }
  constexpr Field more_than(double low) const {
    return limited({low, limits.high, true, limits.high_excluded});
  }
  constexpr Field at_most(double high) const {
    return limited({limits.low, high, limits.low_excluded, false});
  }
  constexpr Field less_than(double high) const {
    return limited({limits.low, high, limits.low_excluded, true});
  }
  constexpr Field between(double low, double high) const { return at_least(low).at_most(high); }

 private:
  constexpr Field limited(Limits to) const { return {name, member, help, to}; }
};

template <class Owner, class Member>
constexpr Field<Owner, Member> field(std::string_view name, Member Owner::*member, std::string_view help) {
  return {name, member, help};
}

template <class T>
concept HasFields = requires {
  T::fields;
};

/// A value that is one of a few names, its type erased.
struct Choice {
  std::span<const std::string_view> names;
  void* value;
  std::size_t (*get)(const void* value);
  void (*set)(void* value, std::size_t index);
};

/// One option of a configuration in memory: its key, and where its value lies. Valid as long as the
/// configuration. An empty path means: not given.
struct Option {
  using Target = std::variant<bool*, Index*, double*, std::string*, std::filesystem::path*,
                              std::vector<Index>*, std::vector<double>*, std::vector<std::string>*,
                              std::vector<std::filesystem::path>*, Choice>;
  std::string key;  // "train.learning_rate"
  std::string_view help;
  Limits limits;
  Target target;

  /// The part of the key behind the last dot, and what is before it ("" at the top).
  std::string_view name() const;
  std::string_view table() const;
};

template <NamedEnum E>
Choice choice_of(E& value) {
  return {kNames<E>, &value,
          [](const void* from) { return static_cast<std::size_t>(*static_cast<const E*>(from)); },
          [](void* to, std::size_t index) { *static_cast<E*>(to) = static_cast<E>(index); }};
}

template <HasFields Config>
void append_options(Config& config, const std::string& table, std::vector<Option>& options) {
  const auto append = [&](const auto& described) {
    auto& value = config.*(described.member);
    const std::string key = table + std::string(described.name);
    if constexpr (HasFields<std::remove_reference_t<decltype(value)>>) {
      append_options(value, key + ".", options);
    } else if constexpr (NamedEnum<std::remove_reference_t<decltype(value)>>) {
      options.push_back({key, described.help, described.limits, choice_of(value)});
    } else {
      options.push_back({key, described.help, described.limits, &value});
    }
  };
  std::apply([&](const auto&... described) { (append(described), ...); }, Config::fields);
}

/// All options of a configuration, in the order of its fields, tables walked through.
template <HasFields Config>
std::vector<Option> options_of(Config& config) {
  std::vector<Option> options;
  append_options(config, "", options);
  return options;
}

}  // namespace recur
