// The likeliest tokens of a model's logits.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <optional>
#include <span>
#include <vector>

#include "base/types.h"

namespace recur {

/// ln Σ exp of the logits.
inline double log_sum_exp(std::span<const float> logits) {
  const double largest = *std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (const float logit : logits) sum += std::exp(logit - largest);
  return largest + std::log(sum);
}

struct LikelyToken {
  std::int32_t id = 0;
  double probability = 0;
};

/// The `count` likeliest tokens, best first; of equally likely ones the smaller id. One that is never to come
/// is left out, but keeps its share of the probability.
inline std::vector<LikelyToken> likeliest(std::span<const float> logits, std::size_t count,
                                          std::optional<std::int32_t> never = {}) {
  std::vector<std::int32_t> ids(logits.size());
  std::iota(ids.begin(), ids.end(), 0);
  if (never) std::erase(ids, *never);
  count = std::min(count, ids.size());
  const auto logit = [&](std::int32_t id) { return logits[static_cast<std::size_t>(id)]; };
  std::partial_sort(
      ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(count), ids.end(),
      [&](std::int32_t a, std::int32_t b) { return logit(a) != logit(b) ? logit(a) > logit(b) : a < b; });
  const double total = log_sum_exp(logits);
  std::vector<LikelyToken> best;
  for (const std::int32_t id : std::span(ids).first(count))
    best.push_back({id, std::exp(static_cast<double>(logit(id)) - total)});
  return best;
}

}  // namespace recur
