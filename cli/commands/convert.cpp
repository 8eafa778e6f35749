// recur convert: a trained model in fewer bytes.
#include "api/convert.h"

#include <fmt/core.h>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/commands/all.h"
#include "cli/metrics_table.h"

namespace recur {
namespace {

std::string describe(const nlohmann::json& report) {
  const auto before = report["bytes"]["before"].get<double>(), after = report["bytes"]["after"].get<double>();
  std::string text = fmt::format("{}: {} matrices as {}, {} bytes instead of {} ({:.0f} %)\n",
                                 report["out"].get<std::string>(), report["matrices"].get<Index>(),
                                 report["type"] == "bf16" ? "bfloat16" : "int8 and bfloat16",
                                 format_count(static_cast<Index>(after)),
                                 format_count(static_cast<Index>(before)), 100 * after / before);
  if (!report.contains("before")) return text + "what that does to its scores is told with --data FILE\n";
  return text + fmt::format("on {}:\n", report["data"].get<std::string>()) +
         metrics_table({{"before", report["before"]}, {"after", report["after"]}});
}

struct Convert final : Verb {
  std::filesystem::path model, out, data;
  WeightType type = WeightType::bf16;
  bool force = false, json = false;
  Index threads = 0;

  static constexpr auto fields = std::tuple{
      field("run", &Convert::model, "a run folder, or its model.safetensors"),
      field("out", &Convert::out, "the folder for the converted model"),
      field(
          "type", &Convert::type,
          "bf16, or int8 for the matrices of recurrent layers: fewer bytes still, and faster steps, but what "
          "they read is rounded, too"),
      field("data", &Convert::data, "what the model is scored on before and after"),
      field("force", &Convert::force, "replace a model that is in that folder"),
      field("threads", &Convert::threads, "0: all cores; the result does not depend on it").at_least(0),
      field("json", &Convert::json, "print the report as one JSON document"),
  };

  std::vector<Option> options() override { return options_of(*this); }

  int run(Console& console) override {
    check<ConfigError>(!out.empty(), "'recur convert' needs --out FOLDER, where to put the model");
    const nlohmann::json report =
        convert({.run = model, .out = out, .data = data, .type = type, .force = force, .threads = threads});
    console.print(json ? document(report) : describe(report));
    return 0;
  }
};

}  // namespace

Command convert_command() {
  return {.name = "convert",
          .summary = "Store a model's matrices as bfloat16 or int8: fewer bytes, and faster steps of streams",
          .examples =
              "recur convert runs/tiny --out runs/small --data other.txt\nrecur convert runs/tiny --out "
              "runs/small --type int8 --data other.txt\n",
          .words = {{"RUN", "run"}},
          .make = []() -> std::unique_ptr<Verb> { return std::make_unique<Convert>(); }};
}

}  // namespace recur
