#include "cli/commands/all.h"

namespace recur {

const std::vector<Command>& all_commands() {
  static const std::vector<Command> commands{
      train_command(),   evaluate_command(), predict_command(), generate_command(),
      stream_command(),  verify_command(),   convert_command(), show_command(),
      compare_command(), bench_command(),    init_command(),    help_command(),
  };
  return commands;
}

}  // namespace recur
