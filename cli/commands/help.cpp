// recur help: the overview, one command, or the whole reference.
#include "cli/help.h"

#include "cli/commands/all.h"

namespace recur {
namespace {

struct Help final : Verb {
  std::string command;
  bool markdown = false;

  static constexpr auto fields = std::tuple{
      field("command", &Help::command, "the command to explain; without it, all of them in a line each"),
      field("markdown", &Help::markdown, "all commands with all their flags, as Markdown"),
  };

  std::vector<Option> options() override { return options_of(*this); }

  int run(Console& console) override {
    if (markdown) {
      console.print(reference());
    } else if (command.empty()) {
      console.print(overview());
    } else {
      const Command& found = find_command(command);
      console.print(help_of(found, *found.make()));
    }
    return 0;
  }
};

}  // namespace

Command help_command() {
  return {.name = "help",
          .summary = "Explain the commands",
          .examples = "recur help train\nrecur train lm --help\n",
          .words = {{"COMMAND", "command", false}},
          .make = []() -> std::unique_ptr<Verb> { return std::make_unique<Help>(); }};
}

}  // namespace recur
