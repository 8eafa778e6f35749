#include "cli/answers.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/csv_cell.h"
#include "base/json.h"
#include "base/text.h"

namespace recur {
namespace {

using nlohmann::ordered_json;

std::string cell_of(const ordered_json& value) {
  if (value.is_string()) return csv_cell(value.get<std::string>());
  if (value.is_null()) return "";
  if (value.is_number_float()) {
    // A model computes in float, whose digits say all; a forecast puts a mean and a scale around it in
    // double.
    const double x = value.get<double>();
    const float narrow = static_cast<float>(x);
    return static_cast<double>(narrow) == x ? shortest(narrow) : fmt::format("{:.12g}", x);
  }
  return csv_cell(value.dump());
}

/// Names and cells of an answer, objects inside it laid flat.
void flatten(const ordered_json& answer, const std::string& prefix, std::vector<std::string>& names,
             std::vector<std::string>& cells) {
  for (const auto& [key, value] : answer.items()) {
    if (value.is_object()) {
      flatten(value, prefix + key + ".", names, cells);
    } else {
      names.push_back(csv_cell(prefix + key));
      cells.push_back(cell_of(value));
    }
  }
}

std::string line_of(const std::vector<std::string>& cells) {
  std::string line;
  for (const std::string& cell : cells) line += (&cell == cells.data() ? "" : ",") + cell;
  return line + "\n";
}

std::string columns_of(const ordered_json& answer) {
  std::string text;
  for (const auto& [key, value] : answer.items())
    if (value.is_string()) text += "# " + key + " = " + value.get<std::string>() + "\n";
  for (const ordered_json& word : answer["words"])
    text += word["word"].get<std::string>() + "\t" + word["tag"].get<std::string>() + "\n";
  return text + "\n";
}

}  // namespace

void Answers::operator()(const ordered_json& answer) {
  if (json_) return write_(answer.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n");
  if (answer.contains("words")) return write_(columns_of(answer));
  if (answer.contains("text")) {
    auto text = answer["text"].get<std::string>();
    std::ranges::replace(text, '\n', ' ');  // a model of characters may write any
    return write_(text + "\n");
  }
  std::vector<std::string> names, cells;
  flatten(answer, "", names, cells);
  if (columns_.empty()) {
    columns_ = names;
    write_(line_of(columns_));
  }
  write_(line_of(cells));
}

}  // namespace recur
