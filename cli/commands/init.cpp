// recur init: a configuration to begin with.
#include "base/toml.h"
#include "cli/commands/all.h"
#include "cli/task_verb.h"

namespace recur {
namespace {

struct Init final : TaskVerb {
  static constexpr auto fields = common_fields;

  std::vector<Option> own_options() override { return options_of(*this); }

  int run(Console& console) override {
    check_options(task());
    console.print(write_toml(task().options()));
    return 0;
  }
};

}  // namespace

Command init_command() {
  return {.name = "init",
          .summary = "Print a configuration with every option of a task, its value and its meaning",
          .examples = "recur init lm > my.toml\nrecur init lm --cell gru --hidden-size 512 > my.toml\n",
          .words = task_words(),
          .make = []() -> std::unique_ptr<Verb> { return std::make_unique<Init>(); },
          .aliases = task_aliases(),
          .variants = task_names};
}

}  // namespace recur
