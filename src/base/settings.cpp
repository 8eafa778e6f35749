#include "base/settings.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/error.h"
#include "base/text.h"

namespace recur {
namespace {

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

// A value as each of the types an option may have; nothing if it is not one. These are all the conversions
// there are.

std::optional<bool> as(const Value& value, bool*) {
  if (const auto* truth = std::get_if<bool>(&value.data)) return *truth;
  if (const auto* text = std::get_if<Value::Text>(&value.data)) {
    if (text->text == "true") return true;
    if (text->text == "false") return false;
  }
  return std::nullopt;
}

std::optional<Index> as(const Value& value, Index*) {
  if (const auto* integer = std::get_if<Index>(&value.data)) return *integer;
  if (const auto* text = std::get_if<Value::Text>(&value.data)) return parse_integer(text->text);
  return std::nullopt;
}

std::optional<double> as(const Value& value, double*) {
  std::optional<double> number;
  if (const auto* real = std::get_if<double>(&value.data)) number = *real;
  if (const auto* integer = std::get_if<Index>(&value.data)) number = static_cast<double>(*integer);
  if (const auto* text = std::get_if<Value::Text>(&value.data)) number = parse_number(text->text);
  return number && std::isfinite(*number) ? number : std::nullopt;
}

std::optional<std::string> as(const Value& value, std::string*) {
  if (const auto* quoted = std::get_if<std::string>(&value.data)) return *quoted;
  if (const auto* text = std::get_if<Value::Text>(&value.data)) return text->text;
  return std::nullopt;
}

std::optional<std::filesystem::path> as(const Value& value, std::filesystem::path*) {
  const auto text = as(value, static_cast<std::string*>(nullptr));
  return text ? std::optional<std::filesystem::path>(*text) : std::nullopt;
}

/// A text is a list that is cut at its commas; any other single value is a list of one.
template <class T>
std::optional<std::vector<T>> as(const Value& value, std::vector<T>*) {
  std::vector<T> list;
  const auto append = [&](const Value& entry) {
    auto converted = as(entry, static_cast<T*>(nullptr));
    if (converted) list.push_back(std::move(*converted));
    return converted.has_value();
  };
  if (const auto* entries = std::get_if<Value::List>(&value.data)) {
    return std::all_of(entries->begin(), entries->end(), append) ? std::optional(list) : std::nullopt;
  }
  const auto* text = std::get_if<Value::Text>(&value.data);
  if (!text) return append(value) ? std::optional(list) : std::nullopt;
  for (std::size_t begin = 0, end = 0; !text->text.empty() && end != std::string::npos; begin = end + 1) {
    end = text->text.find(',', begin);
    if (!append({Value::Text{text->text.substr(begin, end - begin)}})) return std::nullopt;
  }
  return list;
}

// Limits are about numbers; of a list, about each of them.
template <class T>
bool within(const Limits&, const T&) {
  return true;
}
bool within(const Limits& limits, Index value) { return limits.contain(static_cast<double>(value)); }
bool within(const Limits& limits, double value) { return limits.contain(value); }
template <class T>
bool within(const Limits& limits, const std::vector<T>& list) {
  return std::all_of(list.begin(), list.end(), [&](const T& entry) { return within(limits, entry); });
}

/// Whether the value was of the option's type and inside its limits, and is now in place.
bool assign(const Option& option, const Value& value) {
  const auto assign_plain = [&]<class T>(T* target) {
    auto converted = as(value, target);
    if (!converted || !within(option.limits, *converted)) return false;
    *target = std::move(*converted);
    return true;
  };
  const auto assign_choice = [&](const Choice& choice) {
    const auto name = as(value, static_cast<std::string*>(nullptr));
    const auto found = std::find(choice.names.begin(), choice.names.end(), name.value_or(""));
    if (found == choice.names.end()) return false;
    choice.set(choice.value, static_cast<std::size_t>(found - choice.names.begin()));
    return true;
  };
  return std::visit(Overloaded{assign_plain, assign_choice}, option.target);
}

std::string suggestion(const Option& option, const Value& value) {
  const auto* choice = std::get_if<Choice>(&option.target);
  const auto name = as(value, static_cast<std::string*>(nullptr));
  return choice && name ? did_you_mean(*name, choice->names) : "";
}

[[noreturn]] void refuse_key(const Setting& setting, std::span<const Option> options) {
  const std::string table = setting.key + ".";
  for (const Option& option : options) {
    if (!option.key.starts_with(table)) continue;
    fail<ConfigError>("{}'{}' is a table of options, found {} (write {} = …)", setting.place, setting.shown,
                      setting.value.describe(), option.key);
  }
  // A key may be misspelt, or right but in another table.
  std::vector<std::string_view> keys;
  for (const Option& option : options) keys.push_back(option.key);
  const std::string_view leaf = std::string_view(setting.key).substr(setting.key.rfind('.') + 1);
  for (const Option& option : options) {
    if (option.name() != leaf) continue;
    fail<ConfigError>("{}unknown key '{}'; did you mean '{}'?", setting.place, setting.shown, option.key);
  }
  fail<ConfigError>("{}unknown key '{}'{}", setting.place, setting.shown, did_you_mean(setting.key, keys));
}

std::string plain(bool value) { return value ? "true" : "false"; }
std::string plain(Index value) { return std::to_string(value); }
std::string plain(double value) { return shortest(value); }
std::string plain(const std::string& value) { return value; }
std::string plain(const std::filesystem::path& value) { return value.string(); }
template <class T>
std::string plain(const std::vector<T>& list) {
  std::string text;
  for (const T& entry : list) text.append(text.empty() ? "" : ",").append(plain(entry));
  return text;
}

}  // namespace

std::string Limits::describe() const {
  std::string text;
  if (std::isfinite(low)) text = (low_excluded ? "more than " : "at least ") + shortest(low);
  if (std::isfinite(high)) {
    if (!text.empty()) text += " and ";
    text += (high_excluded ? "less than " : "at most ") + shortest(high);
  }
  return text;
}

std::string_view Option::name() const { return std::string_view(key).substr(key.rfind('.') + 1); }

std::string_view Option::table() const {
  const std::size_t dot = key.rfind('.');
  return std::string_view(key).substr(0, dot == std::string::npos ? 0 : dot);
}

std::string Value::describe() const {
  return std::visit(
      Overloaded{[](const Text& text) { return "'" + shortened(text.text) + "'"; },
                 [](bool truth) { return plain(truth); }, [](Index integer) { return plain(integer); },
                 [](double number) { return plain(number); },
                 [](const std::string& text) { return "'" + shortened(text) + "'"; },
                 [](const List& list) {
                   std::string text;
                   for (const Value& entry : list) text += (text.empty() ? "" : ", ") + entry.describe();
                   return shortened("[" + text + "]");
                 }},
      data);
}

Setting parse_setting(std::string_view text) {
  const std::size_t equals = text.find('=');
  check<ConfigError>(equals != std::string_view::npos && equals > 0,
                     "--set takes key=value, found '{}' (as in --set train.learning_rate=1e-3)", text);
  std::string key(text.substr(0, equals));
  return {key, {Value::Text{std::string(text.substr(equals + 1))}}, "--set: ", key};
}

void set_options(std::span<const Setting> settings, std::span<const Option> options) {
  for (const Setting& setting : settings) {
    const auto option = std::find_if(options.begin(), options.end(),
                                     [&](const Option& candidate) { return candidate.key == setting.key; });
    if (option == options.end()) refuse_key(setting, options);
    check<ConfigError>(assign(*option, setting.value), "{}{} is {}, expected {}{}", setting.place,
                       setting.shown, setting.value.describe(), describe_type(*option),
                       suggestion(*option, setting.value));
  }
}

std::string describe_type(const Option& option) {
  const auto kind = std::visit(
      Overloaded{[](bool*) -> std::string { return "true or false"; },
                 [](Index*) -> std::string { return "an integer"; },
                 [](double*) -> std::string { return "a number"; },
                 [](std::string*) -> std::string { return "a text"; },
                 [](std::filesystem::path*) -> std::string { return "a path"; },
                 [](std::vector<Index>*) -> std::string { return "a list of integers"; },
                 [](std::vector<double>*) -> std::string { return "a list of numbers"; },
                 [](std::vector<std::string>*) -> std::string { return "a list of texts"; },
                 [](std::vector<std::filesystem::path>*) -> std::string { return "a list of paths"; },
                 [](const Choice& choice) { return "one of " + join(choice.names); }},
      option.target);
  const std::string limits = option.limits.describe();
  return limits.empty() ? kind : kind + ", " + limits;
}

std::string to_text(const Option& option) {
  return std::visit(
      Overloaded{[](const Choice& choice) { return std::string(choice.names[choice.get(choice.value)]); },
                 [](const auto* value) { return plain(*value); }},
      option.target);
}

}  // namespace recur
