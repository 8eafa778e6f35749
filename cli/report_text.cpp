#include "cli/report_text.h"

#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/metrics_table.h"

namespace recur {
namespace {

using nlohmann::json;

/// Characters, as near as it matters to the width of a column.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

bool is_number(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789.,-+%e") == std::string::npos;
}

std::string table_text(const json& table) {
  std::vector<std::vector<std::string>> lines{table["columns"].get<std::vector<std::string>>()};
  for (const json& row : table["rows"]) lines.push_back(row.get<std::vector<std::string>>());
  std::vector<std::size_t> widths;
  for (const auto& line : lines) {
    widths.resize(std::max(widths.size(), line.size()));
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], width_of(line[i]));
  }
  std::string text = table["title"].get<std::string>() + "\n";
  for (const auto& line : lines) {
    std::string row;
    for (std::size_t i = 0; i < line.size(); ++i) {
      const std::string space(widths[i] - width_of(line[i]), ' ');
      // Numbers stand at the right of their column, and so does what stands over them.
      const bool right = i > 0 && lines.size() > 1 && i < lines[1].size() && is_number(lines[1][i]);
      row += "  " + (right ? space + line[i] : line[i] + space);
    }
    row.erase(row.find_last_not_of(' ') + 1);
    text += row + "\n";
  }
  return text;
}

}  // namespace

std::string scores_text(const json& report) {
  auto rows = rows_of(report.at("metrics"));
  const json baselines = report.value("baselines", json::object());
  for (const auto& [name, splits] : baselines.items())
    for (auto& [split, metrics] : rows_of(splits))
      rows.emplace_back("baseline " + name + ", " + split, metrics);
  return metrics_table(rows);
}

std::string tables_text(const json& report) {
  std::string text;
  for (const json& table : report.value("tables", json::array())) text += "\n" + table_text(table);
  return text;
}

}  // namespace recur
