// Time zones: between what clocks show and the time that passes.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "data/series/time_format.h"

namespace recur {

/// A zone of the IANA database, such as "Europe/Berlin", as the system's zoneinfo has it.
class TimeZone {
 public:
  /// Throws ConfigError for a name that the database does not have, or where the program was built without
  /// time zones.
  explicit TimeZone(const std::string& name);

  const std::string& name() const { return name_; }

  /// The time (UTC) at which clocks show `local`. An hour that clocks show twice is the first one unless that
  /// is not after `previous`. Nothing if clocks never show it: they were put forward over it.
  std::optional<Time> to_utc(Time local, std::optional<Time> previous) const;
  /// What clocks show at a time.
  Time to_local(Time utc) const;

 private:
  std::string name_;
  const void* zone_;
};

}  // namespace recur
