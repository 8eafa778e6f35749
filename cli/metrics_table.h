// A table of scores for people: a row a split or baseline, a column a metric.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <vector>

namespace recur {

/// A count in full, a measurement to four decimals.
std::string metric_text(double value);

/// Each row is a name and an object of numbers; a metric that a row lacks is left empty.
std::string metrics_table(const std::vector<std::pair<std::string, nlohmann::json>>& rows);

/// The rows of an object of such objects, as in {"train": {…}, "valid": {…}}.
std::vector<std::pair<std::string, nlohmann::json>> rows_of(const nlohmann::json& objects,
                                                            const std::string& prefix = "");

}  // namespace recur
