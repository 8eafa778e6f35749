// Which columns of a table hold what, where the options do not say.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "data/table/row_reader.h"

namespace recur {

/// What a column of labels is usually called.
inline const std::vector<std::string> kLabelNames{"label", "labels", "class"};

/// The column that is given, or the first one called as in `usual`; nothing if there is none.
std::optional<Index> known_column(const RowReader& rows, const std::string& given,
                                  const std::vector<std::string>& usual);

/// The same, but a given column need not be there.
std::optional<Index> column_if_there(const RowReader& rows, const std::string& given,
                                     const std::vector<std::string>& usual);

/// The known column; else, of two columns, the one beside `other`. Throws ConfigError where it is neither:
/// which column holds the `what` ("text", "label")?
Index column_of(const RowReader& rows, std::optional<Index> known, std::optional<Index> other,
                const char* what);

}  // namespace recur
