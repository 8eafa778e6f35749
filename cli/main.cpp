// The roof: routes to a verb, and turns every way to fail into one line and an exit code.
#include <fcntl.h>
#include <fmt/core.h>
#include <recur/version.h>
#include <unistd.h>

#include <algorithm>
#include <exception>
#include <new>
#include <string>
#include <vector>

#include "base/error.h"
#include "cli/arguments.h"
#include "cli/console.h"
#include "cli/help.h"
#include "cli/signals.h"

namespace recur {
namespace {

enum ExitCode { kDone = 0, kWorkFailed = 1, kCommandWrong = 2 };

int run(std::vector<std::string> arguments, Console& console) {
  if (arguments.empty()) {
    console.log(overview());
    return kCommandWrong;
  }
  const std::string name = arguments.front();
  arguments.erase(arguments.begin());
  int code = kDone;
  if (name == "--version") {
    console.print(fmt::format("recur {}\n", version()));
  } else if (name == "--help" || name == "-h") {
    console.print(overview());
  } else {
    const Command& command = find_command(name);
    const auto verb = command.make();
    if (parse_arguments(command, arguments, *verb)) {
      code = verb->run(console);
    } else {
      console.print(help_of(command, *verb));
    }
  }
  console.flush();
  return code;
}

int report(Console& console, std::string message, ExitCode code) {
  std::replace(message.begin(), message.end(), '\n', ' ');  // one line, whatever a library says
  console.log("recur: error: " + message);
  return code;
}

int guarded(const std::vector<std::string>& arguments) {
  Console console;
  try {
    return run(arguments, console);
  } catch (const OutputClosed&) {
    return kDone;
  } catch (const ConfigError& error) {
    return report(console, error.what(), kCommandWrong);
  } catch (const Error& error) {
    return report(console, error.what(), kWorkFailed);
  } catch (const std::bad_alloc&) {
    return report(console, "out of memory (smaller batches, shorter sequences or a smaller model need less)",
                  kWorkFailed);
  } catch (const std::exception& error) {
    return report(console, fmt::format("unexpected: {} (this is a bug of recur)", error.what()), kWorkFailed);
  }
}

/// A file opened while a standard stream is closed would take its number, and what is printed. In its place
/// comes one that fails as a closed one does.
void occupy_closed_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(stream, F_GETFD) == -1) ::open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

}  // namespace
}  // namespace recur

int main(int argc, char** argv) {
  recur::occupy_closed_streams();
  recur::ignore_write_signals();
  return recur::guarded(std::vector<std::string>(argv + 1, argv + argc));
}
