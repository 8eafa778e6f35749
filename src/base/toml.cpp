#include "base/toml.h"

#include <fmt/core.h>
#include <toml++/toml.h>

#include <algorithm>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

namespace recur {
namespace {

class Reader {
 public:
  explicit Reader(std::string_view name) : name_(name) {}

  void read(const toml::table& table, const std::string& prefix) {
    for (const auto& [name, node] : table) {
      const std::string key = prefix + std::string(name.str());
      if (const toml::table* nested = node.as_table()) {
        read(*nested, key + ".");
      } else {
        const std::string place = fmt::format("{}:{}: ", name_, node.source().begin.line);
        settings.push_back({key, value_of(node, place + key), place, key});
      }
    }
  }

  std::vector<Setting> settings;

 private:
  Value value_of(const toml::node& node, const std::string& where) {
    if (const auto* truth = node.as_boolean()) return {truth->get()};
    if (const auto* integer = node.as_integer()) return {Index{integer->get()}};
    if (const auto* number = node.as_floating_point()) return {number->get()};
    if (const auto* text = node.as_string()) return {text->get()};
    const toml::array* array = node.as_array();
    check<ConfigError>(array != nullptr,
                       "{} is a date, a time or a table in a list, which no option takes "
                       "(put a text in quotes)",
                       where);
    Value::List list;
    for (const toml::node& entry : *array) list.push_back(value_of(entry, where));
    return {std::move(list)};
  }

  std::string_view name_;
};

std::string in_quotes(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    switch (c) {
      case '"':
        result += "\\\"";
        break;
      case '\\':
        result += "\\\\";
        break;
      case '\n':
        result += "\\n";
        break;
      case '\t':
        result += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
          result += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        } else {
          result += c;
        }
    }
  }
  return result + "\"";
}

std::string toml_of(bool value) { return value ? "true" : "false"; }
std::string toml_of(Index value) { return std::to_string(value); }
std::string toml_of(double value) {
  const std::string text = shortest(value);
  return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}
std::string toml_of(const std::string& value) { return in_quotes(value); }
std::string toml_of(const std::filesystem::path& value) { return in_quotes(value.string()); }
template <class T>
std::string toml_of(const std::vector<T>& list) {
  std::string text;
  for (const T& entry : list) text += (text.empty() ? "" : ", ") + toml_of(entry);
  return "[" + text + "]";
}

std::string line_of(const Option& option) {
  const std::string assignment =
      fmt::format("{} = {}", option.name(),
                  std::visit(
                      [](const auto& target) {
                        if constexpr (std::is_same_v<std::decay_t<decltype(target)>, Choice>) {
                          return in_quotes(target.names[target.get(target.value)]);
                        } else {
                          return toml_of(*target);
                        }
                      },
                      option.target));
  const auto* choice = std::get_if<Choice>(&option.target);
  const std::string choices = choice ? ": " + join(choice->names, " | ") : "";
  return fmt::format("{:<28}  # {}{}\n", assignment, option.help, choices);
}

}  // namespace

std::vector<Setting> parse_toml(std::string_view text, std::string_view name) {
  Reader reader(name);
  try {
    reader.read(toml::parse(text), "");
  } catch (const toml::parse_error& error) {
    fail<ConfigError>("{}:{}: {} (expected TOML: key = value, texts in quotes)", name,
                      error.source().begin.line, error.description());
  }
  return std::move(reader.settings);
}

std::vector<Setting> read_toml(const std::filesystem::path& path) {
  return parse_toml(read_file(path), path.string());
}

std::string write_toml(std::span<const Option> options) {
  std::vector<std::string_view> tables{""};
  for (const Option& option : options) {
    if (std::find(tables.begin(), tables.end(), option.table()) == tables.end())
      tables.push_back(option.table());
  }
  std::string text;
  for (const std::string_view table : tables) {
    if (!table.empty()) text += fmt::format("{}[{}]\n", text.empty() ? "" : "\n", table);
    for (const Option& option : options) {
      if (option.table() == table) text += line_of(option);
    }
  }
  return text;
}

}  // namespace recur
