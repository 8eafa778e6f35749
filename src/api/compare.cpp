#include "api/compare.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "api/show.h"
#include "base/error.h"
#include "base/file.h"
#include "metrics/bootstrap.h"
#include "train/report.h"

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
  check<FormatError>(
      report.is_object(),
      "{}: is no report of a run, expected a JSON object; train the run again, or remove the file",
      file.string());
  return report;
}

/// The scores of single examples in a report; without values where there are none, or not of all.
ScorePerExample scores_of(const json& report) {
  ScorePerExample scores;
  const json each = report.is_object() ? report.value("each", json()) : json();
  if (!each.is_object() || !each.contains("values") || !each["values"].is_array()) return scores;
  const auto get = [&](const char* key, auto fallback) {
    const json value = each.value(key, json());
    if (value.type() == json(fallback).type() ||
        (value.is_number_integer() && json(fallback).is_number_integer()))
      return value.get<decltype(fallback)>();
    return fallback;
  };
  scores.metric = get("metric", std::string());
  scores.higher_is_better = get("higher_is_better", false);
  scores.block = std::max<Index>(1, get("block", Index{1}));
  for (const json& value : each["values"]) {
    if (!value.is_number()) return {};
    scores.values.push_back(value.get<double>());
  }
  return scores;
}

json difference(const ScorePerExample& a, const ScorePerExample& b) {
  if (a.values.empty() || a.values.size() != b.values.size() || a.metric != b.metric) return {};
  const DifferenceInterval d = paired_bootstrap(a.values, b.values, {.block = std::max(a.block, b.block)});
  return {{"metric", a.metric},
          {"examples", a.values.size()},
          {"difference", d.difference},
          {"low", d.low},
          {"high", d.high},
          {"better", a.higher_is_better ? d.low > 0 : d.high < 0},
          {"worse", a.higher_is_better ? d.high < 0 : d.low > 0}};
}

}  // namespace

json compare(const std::vector<std::filesystem::path>& runs) {
  json compared{{"runs", json::array()},
                {"options", json::object()},
                {"differences", json::array()},
                {"notes", json::array()}};
  std::vector<std::map<std::string, json>> configs;
  std::vector<ScorePerExample> scores;
  for (const std::filesystem::path& run : runs) {
    json shown = show_run(run);
    add_options(shown["config"], "", configs.emplace_back());
    for (const char* key : {"config", "tensors", "advice", "notes"}) shown.erase(key);
    json report = report_of(run);
    if (report.is_object()) {
      for (const char* key : {"seconds", "epochs", "peak_memory_bytes"})
        if (const json value = report.value(key, json()); value.is_number()) shown[key] = value;
      if (shown.contains("epochs") && shown.contains("seconds") && shown["epochs"].get<double>() > 0)
        shown["seconds_per_epoch"] = shown["seconds"].get<double>() / shown["epochs"].get<double>();
    }
    compared["runs"].push_back(std::move(shown));
    scores.push_back(scores_of(report));
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
  const json& all = compared["runs"];
  bool differ = false;
  for (std::size_t i = 1; i < runs.size(); ++i) {
    if (all[i]["data_sha256"] != all[0]["data_sha256"]) {
      differ = true;  // scores of other examples are no pairs
      continue;
    }
    json found = difference(scores[0], scores[i]);
    if (found.is_null()) continue;
    found["run"] = runs[i].string();
    found["from"] = runs[0].string();
    compared["differences"].push_back(std::move(found));
  }
  if (differ)
    compared["notes"].push_back(
        "the runs read different data, or held other examples out: their scores may not compare");
  return compared;
}

}  // namespace recur
