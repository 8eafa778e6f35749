// The verbs, one file each.
#pragma once

#include "cli/command.h"

namespace recur {

Command train_command();
Command evaluate_command();
Command predict_command();
Command generate_command();
Command stream_command();
Command verify_command();
Command convert_command();
Command show_command();
Command compare_command();
Command bench_command();
Command init_command();
Command help_command();

}  // namespace recur
