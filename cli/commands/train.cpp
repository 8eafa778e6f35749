// recur train: from data to a run folder.
#include "api/train.h"

#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/text.h"
#include "cli/commands/all.h"
#include "cli/document.h"
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
  return text;
}

std::string readable(const TrainReport& report) {
  const std::string run = report.json.at("run").get<std::string>();
  std::string text = scores_text(report.json) + tables_text(report.json);
  for (const auto& advice : report.json.at("advice")) text += "advice: " + advice.get<std::string>() + "\n";
  return text + fmt::format("the run is in {} (try: recur show {})\n", run, run);
}

struct Train final : TaskVerb {
  std::filesystem::path out;
  bool resume = false, force = false, dry_run = false;
  Index threads = 0;
  bool json = false;

  static constexpr auto fields = std::tuple_cat(
      common_fields,
      std::tuple{
          field("out", &Train::out, "run folder; not given: runs/ and the names of task and data"),
          field("resume", &Train::resume, "go on from the run's checkpoint; where there is none, begin"),
          field("force", &Train::force, "replace the run that the folder holds"),
          field("dry_run", &Train::dry_run, "print the plan (parameters, memory, steps) and stop"),
          field("threads", &Train::threads, "0: all cores; the result does not depend on it").at_least(0),
          field("json", &Train::json, "print the report as one JSON document"),
      });

  std::vector<Option> own_options() override { return options_of(*this); }

  int run(Console& console) override {
    if (dry_run) {
      const nlohmann::json plan = recur::plan(task(), threads);
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
    const StopOnInterrupt stop;
    Progress progress([&](std::string_view text) { console.log_part(text); },
                      {.live = console.is_terminal(), .width = console.width()});
    return recur::train(task(), {.out = out,
                                 .resume = resume,
                                 .force = force,
                                 .threads = threads,
                                 .sink = [&](const Event& event) { progress(event); },
                                 .stop_requested = [] { return StopOnInterrupt::requested().load(); }});
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
