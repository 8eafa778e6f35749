// Parts of a data set in which every class has its share.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/types.h"

namespace recur {

/// Cuts examples into `folds` parts whose sizes differ by at most one, and in which each stratum's share does
/// too: the fold of each example. A function of the strata and the seed.
std::vector<Index> stratified_folds(std::span<const std::int32_t> strata, Index folds, std::uint64_t seed);

/// The examples that `fraction` of them holds out: that share of every stratum, rounded so that the total is
/// right, but no stratum's only example. By rising number; a function of the strata and the seed.
std::vector<Index> stratified_part(std::span<const std::int32_t> strata, double fraction, std::uint64_t seed);

}  // namespace recur
