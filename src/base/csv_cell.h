// A cell of a CSV file, as it is written.
#pragma once

#include <string>
#include <string_view>

namespace recur {

/// A cell as RFC 4180 writes it: in quotes if it needs them.
std::string csv_cell(std::string_view cell);

}  // namespace recur
