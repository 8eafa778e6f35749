// Text as code points, as Python sees it: lower case and white space, so that scores agree with programs
// written there.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace recur {

/// REQUIRES: valid UTF-8.
std::u32string code_points(std::string_view text);

/// Python's str.lower: full Unicode lower case; a Σ that ends a word becomes ς.
std::u32string lower_case(std::u32string_view text);

/// What white space parts (Python's str.split), as views of the text.
std::vector<std::u32string_view> split_words(std::u32string_view text);

}  // namespace recur
