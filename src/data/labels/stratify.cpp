#include "data/labels/stratify.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_map>

#include "base/random.h"

namespace recur {
namespace {

constexpr std::uint64_t kStream = std::uint64_t{3} << 32;  // of random numbers, apart from other users'

/// All examples, stratum by stratum, each in random order.
std::vector<Index> by_stratum(std::span<const std::int32_t> strata, std::uint64_t seed) {
  std::vector<Index> order(strata.size());
  std::iota(order.begin(), order.end(), Index{0});
  Random(seed, kStream).shuffle(std::span(order));
  std::ranges::stable_sort(order, {}, [&](Index i) { return strata[static_cast<std::size_t>(i)]; });
  return order;
}

}  // namespace

std::vector<Index> stratified_folds(std::span<const std::int32_t> strata, Index folds, std::uint64_t seed) {
  const std::vector<Index> order = by_stratum(strata, seed);
  std::vector<Index> fold(strata.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    fold[static_cast<std::size_t>(order[i])] = static_cast<Index>(i) % folds;
  return fold;
}

std::vector<Index> stratified_part(std::span<const std::int32_t> strata, double fraction,
                                   std::uint64_t seed) {
  std::vector<Index> order = by_stratum(strata, seed);
  std::unordered_map<std::int32_t, Index> members;
  for (const std::int32_t s : strata) ++members[s];
  std::erase_if(order, [&](Index i) { return members.at(strata[static_cast<std::size_t>(i)]) == 1; });
  // Every 1/fraction-th along the strata, from the middle of the first stretch on.
  std::vector<Index> part;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto before = [&](std::size_t k) { return std::floor(static_cast<double>(k) * fraction + 0.5); };
    if (before(i + 1) > before(i)) part.push_back(order[i]);
  }
  std::ranges::sort(part);
  return part;
}

}  // namespace recur
