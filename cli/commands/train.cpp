// recur train: from data to a run folder.
#include <fmt/core.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "api/plan.h"
#include "api/train_seeds.h"
#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/commands/all.h"
#include "cli/metrics_table.h"
#include "cli/progress.h"
#include "cli/report_text.h"
#include "cli/signals.h"
#include "cli/task_verb.h"

namespace recur {
namespace {

std::string readable(const nlohmann::json& plan) {
  std::string text;
  for (const auto& [name, value] : plan.items()) {
    std::string shown = value.is_string() ? value.get<std::string>() : value.dump();
    if (value.is_number_integer()) shown = format_count(value.get<Index>());
    if (name.ends_with("_bytes")) shown = format_bytes(value.get<Index>());
    text += fmt::format("{:<18}{}\n", name, shown);
  }
  const Index needed = plan.at("memory_bytes").get<Index>(), there = plan.at("machine_bytes").get<Index>();
  if (needed > there)
    text += fmt::format(
        "it does not fit: it needs about {}, this machine has {}; smaller batches, shorter sequences or a "
        "smaller model need less\n",
        format_bytes(needed), format_bytes(there));
  return text;
}

/// The scores of each seed, their means and deviations.
std::string readable_seeds(const nlohmann::json& report) {
  std::vector<std::pair<std::string, nlohmann::json>> rows;
  for (const auto& run : report.at("runs"))
    for (auto& [split, metrics] : rows_of(run.at("metrics")))
      if (split != "train")
        rows.emplace_back(fmt::format("seed {}, {}", run.at("seed").dump(), split), metrics);
  for (const char* what : {"metrics", "deviations"})
    for (auto& [split, metrics] : rows_of(report.at(what)))
      if (split != "train") rows.emplace_back((what[0] == 'm' ? "mean, " : "deviation, ") + split, metrics);
  for (const auto& [name, splits] : report.at("baselines").items())
    for (auto& [split, metrics] : rows_of(splits))
      rows.emplace_back("baseline " + name + ", " + split, metrics);
  return metrics_table(rows) +
         fmt::format("the runs are in {}/seed-…\n", report.at("run").get<std::string>());
}

std::string readable(const TrainReport& report) {
  if (report.json.contains("runs")) return readable_seeds(report.json);
  const std::string run = report.json.at("run").get<std::string>();
  std::string text = scores_text(report.json) + tables_text(report.json);
  for (const auto& advice : report.json.at("advice")) text += "advice: " + advice.get<std::string>() + "\n";
  return text + fmt::format("the run is in {} (try: recur show {})\n", run, run);
}

struct Train final : TaskVerb {
  std::filesystem::path out;
  bool resume = false, force = false, dry_run = false;
  Index seeds = 1, threads = 0;
  bool json = false;

  static constexpr auto fields = std::tuple_cat(
      common_fields,
      std::tuple{
          field("out", &Train::out, "run folder; not given: runs/ and the names of task and data"),
          field("resume", &Train::resume, "go on from the run's checkpoint; where there is none, begin"),
          field("force", &Train::force,
                "replace the run that the folder holds; its model stays until the new run has one"),
          field("dry_run", &Train::dry_run, "print the plan (parameters, memory, steps) and stop"),
          field("seeds", &Train::seeds,
                "runs with this many seeds, from --seed on; the report has mean and deviation")
              .between(1, 1000),
          field("threads", &Train::threads, "0: all cores; the result does not depend on it").at_least(0),
          field("json", &Train::json, "print the report as one JSON document"),
      });

  std::vector<Option> own_options() override { return options_of(*this); }

  int run(Console& console) override {
    if (dry_run) {
      const nlohmann::json plan = recur::plan(task(), {.threads = threads});
      console.print(json ? document(plan) : readable(plan));
      return 0;
    }
    const TrainReport report = train(console);
    if (report.stopped.reason == StopReason::diverged) fail<Error>("{}", report.stopped.text);
    const bool interrupted = report.stopped.reason == StopReason::interrupted;
    if (json) console.print(document(report.json));
    if (!json && !interrupted) console.print(readable(report));
    return interrupted ? 1 : 0;
  }

  TrainReport train(Console& console) {
    // Before the first step there is nothing to save: an interrupt ends the program, however long it reads
    // and builds.
    std::optional<StopOnInterrupt> stop;
    Progress progress([&](std::string_view text) { console.log_part(text); },
                      {.live = console.is_terminal(), .width = console.width()});
    const TrainRequest request{.out = out,
                               .resume = resume,
                               .force = force,
                               .threads = threads,
                               .sink =
                                   [&](const Event& event) {
                                     if (!stop && std::holds_alternative<StepDone>(event)) stop.emplace();
                                     progress(event);
                                   },
                               .stop_requested = [] { return StopOnInterrupt::requested().load(); }};
    return seeds > 1 ? train_seeds(task(), request, seeds) : recur::train(task(), request);
  }
};

}  // namespace

Command train_command() {
  return {.name = "train",
          .summary = "Train a model on data, into a run folder",
          .examples =
              "recur train lm --data input.txt --cell gru --hidden-size 256,256 --out runs/tiny\n"
              "recur train lm --data input.txt --out runs/tiny --epochs 20 --resume\n"
              "recur train my.toml --set train.learning_rate=3e-3\n",
          .words = task_words(),
          .make = []() -> std::unique_ptr<Verb> { return std::make_unique<Train>(); },
          .aliases = task_aliases(),
          .variants = task_names};
}

}  // namespace recur
