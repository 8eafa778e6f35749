// Configurations as TOML: read into settings, written with their meaning beside each key.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/settings.h"

namespace recur {

/// The settings of a TOML text, each with its place `name:line: `. Throws ConfigError where it is not TOML.
std::vector<Setting> parse_toml(std::string_view text, std::string_view name);

/// The settings of a file. Throws IoError, ConfigError.
std::vector<Setting> read_toml(const std::filesystem::path& path);

/// All options with their values: the keys of the top first, then a table each, in the order of the fields;
/// the help of an option is its comment. Reading the text back gives the same values to the bit.
std::string write_toml(std::span<const Option> options);

}  // namespace recur
