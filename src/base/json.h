// Configurations as JSON: what the model file and `--json` hold.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string_view>
#include <vector>

#include "base/settings.h"

namespace recur {

/// All options with their values, tables as objects.
nlohmann::json to_json(std::span<const Option> options);

/// The settings of a JSON object; messages about them begin with `place`. Throws ConfigError where it is no
/// object of plain values.
std::vector<Setting> settings_of(const nlohmann::json& object, std::string_view place);

}  // namespace recur
