// The verbs, one file each.
#pragma once

#include "cli/command.h"

namespace recur {

Command help_command();

}  // namespace recur
