// recur compare: runs side by side, and the options in which they differ.
#include "api/compare.h"

#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "cli/commands/all.h"
#include "cli/metrics_table.h"

namespace recur {
namespace {

using nlohmann::json;

/// The scores on which runs are compared: of the test part where all have one, else of the validation part.
std::string_view common_split(const json& runs) {
  for (const json& run : runs) {
    if (!run["metrics"].contains("test")) return "valid";
  }
  return "test";
}

std::string describe_comparison(const json& compared) {
  const std::string split(common_split(compared["runs"]));
  std::vector<std::pair<std::string, json>> rows;
  for (const json& run : compared["runs"]) {
    json row = run["metrics"].value(split, json::object());
    for (const char* key : {"parameters", "seconds", "seconds_per_epoch"}) {
      if (run.contains(key)) row[key] = run[key];
    }
    if (run.contains("peak_memory_bytes"))
      row["peak_MiB"] = run["peak_memory_bytes"].get<double>() / (1 << 20);
    rows.emplace_back(run["run"].get<std::string>(), std::move(row));
  }
  std::string text = fmt::format("scores on the {} part:\n", split) + metrics_table(rows);
  for (const json& d : compared["differences"])
    text +=
        fmt::format("\n{} against {}: {} {:+.4f}, 95 % interval {:+.4f} to {:+.4f} over {} examples: {}\n",
                    d["run"].get<std::string>(), d["from"].get<std::string>(), d["metric"].get<std::string>(),
                    d["difference"].get<double>(), d["low"].get<double>(), d["high"].get<double>(),
                    format_count(d["examples"].get<Index>()),
                    d["better"].get<bool>()  ? "better"
                    : d["worse"].get<bool>() ? "worse"
                                             : "may be chance");
  for (const json& note : compared["notes"]) text += "note: " + note.get<std::string>() + "\n";
  text += compared["options"].empty() ? "\nno option differs\n" : "\noptions that differ:\n";
  for (const auto& [key, values] : compared["options"].items()) {
    text += fmt::format("  {:<28}", key);
    for (const json& value : values) text += fmt::format("  {:<12}", value.is_null() ? "-" : value.dump());
    text.erase(text.find_last_not_of(' ') + 1);
    text += '\n';
  }
  return text;
}

struct Compare final : Verb {
  std::vector<std::string> runs;
  bool json_output = false;

  static constexpr auto fields = std::tuple{
      field("runs", &Compare::runs, "run folders, or their model.safetensors"),
      field("json", &Compare::json_output, "print it as one JSON document"),
  };

  std::vector<Option> options() override { return options_of(*this); }

  int run(Console& console) override {
    const json compared = compare({runs.begin(), runs.end()});
    console.print(json_output ? document(compared) : describe_comparison(compared));
    return 0;
  }
};

}  // namespace

Command compare_command() {
  return {.name = "compare",
          .summary = "Show runs side by side, and the options in which they differ",
          .examples = "recur compare runs/a runs/b\n",
          .words = {{"RUN…", "runs", true, true}},
          .make = []() -> std::unique_ptr<Verb> { return std::make_unique<Compare>(); }};
}

}  // namespace recur
