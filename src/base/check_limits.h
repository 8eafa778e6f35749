// The limits that fields state, checked on a configuration that a program filled in: what the TOML reader
// checks as it reads (settings.h), for those who write C++.
#pragma once

#include <tuple>
#include <type_traits>

#include "base/error.h"
#include "base/fields.h"

namespace recur {

/// Throws ConfigError if a number of the configuration, not of the tables in it, is outside its limits. NaN
/// always is.
template <HasFields Config>
void check_limits(const Config& config) {
  const auto check_one = [&](const auto& described) {
    const auto& value = config.*(described.member);
    if constexpr (std::is_arithmetic_v<std::remove_cvref_t<decltype(value)>>) {
      check<ConfigError>(described.limits.contain(static_cast<double>(value)), "{} is {}, expected {}",
                         described.name, value, described.limits.describe());
    }
  };
  std::apply([&](const auto&... described) { (check_one(described), ...); }, Config::fields);
}

}  // namespace recur
