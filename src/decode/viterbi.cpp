#include "decode/viterbi.h"

#include <algorithm>
#include <limits>

#include "kernels/table.h"

namespace recur {
namespace {

/// The end of a path: its score, and the rank of what it goes on from at the step before.
struct PathEnd {
  double score;
  std::int32_t from;
  std::int32_t rank;
};

/// What a path that the rules forbid scores at most.
constexpr double kImpossible = ChainArgs<float>::kForbidden / 2;

/// Keeps the best `count` of a list that is sorted by falling score; equal scores stay in their order.
void keep(std::vector<PathEnd>& best, const PathEnd& end, std::size_t count) {
  if (best.size() == count && !(end.score > best.back().score)) return;
  if (best.size() == count) best.pop_back();
  best.insert(std::ranges::upper_bound(best, end.score, std::greater{}, &PathEnd::score), end);
}

/// The best sequence alone: no lists to keep. The loop over where a path comes from is the outer one, so that
/// the compiler takes many tags at once.
TagPath best_path(const float* scores, Index steps, const ChainScores& chain) {
  const auto tags = static_cast<std::size_t>(chain.tags), count = static_cast<std::size_t>(steps);
  std::vector<double> best(tags), next(tags);
  std::vector<std::int32_t> from(count * tags);
  for (std::size_t j = 0; j < tags; ++j)
    best[j] = static_cast<double>(chain.start[j]) + static_cast<double>(scores[j]);
  for (std::size_t t = 1; t < count; ++t) {
    std::int32_t* const came = from.data() + t * tags;
    std::ranges::fill(next, -std::numeric_limits<double>::infinity());
    for (std::size_t k = 0; k < tags; ++k) {
      const float* const move = chain.transition.data() + k * tags;
      const double before = best[k];
      for (std::size_t j = 0; j < tags; ++j) {
        const double score = before + static_cast<double>(move[j]);
        const bool better = score > next[j];
        next[j] = better ? score : next[j];
        came[j] = better ? static_cast<std::int32_t>(k) : came[j];
      }
    }
    for (std::size_t j = 0; j < tags; ++j) next[j] += static_cast<double>(scores[t * tags + j]);
    std::swap(best, next);
  }
  for (std::size_t j = 0; j < tags; ++j) best[j] += static_cast<double>(chain.end[j]);
  std::size_t at = static_cast<std::size_t>(std::ranges::max_element(best) - best.begin());
  TagPath path{.tags = std::vector<std::int32_t>(count), .score = best[at]};
  for (std::size_t t = count; t-- > 0;) {
    path.tags[t] = static_cast<std::int32_t>(at);
    at = static_cast<std::size_t>(from[t * tags + at]);
  }
  return path;
}

}  // namespace

std::vector<TagPath> best_paths(const float* scores, Index steps, const ChainScores& chain, Index count) {
  if (steps == 0) return {{}};
  if (count == 1) return {best_path(scores, steps, chain)};
  const auto tags = static_cast<std::size_t>(chain.tags), most = static_cast<std::size_t>(count);
  // For each step and tag the best ends there.
  std::vector<std::vector<std::vector<PathEnd>>> ends(static_cast<std::size_t>(steps),
                                                      std::vector<std::vector<PathEnd>>(tags));
  for (std::size_t j = 0; j < tags; ++j)
    ends[0][j].push_back({static_cast<double>(chain.start[j]) + static_cast<double>(scores[j]), -1, 0});
  for (std::size_t t = 1; t < ends.size(); ++t)
    for (std::size_t j = 0; j < tags; ++j) {
      std::vector<PathEnd>& best = ends[t][j];
      for (std::size_t k = 0; k < tags; ++k) {
        const double move = static_cast<double>(chain.transition[k * tags + j]);
        for (std::size_t rank = 0; rank < ends[t - 1][k].size(); ++rank)
          keep(best,
               {ends[t - 1][k][rank].score + move, static_cast<std::int32_t>(k),
                static_cast<std::int32_t>(rank)},
               most);
      }
      for (PathEnd& end : best) end.score += static_cast<double>(scores[t * tags + j]);
    }
  std::vector<PathEnd> last;
  for (std::size_t k = 0; k < tags; ++k)
    for (std::size_t rank = 0; rank < ends.back()[k].size(); ++rank)
      keep(last,
           {ends.back()[k][rank].score + static_cast<double>(chain.end[k]), static_cast<std::int32_t>(k),
            static_cast<std::int32_t>(rank)},
           most);
  std::vector<TagPath> paths;
  for (PathEnd at : last) {
    if (at.score < kImpossible && !paths.empty()) break;
    TagPath path{.tags = {}, .score = at.score};
    for (std::size_t t = ends.size(); t-- > 0;) {
      path.tags.push_back(at.from);
      at = ends[t][static_cast<std::size_t>(at.from)][static_cast<std::size_t>(at.rank)];
    }
    std::ranges::reverse(path.tags);
    paths.push_back(std::move(path));
  }
  return paths;
}

}  // namespace recur
