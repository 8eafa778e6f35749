// Parts of a data set in which every class has its share.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "base/types.h"

namespace recur {

/// Cuts examples into `folds` parts whose sizes differ by at most one, and in which each stratum's share does
/// too: the fold of each example. A function of the strata and the seed.
std::vector<Index> stratified_folds(std::span<const std::int32_t> strata, Index folds, std::uint64_t seed);

/// The examples that `fraction` of them holds out: that share of every stratum, rounded so that the total is
/// right, but no stratum's only example. By rising number; a function of the strata and the seed.
std::vector<Index> stratified_part(std::span<const std::int32_t> strata, double fraction, std::uint64_t seed);

/// Moves the examples `chosen`, by rising number, to the end of another list.
template <class Example>
void move_chosen(std::vector<Example>& from, std::span<const Index> chosen, std::vector<Example>& to) {
  std::vector<Example> rest;
  std::size_t next = 0;
  for (std::size_t i = 0; i < from.size(); ++i) {
    const bool moves = next < chosen.size() && static_cast<std::size_t>(chosen[next]) == i;
    next += moves;
    (moves ? to : rest).push_back(std::move(from[i]));
  }
  from = std::move(rest);
}

/// Moves that share of the examples, which are of one stratum, to the end of another list.
template <class Example>
void hold_out(std::vector<Example>& from, double fraction, std::uint64_t seed, std::vector<Example>& to) {
  const std::vector<std::int32_t> one_stratum(from.size(), 0);
  move_chosen(from, std::span<const Index>(stratified_part(one_stratum, fraction, seed)), to);
}

}  // namespace recur
