// Console: where the command writes. Results go to stdout, everything else to stderr.
#pragma once

#include <cstdio>
#include <string_view>

namespace recur {

/// Thrown when nobody reads stdout any more, as in `recur generate RUN | head`: a reason to end, but no
/// error.
struct OutputClosed {};

class Console {
 public:
  /// Part of the result, on stdout. Throws OutputClosed, or IoError if the disk is full.
  void print(std::string_view text);
  /// Sends on what `print` has gathered. Throws as `print` does.
  void flush();
  /// For the person who watches, on stderr: a line, or a part of one. What cannot be delivered is dropped.
  void log(std::string_view line);
  void log_part(std::string_view text);

  /// Whether stderr is a terminal, and how many characters fit on its line.
  bool is_terminal() const;
  int width() const;
};

}  // namespace recur
