#include "api/compare.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "api/show.h"
#include "base/error.h"
#include "base/file.h"
#include "metrics/bootstrap.h"

namespace recur {
namespace {

using nlohmann::json;

/// The options of a configuration by their keys: "train.epochs".
void add_options(const json& table, const std::string& prefix, std::map<std::string, json>& options) {
  for (const auto& [name, value] : table.items()) {
    if (value.is_object()) {
      add_options(value, prefix + name + ".", options);
    } else {
      options[prefix + name] = value;
    }
  }
}

/// The report that a finished run left in its folder; null if there is none.
json report_of(const std::filesystem::path& run) {
  const std::filesystem::path file = run / "report.json";
  if (!std::filesystem::exists(file)) return {};
  json report = json::parse(read_file(file), nullptr, /*allow_exceptions=*/false);
  check<FormatError>(report.is_object(), "{}: is no report of a run; train it again, or remove the file",
                     file.string());
  return report;
}

std::vector<double> scores_of(const json& report) {
  if (!report.is_object() || !report.contains("each")) return {};
  const json values = report["each"].value("values", json::array());
  std::vector<double> scores;
  for (const json& value : values)
    if (value.is_number()) scores.push_back(value.get<double>());
  return scores;
}

json difference(const json& first, const json& other) {
  const std::vector<double> a = scores_of(first), b = scores_of(other);
  if (a.empty() || a.size() != b.size() ||
      first["each"].value("metric", "") != other["each"].value("metric", ""))
    return {};
  const DifferenceInterval d = paired_bootstrap(a, b);
  const bool up = first["each"].value("higher_is_better", false);
  return {{"metric", first["each"].value("metric", "")},
          {"examples", a.size()},
          {"difference", d.difference},
          {"low", d.low},
          {"high", d.high},
          {"better", up ? d.low > 0 : d.high < 0},
          {"worse", up ? d.high < 0 : d.low > 0}};
}

}  // namespace

json compare(const std::vector<std::filesystem::path>& runs) {
  json compared{{"runs", json::array()},
                {"options", json::object()},
                {"differences", json::array()},
                {"notes", json::array()}};
  std::vector<std::map<std::string, json>> configs;
  std::vector<json> reports;
  for (const std::filesystem::path& run : runs) {
    json shown = show_run(run);
    add_options(shown["config"], "", configs.emplace_back());
    for (const char* key : {"config", "tensors", "advice", "notes"}) shown.erase(key);
    json report = report_of(run);
    if (report.is_object()) {
      for (const char* key : {"seconds", "epochs", "peak_memory_bytes"})
        if (report.contains(key)) shown[key] = report[key];
      const double epochs = report.value("epochs", 0.0);
      if (epochs > 0) shown["seconds_per_epoch"] = report.value("seconds", 0.0) / epochs;
    }
    compared["runs"].push_back(std::move(shown));
    reports.push_back(std::move(report));
  }
  std::set<std::string> keys;
  for (const auto& config : configs) {
    for (const auto& [key, value] : config) keys.insert(key);
  }
  for (const std::string& key : keys) {
    json values = json::array();
    for (const auto& config : configs) values.push_back(config.contains(key) ? config.at(key) : json());
    const bool differ =
        std::any_of(values.begin(), values.end(), [&](const json& v) { return v != values[0]; });
    if (differ) compared["options"][key] = std::move(values);
  }
  for (std::size_t i = 1; i < runs.size(); ++i) {
    json found = difference(reports[0], reports[i]);
    if (found.is_null()) continue;
    found["run"] = runs[i].string();
    found["from"] = runs[0].string();
    compared["differences"].push_back(std::move(found));
  }
  const json& all = compared["runs"];
  if (std::any_of(all.begin(), all.end(),
                  [&](const json& r) { return r["data_sha256"] != all[0]["data_sha256"]; }))
    compared["notes"].push_back("the runs read different data: their scores may not compare");
  return compared;
}

}  // namespace recur
