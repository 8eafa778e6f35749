// Report: how a model did on data, for programs and for people.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "train/events.h"

namespace recur {

/// A small table for people: the classes of a classifier, its confusions, its worst failures.
struct ReportTable {
  std::string title;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
};

/// The score of each example, in the order of the data: what comparing two models resamples.
struct ScorePerExample {
  std::string metric;             ///< "accuracy": the mean over the values is that metric
  bool higher_is_better = false;  ///< false for errors
  std::vector<double> values;
  std::int64_t block = 1;  ///< so many neighbours share what they are scored on, as overlapping windows do
};

struct Report {
  /// Of one file {"accuracy": …}; of a finished run by split {"train": {…}, "valid": {…}, "test": {…}}.
  nlohmann::json metrics = nlohmann::json::object();
  /// Simple models on the same data, by name: {"majority": {"test": {"accuracy": …}}}; without splits for one
  /// file.
  nlohmann::json baselines = nlohmann::json::object();
  /// About the last split: test where there is one.
  std::vector<ReportTable> tables{};
  ScorePerExample each{};

  /// {"metrics", "baselines", "tables": [{"title", "columns", "rows"}], "each": {…}}, empty parts left out.
  nlohmann::json to_json() const;
};

/// {"nats": 1.5, …}
nlohmann::json to_json(const NamedNumbers& numbers);

}  // namespace recur
