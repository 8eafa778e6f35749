// Two vectors of lanes that are read together.
#pragma once

namespace recur {

template <class L>
struct Pair {
  L low, high;
};

}  // namespace recur
