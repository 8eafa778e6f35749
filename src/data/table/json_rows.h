// Rows of JSON lines: an object a line.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/types.h"

namespace recur {

/// What separates the entries of a list ("labels": ["a", "b"]) in its cell: U+001F.
inline constexpr char kListSeparator = '\x1F';

/// Reads objects as rows. The keys of the first one are the columns; later objects may lack some, and what
/// they have beyond is left out. A text is its characters, a number or truth as it is written, a list of
/// those is joined by kListSeparator. What is absent, null, an object or a list of lists is a cell without
/// data: `cell.data() == nullptr`.
class JsonRows {
 public:
  /// The cells of an object, valid until the next call. Throws DataError, which begins with `place`, where
  /// the line is not one object, has a key twice, or is nested more than 64 levels deep.
  void read(std::string_view line, const std::string& place, std::vector<std::string_view>& cells);

  /// Empty before the first object.
  const std::vector<std::string>& columns() const noexcept { return columns_; }

 private:
  class Handler;

  struct Value {
    std::string text;
    bool given = false;  // the key stood in the object
    bool plain = false;  // and its value was a text, a number, a truth or a list of those
  };

  std::vector<std::string> columns_;
  std::unordered_map<std::string, std::size_t> index_;
  std::vector<Value> values_;
};

}  // namespace recur
