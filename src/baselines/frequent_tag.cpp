#include "baselines/frequent_tag.h"

#include <algorithm>

namespace recur {

void FrequentTag::add(std::string_view word, std::int32_t tag) {
  ++all_[static_cast<std::size_t>(tag)];
  ++words_.try_emplace(std::string(word)).first->second[tag];
}

std::int32_t FrequentTag::tag(std::string_view word) const {
  const auto found = words_.find(word);
  if (found == words_.end()) return static_cast<std::int32_t>(std::ranges::max_element(all_) - all_.begin());
  std::int32_t best = -1;
  Index most = 0;
  for (const auto& [tag, count] : found->second)
    if (count > most) best = tag, most = count;
  return best;
}

}  // namespace recur
