#include "data/examples/columns.h"

#include <algorithm>

#include "base/error.h"

namespace recur {

std::optional<Index> known_column(const RowReader& rows, const std::string& given,
                                  const std::vector<std::string>& usual) {
  if (!given.empty()) return rows.find_column(given);
  if (!rows.has_header()) return std::nullopt;
  for (const std::string& name : usual) {
    const auto found = std::find(rows.columns().begin(), rows.columns().end(), name);
    if (found != rows.columns().end()) return found - rows.columns().begin();
  }
  return std::nullopt;
}

std::optional<Index> column_if_there(const RowReader& rows, const std::string& given,
                                     const std::vector<std::string>& usual) {
  try {
    return known_column(rows, given, usual);
  } catch (const ConfigError&) {
    return std::nullopt;
  }
}

Index column_of(const RowReader& rows, std::optional<Index> known, std::optional<Index> other,
                const char* what) {
  if (known) return *known;
  if (rows.columns().size() == 2 && other) return 1 - *other;
  fail<ConfigError>("{}: which column holds the {}? {} (name it: --{}-column NAME, or its number)",
                    rows.name(), what, rows.list_columns(), what);
}

}  // namespace recur
