// recur verify: what is promised of a model, proved on it.
#include "api/verify.h"

#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/commands/all.h"

namespace recur {
namespace {

nlohmann::json json_of(const Verification& verification) {
  nlohmann::json json{
      {"run", verification.run}, {"holds", verification.holds()}, {"checks", nlohmann::json::array()}};
  for (const Check& one : verification.checks) {
    json["checks"].push_back(
        {{"promise", one.promise}, {"holds", one.holds}, {"compared", one.compared}, {"detail", one.detail}});
  }
  return json;
}

std::string describe(const Verification& verification) {
  std::string text;
  for (const Check& one : verification.checks) {
    text += fmt::format("{} {}: {} numbers compared, {}\n", one.holds ? "proved" : "FAILED", one.promise,
                        format_count(one.compared), one.detail);
  }
  return text;
}

struct Verify final : Verb {
  std::filesystem::path model;
  bool json = false;

  static constexpr auto fields = std::tuple{
      field("run", &Verify::model, "a run folder, or its model.safetensors"),
      field("json", &Verify::json, "print the report as one JSON document"),
  };

  std::vector<Option> options() override { return options_of(*this); }

  int run(Console& console) override {
    const Verification verification = verify(model);
    console.print(json ? document(json_of(verification)) : describe(verification));
    console.flush();
    const auto failed = std::count_if(verification.checks.begin(), verification.checks.end(),
                                      [](const Check& one) { return !one.holds; });
    recur::check<DataError>(failed == 0,
                            "{}: {} of {} promises do not hold (was the file changed after training?)",
                            model.string(), failed, verification.checks.size());
    return 0;
  }
};

}  // namespace

Command verify_command() {
  return {
      .name = "verify",
      .summary = "Replay a model's golden outputs, and prove that its results do not depend on how it is run",
      .examples = "recur verify runs/tiny\n",
      .words = {{"RUN", "run"}},
      .make = []() -> std::unique_ptr<Verb> { return std::make_unique<Verify>(); }};
}

}  // namespace recur
