#include "api/train_seeds.h"

#include <cmath>
#include <limits>

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "base/settings.h"

namespace recur {
namespace {

using nlohmann::json;

/// The mean and the sample standard deviation of each metric, over those of the reports by split that have
/// it.
void summarise(const json& reports, json& means, json& deviations) {
  means = deviations = json::object();
  for (const auto& [split, metrics] : reports.front().items())
    for (const auto& [name, unused] : metrics.items()) {
      std::vector<double> values;
      for (const json& report : reports) {
        const json value = report.value(split, json::object()).value(name, json());
        if (value.is_number()) values.push_back(value.get<double>());
      }
      double mean = 0, squares = 0;
      for (const double value : values) mean += value / static_cast<double>(values.size());
      for (const double value : values) squares += (value - mean) * (value - mean);
      means[split][name] = mean;
      deviations[split][name] =
          values.size() < 2 ? 0.0 : std::sqrt(squares / static_cast<double>(values.size() - 1));
    }
}

}  // namespace

TrainReport train_seeds(Task& task, const TrainRequest& request, Index seeds) {
  const std::filesystem::path out = request.out.empty() ? default_folder(task) : request.out;
  std::error_code ignored;  // where nothing can be, there is none; making the folder says why
  check<ConfigError>(
      !std::filesystem::exists(out / "model.safetensors", ignored) &&
          !std::filesystem::exists(out / "checkpoint.safetensors", ignored),
      "{}: holds a single run, expected a folder for several (one each seed); choose another --out",
      out.string());
  const std::uint64_t first = task.seed();
  check<ConfigError>(first <= static_cast<std::uint64_t>(std::numeric_limits<Index>::max() - seeds + 1),
                     "seed is {}, too large for {} seeds from it on", first, seeds);
  const auto folder_of = [&](const std::string& seed) { return out / (std::string(kSeedFolder) + seed); };
  TrainReport last;
  json runs = json::array(), seed_list = json::array(), baselines = json::array();
  double seconds = 0;
  for (Index i = 0; i < seeds; ++i) {
    const std::string seed = std::to_string(first + static_cast<std::uint64_t>(i));
    const Setting setting{.key = "seed", .value = {Value::Text{seed}}, .place = "", .shown = "seed"};
    set_options(std::span(&setting, 1), task.options());
    TrainRequest one = request;
    one.out = folder_of(seed);
    one.resume_command = "recur train " + in_shell(folder_of(std::to_string(first)) / "config.toml") +
                         " --out " + in_shell(out) + " --seeds " + std::to_string(seeds) + " --resume";
    request.sink(
        Notice{.text = "seed " + seed + " (" + std::to_string(i + 1) + " of " + std::to_string(seeds) + ")"});
    last = train(task, one);
    if (last.json["metrics"].is_null()) return last;  // it was stopped
    seconds += last.json["seconds"].get<double>();
    seed_list.push_back(task.seed());
    baselines.push_back(last.json["baselines"]);
    runs.push_back(
        {{"run", last.json["run"]}, {"seed", last.json["seed"]}, {"metrics", last.json["metrics"]}});
  }
  json means, deviations, of_runs = json::array();
  for (const json& run : runs) of_runs.push_back(run["metrics"]);
  summarise(of_runs, means, deviations);
  // The seed also draws what validates, so baselines differ from run to run as models do.
  for (auto& [name, of_last] : last.json["baselines"].items()) {
    json of_baseline = json::array(), unused;
    for (const json& each : baselines)
      if (each.contains(name)) of_baseline.push_back(each[name]);
    summarise(of_baseline, of_last, unused);
  }
  for (const char* key : {"advice", "tables", "each", "steps", "epochs", "seed"}) last.json.erase(key);
  last.json.update({{"run", out.string()},
                    {"seeds", seed_list},
                    {"seconds", seconds},
                    {"metrics", means},
                    {"deviations", deviations},
                    {"runs", runs}});
  write_file_atomically(out / "report.json", document(last.json));
  return last;
}

}  // namespace recur
