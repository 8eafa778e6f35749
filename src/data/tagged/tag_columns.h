// Which columns of a line hold its word, its tag, and what is read beside the word.
#pragma once

#include <string>
#include <vector>

#include "base/types.h"
#include "data/tagged/tag_source.h"

namespace recur {

/// Columns by number from 1.
struct TagColumns {
  Index count = 0;  ///< of a line
  Index word = 1, tag = 1;
  std::vector<Index> features{};

  /// What the source asks for of lines with `count` columns. Throws ConfigError for what is no column's name.
  static TagColumns of(const TagSource& source, bool conllu, Index count);

  /// Throws ConfigError for columns that there are not, and for one that is to hold two things. Without tags
  /// any file has its word, in the last column if not where it should be. `file` and `line` are named.
  void check(const std::string& file, Index line, bool with_tags) const;
};

}  // namespace recur
