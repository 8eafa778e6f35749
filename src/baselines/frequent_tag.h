// The most frequent tag of each word: what a tagger must beat.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/types.h"

namespace recur {

/// Answers each word with the tag that it had most often in training, a word that it never met with the most
/// frequent tag of all; of equally frequent tags the one with the lowest number.
class FrequentTag {
 public:
  explicit FrequentTag(Index tags) : all_(static_cast<std::size_t>(tags)) {}

  void add(std::string_view word, std::int32_t tag);
  std::int32_t tag(std::string_view word) const;

 private:
  std::vector<Index> all_;
  std::map<std::string, std::map<std::int32_t, Index>, std::less<>> words_;
};

}  // namespace recur
