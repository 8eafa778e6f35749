// Help: what the command can do, printed from the same tables that it parses by.
#pragma once

#include <string>

#include "cli/command.h"

namespace recur {

/// All verbs in a line each.
std::string overview();

/// One verb: its words, flags and defaults. `verb` is as its words have left it, so that after `train lm` the
/// help has the options of lm.
std::string help_of(const Command& command, Verb& verb);

/// Everything, as Markdown: docs/commands.md.
std::string reference();

}  // namespace recur
