// Lists of strings as they lie in model files.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace recur {

/// Each string as its length (32 bits, little endian) and its bytes.
std::vector<std::uint8_t> strings_to_bytes(std::span<const std::string> strings);

/// Back from there; `what` is the list ("vocabulary") and `where` the file in messages. Throws FormatError.
std::vector<std::string> strings_from_bytes(std::span<const std::uint8_t> bytes, std::string_view what,
                                            std::string_view where);

}  // namespace recur
