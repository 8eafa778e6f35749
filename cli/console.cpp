#include "cli/console.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "base/error.h"

namespace recur {
namespace {

void check_output(bool written) {
  if (written) return;
  if (errno == EPIPE) throw OutputClosed{};
  fail<IoError>("cannot write the output: {}", std::system_category().message(errno));
}

}  // namespace

void Console::print(std::string_view text) {
  check_output(std::fwrite(text.data(), 1, text.size(), stdout) == text.size());
}

void Console::flush() { check_output(std::fflush(stdout) == 0); }

void Console::log(std::string_view line) {
  log_part(line);
  log_part("\n");
}

void Console::log_part(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stderr); }

bool Console::is_terminal() const { return ::isatty(STDERR_FILENO) == 1; }

int Console::width() const {
  winsize size{};
  const bool known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : 80;
}

}  // namespace recur
