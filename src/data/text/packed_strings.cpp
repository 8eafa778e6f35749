#include "data/text/packed_strings.h"

#include "base/error.h"
#include "base/types.h"

namespace recur {

std::vector<std::uint8_t> strings_to_bytes(std::span<const std::string> strings) {
  std::vector<std::uint8_t> bytes;
  for (const std::string& s : strings) {
    for (int shift = 0; shift < 32; shift += 8) bytes.push_back(static_cast<std::uint8_t>(s.size() >> shift));
    bytes.insert(bytes.end(), s.begin(), s.end());
  }
  return bytes;
}

std::vector<std::string> strings_from_bytes(std::span<const std::uint8_t> bytes, std::string_view what,
                                            std::string_view where) {
  std::vector<std::string> strings;
  while (!bytes.empty()) {
    check<FormatError>(bytes.size() >= 4, "{}: the {} is cut off in unit {}", where, what, strings.size());
    std::size_t length = 0;
    for (std::size_t i = 0; i < 4; ++i) length |= std::size_t{bytes[i]} << (8 * i);
    bytes = bytes.subspan(4);
    check<FormatError>(length <= bytes.size(), "{}: the {} is cut off in unit {}", where, what,
                       strings.size());
    strings.emplace_back(bytes.begin(), bytes.begin() + static_cast<Index>(length));
    bytes = bytes.subspan(length);
  }
  return strings;
}

}  // namespace recur
