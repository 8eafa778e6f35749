#include "cli/metrics_table.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/text.h"

namespace recur {
namespace {

using nlohmann::json;

std::string cell_of(const json& row, const std::string& metric) {
  const auto value = row.find(metric);
  return value == row.end() || !value->is_number() ? "" : metric_text(value->get<double>());
}

}  // namespace

std::string metric_text(double value) {
  constexpr double kExact = 1e15;  // beyond it every double is whole
  const bool whole = std::trunc(value) == value && std::abs(value) < kExact;
  return whole ? format_count(static_cast<Index>(value)) : fmt::format("{:.4f}", value);
}

std::string metrics_table(const std::vector<std::pair<std::string, json>>& rows) {
  std::vector<std::string> metrics;
  std::size_t name_width = 0;
  for (const auto& [name, row] : rows) {
    name_width = std::max(name_width, name.size());
    for (const auto& entry : row.items()) {
      if (std::find(metrics.begin(), metrics.end(), entry.key()) == metrics.end())
        metrics.push_back(entry.key());
    }
  }
  std::string text(name_width, ' ');
  for (const std::string& metric : metrics) text += fmt::format("  {:>10}", metric);
  text += '\n';
  for (const auto& [name, row] : rows) {
    text += fmt::format("{:<{}}", name, name_width);
    for (const std::string& metric : metrics) {
      text += fmt::format("  {:>{}}", cell_of(row, metric), std::max<std::size_t>(10, metric.size()));
    }
    text += '\n';
  }
  return text;
}

std::vector<std::pair<std::string, json>> rows_of(const json& objects, const std::string& prefix) {
  std::vector<std::pair<std::string, json>> rows;
  for (const auto& [name, object] : objects.items()) rows.emplace_back(prefix + name, object);
  return rows;
}

}  // namespace recur
