// recur predict: a trained model's answers to new data.
#include "api/predict.h"

#include "cli/answers.h"
#include "cli/commands/all.h"
#include "cli/model_verb.h"

namespace recur {
namespace {

struct Predict final : ModelVerb {
  std::filesystem::path model;
  std::filesystem::path input = "-";
  Index threads = 0;
  bool json = false;

  static constexpr auto fields = std::tuple{
      field("run", &Predict::model, "a run folder, or its model.safetensors"),
      field("input", &Predict::input,
            "data as the model was trained on, without answers; -: the standard input"),
      field("threads", &Predict::threads, "0: all cores; the result does not depend on it").at_least(0),
      field("json", &Predict::json, "print a line of JSON for each answer, instead of CSV"),
      set_field,
  };

  std::vector<Option> options() override { return options_of(*this); }

  int run(Console& console) override {
    Answers answers(
        [&](std::string_view text) {
          console.print(text);
          if (input == "-") console.flush();  // who types line by line waits for the answer
        },
        json);
    predict(
        model, input, threads, [&](const nlohmann::ordered_json& answer) { answers(answer); }, anew_);
    return 0;
  }
};

}  // namespace

Command predict_command() {
  return {.name = "predict",
          .summary = "Answer new data with a trained model",
          .examples =
              "recur predict runs/reviews new.csv > answers.csv\n"
              "echo \"what a film\" | recur predict runs/reviews -\n",
          .words = {{"RUN", "run"}, {"PATH|-", "input", false}},
          .make = []() -> std::unique_ptr<Verb> { return std::make_unique<Predict>(); }};
}

}  // namespace recur
