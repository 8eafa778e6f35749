// The labels of an example, from the cell that holds them.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "data/examples/source.h"

namespace recur {

/// Cuts cells into labels and renames them. Throws ConfigError where label_map is not "old=new,…".
class LabelReader {
 public:
  explicit LabelReader(const ExampleSource& source);

  /// The labels in a cell: one, or several where label_separator or a list of JSON parts them. Throws
  /// DataError, which begins with `place`, where one is empty.
  std::vector<std::string> read(std::string_view cell, const std::string& place) const;

  /// What a label is called: its new name, or its own.
  std::string rename(std::string_view label) const;

 private:
  std::string separator_;
  std::map<std::string, std::string, std::less<>> names_;
};

/// Without the white space around it.
std::string_view trimmed(std::string_view text);

}  // namespace recur
