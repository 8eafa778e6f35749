#include "base/json.h"

#include <fmt/core.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <type_traits>

#include "base/error.h"
#include "base/text.h"

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

json parse_json(std::string_view text, const std::string& what, int deepest) {
  check<FormatError>(text.find('\0') == text.npos, "{} holds a NUL byte, expected JSON", what);
  std::vector<std::set<std::string>> keys;  // of each object that is open
  using Event = json::parse_event_t;
  const auto watch = [&](int depth, Event event, json& parsed) {
    if (event == Event::object_start || event == Event::array_start)
      check<FormatError>(depth < deepest, "{} is nested more than {} levels deep", what, deepest);
    if (event == Event::object_start) keys.emplace_back();
    if (event == Event::object_end) keys.pop_back();
    if (event == Event::key) {
      check<FormatError>(keys.back().insert(parsed.get<std::string>()).second, "{} has the key {} twice",
                         what, shown(parsed));
    }
    return true;
  };
  try {
    return json::parse(text, watch);
  } catch (const json::parse_error& error) {
    fail<FormatError>("{} is not valid JSON at its byte {}", what, error.byte);
  } catch (const json::out_of_range&) {
    fail<FormatError>("{} holds a number that is out of range", what);
  }
}

std::string shown(const json& value) { return shortened(value.dump(-1, ' ', /*ensure_ascii=*/true)); }

std::string document(const nlohmann::json& value) {
  return value.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

std::string inline_json(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

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
          } else if constexpr (std::is_same_v<Target, std::vector<std::filesystem::path>*>) {
            json list = json::array();
            for (const auto& path : *target) list.push_back(path.string());
            return list;
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
