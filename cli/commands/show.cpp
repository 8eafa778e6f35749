// recur show: the program, a cell, a run.
#include "api/show.h"

#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/commands/all.h"
#include "cli/report_text.h"

namespace recur {
namespace {

using nlohmann::json;

std::string text_of(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  return value.is_number_float() ? shortest(value.get<double>()) : value.dump();
}

std::string list_of(const json& values) {
  std::string text;
  for (const json& value : values) text += (text.empty() ? "" : ", ") + text_of(value);
  return text;
}

std::string named_list(const char* title, const json& entries) {
  std::string text = fmt::format("\n{}:\n", title);
  for (const json& entry : entries)
    text += fmt::format("  {:<18}{}\n", text_of(entry["name"]), text_of(entry["summary"]));
  return text;
}

std::string describe_program(const json& program) {
  return fmt::format("recur {}\ninstruction set {} (here run: {}; RECUR_ISA chooses), {} cores\n",
                     text_of(program["version"]), text_of(program["isa"]), list_of(program["isas"]),
                     text_of(program["cores"])) +
         named_list("cells", program["cells"]) + named_list("tasks", program["tasks"]);
}

std::string describe_cell(const json& cell) {
  std::string text = fmt::format("{}: {}\n\nequations:\n", text_of(cell["cell"]), text_of(cell["summary"]));
  for (const json& equation : cell["equations"]) text += "  " + text_of(equation) + "\n";
  text += "\ngates, in the order of the weights' rows:\n";
  const bool staged = cell["gates"].back()["stage"] != 0;
  for (const json& gate : cell["gates"]) {
    text += fmt::format("  {:<4}from {}", text_of(gate["name"]), text_of(gate["from"]));
    text += staged ? fmt::format(", stage {}\n", text_of(gate["stage"])) : "\n";
  }
  text += fmt::format("\nstates: {}\n", list_of(cell["states"]));
  if (!cell["unit_weights"].empty())
    text += fmt::format("weights of each unit: {}\n", list_of(cell["unit_weights"]));
  return text + fmt::format("parameters: {} = {} with I = {}, H = {} (--input, --hidden)\n",
                            text_of(cell["formula"]), format_count(cell["parameters"].get<Index>()),
                            text_of(cell["input"]), text_of(cell["hidden"]));
}

void append_config(const json& table, const std::string& prefix, std::string& text) {
  for (const auto& [name, value] : table.items()) {
    if (value.is_object()) {
      append_config(value, prefix + name + ".", text);
    } else {
      text += fmt::format("  {:<28}{}\n", prefix + name, value.is_array() ? list_of(value) : text_of(value));
    }
  }
}

std::string describe_run(const json& run) {
  std::string text = fmt::format("{}: {}, {}, {}\n", text_of(run["run"]), text_of(run["task"]),
                                 counted(run["parameters"].get<Index>(), "parameter"),
                                 format_bytes(run["bytes"].get<Index>()));
  if (run.contains("steps")) {
    text += fmt::format("trained for {}, {}, {}\n", counted(run["steps"].get<Index>(), "step"),
                        counted(run["epoch"].get<Index>(), "epoch"),
                        format_seconds(run["seconds"].get<double>()));
  }
  if (run.contains("notes"))
    for (const json& note : run["notes"]) text += text_of(note) + "\n";
  text += "\n" + scores_text(run) + "\noptions:\n";
  append_config(run["config"], "", text);
  text += "\ntensors:\n";
  for (const json& tensor : run["tensors"]) {
    text += fmt::format("  {:<28}{} [{}]\n", text_of(tensor["name"]), text_of(tensor["type"]),
                        list_of(tensor["shape"]));
  }
  text += fmt::format("\ngolden outputs computed with {}; training data sha256 {}\n", text_of(run["isa"]),
                      text_of(run["data_sha256"]));
  for (const json& advice : run.value("advice", json::array())) text += "advice: " + text_of(advice) + "\n";
  return text;
}

struct Show final : Verb {
  std::string subject;
  Index input = 256, hidden = 256;
  bool json_output = false;

  static constexpr auto fields = std::tuple{
      field("subject", &Show::subject,
            "a run folder, a model.safetensors or a cell; without it, the program"),
      field("input", &Show::input, "inputs, for the number of a cell's parameters").between(1, 1 << 20),
      field("hidden", &Show::hidden, "units, for the number of a cell's parameters").between(1, 1 << 20),
      field("json", &Show::json_output, "print it as one JSON document"),
  };

  std::vector<Option> options() override { return options_of(*this); }

  int run(Console& console) override {
    if (subject.empty()) {
      print(console, show_program(), describe_program);
    } else if (is_cell(subject)) {
      print(console, show_cell(subject, input, hidden), describe_cell);
    } else {
      check_exists();
      print(console, show_run(subject), describe_run);
    }
    return 0;
  }

  void print(Console& console, const json& shown, std::string (*describe)(const json&)) const {
    console.print(json_output ? document(shown) : describe(shown));
  }

  /// A word without a path is rather a cell that was misspelt than a folder that is missing.
  void check_exists() const {
    if (std::filesystem::exists(subject) || subject.find('/') != std::string::npos) return;
    const json program = show_program();
    std::vector<std::string_view> cells;
    for (const json& cell : program["cells"]) cells.push_back(cell["name"].get_ref<const std::string&>());
    fail<IoError>("there is no run or cell '{}'{} (recur show lists the cells)", subject,
                  did_you_mean(subject, cells));
  }
};

}  // namespace

Command show_command() {
  return {.name = "show",
          .summary = "Explain the program, a cell (its equations, from the code that runs), or a run",
          .examples = "recur show\nrecur show lstm\nrecur show runs/tiny\n",
          .words = {{"RUN|CELL", "subject", false}},
          .make = []() -> std::unique_ptr<Verb> { return std::make_unique<Show>(); }};
}

}  // namespace recur
