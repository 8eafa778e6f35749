// Presets: the files of configs/, compiled in.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/settings.h"

namespace recur {

struct Preset {
  std::string_view name;  // of configs/NAME.toml
  std::string_view text;
};

/// All of them; presets.cpp is written by CMake.
std::span<const Preset> all_presets();

/// The settings of a preset, its `task` among them. Throws ConfigError with a suggestion.
std::vector<Setting> preset_settings(std::string_view name);

}  // namespace recur
