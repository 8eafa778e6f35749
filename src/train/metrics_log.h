// metrics.jsonl: a run's events, one JSON object a line. But for `seconds` the file is a function of the run:
// repeated, or killed and resumed, it has the same bytes.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "train/events.h"

namespace recur {

/// An event as one line of JSON, without the newline: "event" is its name, then its fields in order. NaN and
/// infinite numbers are null; bytes that are no UTF-8 become U+FFFD.
std::string to_json_line(const Event& event);

/// Reads such a line. Unknown keys are ignored and missing ones keep their defaults; an event of unknown name
/// (a newer version wrote it) is nothing. Throws FormatError if it is no JSON object with values of the right
/// kind.
std::optional<Event> parse_json_line(std::string_view line);

/// The events in a file. A last line without its newline was torn by a kill and is left out. Throws IoError,
/// or FormatError with file and line.
std::vector<Event> read_metrics(const std::filesystem::path& path);

/// Writes metrics.jsonl. Each line is with the operating system when `write` returns, so that a kill loses
/// none.
class MetricsLog {
 public:
  /// A new file, in place of an older one.
  explicit MetricsLog(const std::filesystem::path& path);

  /// Goes on after a checkpoint of `step` steps: what a run told after it is cut off, as it will be told
  /// again, and so is its end. What the resumed run repeats from before (its start, its baselines) is then
  /// not written twice. A missing file begins anew; what cannot be read is cut off too: the run is worth more
  /// than its log.
  MetricsLog(const std::filesystem::path& path, Index step);

  void write(const Event& event);

 private:
  struct Kept {
    Index bytes = 0, step = -1;
    bool epoch_told = false;  // the epoch that ended with that step, if one did
  };
  static Kept kept_part(const std::filesystem::path& path, Index step);
  MetricsLog(const std::filesystem::path& path, Kept kept);

  bool repeated(const Event& event) const;

  Kept kept_;  // of an earlier session
  LineLog log_;
};

}  // namespace recur
