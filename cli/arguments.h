// Arguments: from the words of a command line to a verb that knows what to do.
#pragma once

#include <span>
#include <string>

#include "cli/command.h"

namespace recur {

/// Gives `verb` what the arguments behind its name say. Returns false if they ask for help instead. Throws
/// ConfigError for unknown flags (with a suggestion), missing or surplus words and impossible values.
///
///   --flag value, --flag=value     a value; the last one of a flag counts
///   --switch, --no-switch          true, false
///   --set key=value                any option by its key, where the verb has a `set` option
///   --                             what follows are words, also if it begins with a dash
bool parse_arguments(const Command& command, std::span<const std::string> arguments, Verb& verb);

}  // namespace recur
