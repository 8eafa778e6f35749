// recur generate: a text by a language model.
#include "api/generate.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "base/json.h"
#include "cli/commands/all.h"

namespace recur {
namespace {

struct Generate final : Verb {
  std::filesystem::path model;
  std::string prompt;
  Index length = 400;
  double temperature = 0.8;
  Index top_k = 0;
  double top_p = 1;
  Index seed = 1;
  bool json = false;

  static constexpr auto fields = std::tuple{
      field("run", &Generate::model, "a run folder, or its model.safetensors"),
      field("prompt", &Generate::prompt, "what the text goes on from; not given: a new line"),
      field("length", &Generate::length, "tokens to write").at_least(0),
      field("temperature", &Generate::temperature,
            "below 1 the probable becomes more probable; 0 takes the most probable token")
          .at_least(0),
      field("top_k", &Generate::top_k, "draw from this many tokens only, the most probable; 0: from all")
          .at_least(0),
      field("top_p", &Generate::top_p, "draw from the fewest tokens whose probabilities reach this sum")
          .more_than(0)
          .at_most(1),
      field("seed", &Generate::seed, "another seed, another text").at_least(0),
      field("json", &Generate::json, "print the report as one JSON document"),
  };

  std::vector<Option> options() override { return options_of(*this); }

  int run(Console& console) override {
    const auto show = [&](std::string_view piece) {
      if (json) return;
      console.print(piece);
      console.flush();
    };
    bool begun = false;  // the prompt is shown once it was taken
    const auto begin = [&] {
      if (!std::exchange(begun, true)) show(prompt);
    };
    const Generated generated = generate({.run = model,
                                          .prompt = prompt,
                                          .length = length,
                                          .sampling = {.temperature = temperature,
                                                       .top_k = top_k,
                                                       .top_p = top_p,
                                                       .seed = static_cast<std::uint64_t>(seed)}},
                                         [&](std::string_view piece) {
                                           begin();
                                           show(piece);
                                         });
    begin();
    if (!generated.note.empty()) console.log("note: " + generated.note);
    if (json) {
      console.print(document({{"run", model.string()},
                              {"prompt", prompt},
                              {"text", generated.text},
                              {"note", generated.note},
                              {"prompt_tokens", generated.prompt_tokens},
                              {"tokens", generated.tokens},
                              {"seed", seed},
                              {"seconds", generated.seconds}}));
    } else if (!(prompt + generated.text).ends_with('\n')) {
      console.print("\n");
    }
    return 0;
  }
};

}  // namespace

Command generate_command() {
  return {
      .name = "generate",
      .summary = "Write a text with a language model",
      .examples = "recur generate runs/tiny --prompt \"ROMEO:\" --length 400 --temperature 0.8 --seed 1\n",
      .words = {{"RUN", "run"}},
      .make = []() -> std::unique_ptr<Verb> { return std::make_unique<Generate>(); }};
}

}  // namespace recur
