// JSON as the command prints it.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace recur {

/// A document of its own: indented, with a newline. Bytes that are no UTF-8 become U+FFFD.
std::string document(const nlohmann::json& value);

/// The same in one line, without the newline.
std::string inline_json(const nlohmann::json& value);

}  // namespace recur
