#include "cli/commands/all.h"

namespace recur {

const std::vector<Command>& all_commands() {
  static const std::vector<Command> commands{help_command()};
  return commands;
}

}  // namespace recur
