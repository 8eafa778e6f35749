// recur evaluate: the score of a trained model on other data.
#include <nlohmann/json.hpp>

#include "api/train.h"
#include "base/error.h"
#include "base/json.h"
#include "cli/commands/all.h"
#include "cli/metrics_table.h"
#include "cli/model_verb.h"
#include "cli/report_text.h"

namespace recur {
namespace {

struct Evaluate final : ModelVerb {
  std::filesystem::path model, data;
  Index threads = 0;
  bool json = false;

  static constexpr auto fields = std::tuple{
      field("run", &Evaluate::model, "a run folder, or its model.safetensors"),
      field("data", &Evaluate::data, "what to score it on"),
      field("threads", &Evaluate::threads, "0: all cores; the result does not depend on it").at_least(0),
      field("json", &Evaluate::json, "print the report as one JSON document"),
      set_field,
  };

  std::vector<Option> options() override { return options_of(*this); }

  int run(Console& console) override {
    check<ConfigError>(!data.empty(), "'recur evaluate' needs --data PATH, what to score {} on",
                       model.string());
    const nlohmann::json report = recur::evaluate(model, data, threads, anew_);
    if (json) {
      console.print(document(report));
      return 0;
    }
    auto rows = rows_of(report.at("trained"), "trained ");
    rows.emplace_back(data.filename().string(), report.at("metrics").at("test"));
    console.print(metrics_table(rows) + tables_text(report));
    return 0;
  }
};

}  // namespace

Command evaluate_command() {
  return {.name = "evaluate",
          .summary = "Score a trained model on data",
          .examples = "recur evaluate runs/tiny --data other.txt\n",
          .words = {{"RUN", "run"}},
          .make = []() -> std::unique_ptr<Verb> { return std::make_unique<Evaluate>(); }};
}

}  // namespace recur
