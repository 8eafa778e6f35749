#include "base/json.h"

#include <fmt/core.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <type_traits>

#include "base/error.h"

namespace recur {
namespace {

using nlohmann::json;

Value value_of(const json& node, const std::string& where) {
  constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<Index>::max());
  const bool too_big = node.is_number_unsigned() && node.get<std::uint64_t>() > most;
  if (node.is_boolean()) return {node.get<bool>()};
  if (node.is_number_integer() && !too_big) return {node.get<Index>()};
  if (node.is_number()) return {node.get<double>()};
  if (node.is_string()) return {node.get<std::string>()};
  check<ConfigError>(node.is_array(), "{} is {}, which no option takes", where, node.type_name());
  Value::List list;
  for (const json& entry : node) list.push_back(value_of(entry, where));
  return {std::move(list)};
}

void read(const json& object, const std::string& prefix, const std::string& place,
          std::vector<Setting>& settings) {
  for (const auto& [name, node] : object.items()) {
    const std::string key = prefix + name;
    if (node.is_object()) {
      read(node, key + ".", place, settings);
    } else {
      settings.push_back({key, value_of(node, place + key), place, key});
    }
  }
}

}  // namespace

json to_json(std::span<const Option> options) {
  json object = json::object();
  for (const Option& option : options) {
    json* node = &object;
    for (std::string_view key = option.key;;) {
      const std::size_t dot = key.find('.');
      node = &(*node)[std::string(key.substr(0, dot))];
      if (dot == std::string_view::npos) break;
      key.remove_prefix(dot + 1);
    }
    *node = std::visit(
        [](const auto& target) -> json {
          using Target = std::decay_t<decltype(target)>;
          if constexpr (std::is_same_v<Target, Choice>) {
            return target.names[target.get(target.value)];
          } else if constexpr (std::is_same_v<Target, std::filesystem::path*>) {
            return target->string();
          } else {
            return *target;
          }
        },
        option.target);
  }
  return object;
}

std::vector<Setting> settings_of(const json& object, std::string_view place) {
  check<ConfigError>(object.is_object(), "{}found {}, expected an object of options", place,
                     object.type_name());
  std::vector<Setting> settings;
  read(object, "", std::string(place), settings);
  return settings;
}

}  // namespace recur
