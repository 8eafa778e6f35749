// Configurations as JSON: what the model file and `--json` hold.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/settings.h"

namespace recur {

/// Parses a text that nobody vouches for. Throws FormatError, which begins with `what` ("a.safetensors: the
/// header"), where it is no JSON, has a key twice or is nested more than `deepest` levels deep: a parser that
/// recurses would follow it to the end of the stack.
nlohmann::json parse_json(std::string_view text, const std::string& what, int deepest);

/// A value for a message: one line of ASCII, cut where it is long.
std::string shown(const nlohmann::json& value);

/// A document of its own: indented, with a newline. Bytes that are no UTF-8, as paths may have, become
/// U+FFFD.
std::string document(const nlohmann::json& value);

/// The same in one line, without the newline.
std::string inline_json(const nlohmann::json& value);

/// All options with their values, tables as objects.
nlohmann::json to_json(std::span<const Option> options);

/// The settings of a JSON object; messages about them begin with `place`. Throws ConfigError where it is no
/// object of plain values.
std::vector<Setting> settings_of(const nlohmann::json& object, std::string_view place);

}  // namespace recur
