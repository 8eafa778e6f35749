#include "train/report.h"

namespace recur {

nlohmann::json Report::to_json() const {
  nlohmann::json json{{"metrics", metrics}};
  if (!baselines.empty()) json["baselines"] = baselines;
  for (const ReportTable& table : tables)
    json["tables"].push_back({{"title", table.title}, {"columns", table.columns}, {"rows", table.rows}});
  if (!each.values.empty())
    json["each"] = {{"metric", each.metric},
                    {"higher_is_better", each.higher_is_better},
                    {"block", each.block},
                    {"values", each.values}};
  return json;
}

nlohmann::json to_json(const NamedNumbers& numbers) {
  nlohmann::json json = nlohmann::json::object();
  for (const auto& [name, value] : numbers) json[name] = value;
  return json;
}

}  // namespace recur
