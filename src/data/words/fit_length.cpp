#include "data/words/fit_length.h"

namespace recur {

bool fit_length(std::vector<std::int32_t>& ids, Index length, Keep keep) {
  const Index size = static_cast<Index>(ids.size());
  if (length == 0 || size <= length) return false;
  const Index head = keep == Keep::head ? length : keep == Keep::tail ? 0 : length - length / 2;
  ids.erase(ids.begin() + head, ids.begin() + head + (size - length));
  return true;
}

}  // namespace recur
