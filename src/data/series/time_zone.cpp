#include "data/series/time_zone.h"

#include <chrono>

#include "base/error.h"

#ifdef RECUR_TIME_ZONES
#include <date/tz.h>
#endif

namespace recur {

#ifdef RECUR_TIME_ZONES
namespace {

using Microseconds = std::chrono::microseconds;

const date::time_zone& zone_at(const void* zone) { return *static_cast<const date::time_zone*>(zone); }

}  // namespace

TimeZone::TimeZone(const std::string& name) : name_(name), zone_(nullptr) {
  try {
    zone_ = date::locate_zone(name);
  } catch (const std::exception&) {
    fail<ConfigError>("there is no time zone '{}'; names are like Europe/Berlin, America/New_York, UTC",
                      name);
  }
}

std::optional<Time> TimeZone::to_utc(Time local, std::optional<Time> previous) const {
  const date::local_time<Microseconds> at{Microseconds(local)};
  const date::local_info info = zone_at(zone_).get_info(at);
  if (info.result == date::local_info::nonexistent) return std::nullopt;
  const auto utc = [&](const date::sys_info& i) { return local - Microseconds(i.offset).count(); };
  const Time first = utc(info.first);
  if (info.result == date::local_info::ambiguous && previous && first <= *previous) return utc(info.second);
  return first;
}

Time TimeZone::to_local(Time utc) const {
  const date::sys_info info = zone_at(zone_).get_info(date::sys_time<Microseconds>(Microseconds(utc)));
  return utc + Microseconds(info.offset).count();
}

#else

TimeZone::TimeZone(const std::string& name) : name_(name), zone_(nullptr) {
  fail<ConfigError>("zone is '{}', but this program was built without time zones (libhowardhinnant-date-dev)",
                    name);
}
std::optional<Time> TimeZone::to_utc(Time local, std::optional<Time>) const { return local; }
Time TimeZone::to_local(Time utc) const { return utc; }

#endif

}  // namespace recur
