#include "decode/sampler.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/error.h"
#include "base/philox.h"

namespace recur {
namespace {

/// A number in [0, 1) that belongs to a seed and a position. The third word keeps it apart from other uses of
/// a seed.
double uniform_at(std::uint64_t seed, std::uint64_t position) {
  constexpr std::uint32_t kUse = 0x73616D70;  // "samp"
  const PhiloxBlock block =
      philox({{static_cast<std::uint32_t>(position), static_cast<std::uint32_t>(position >> 32), kUse, 0}},
             {{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)}});
  return uniform01(block.word[0], block.word[1]);
}

}  // namespace

Sampler::Sampler(const Sampling& options) : options_(options) {
  check<ConfigError>(options.temperature >= 0 && std::isfinite(options.temperature),
                     "temperature is {}, expected a number of at least 0", options.temperature);
  check<ConfigError>(options.top_k >= 0, "top_k is {}, expected at least 0 (0 allows all tokens)",
                     options.top_k);
  check<ConfigError>(options.top_p > 0 && options.top_p <= 1,
                     "top_p is {}, expected more than 0 and at most 1 (1 allows all tokens)", options.top_p);
}

std::int32_t Sampler::next(std::span<const float> logits, std::uint64_t position) {
  tokens_.clear();
  for (std::size_t i = 0; i < logits.size(); ++i) {
    const auto id = static_cast<std::int32_t>(i);
    check<DataError>(logits[i] < std::numeric_limits<float>::infinity(),
                     "the logit of token {} is {} at position {}: the model's weights are damaged, or its "
                     "training diverged",
                     id, logits[i], position);
    if (std::isfinite(logits[i]) && id != options_.never) tokens_.emplace_back(logits[i], id);
  }
  check<DataError>(!tokens_.empty(), "no token can come at position {}: all logits are -inf", position);

  const auto more_probable = [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second < b.second;
  };
  if (options_.temperature == 0) return std::ranges::min_element(tokens_, more_probable)->second;
  if (options_.top_k > 0 && options_.top_k < static_cast<Index>(tokens_.size())) {
    std::ranges::nth_element(tokens_, tokens_.begin() + options_.top_k, more_probable);
    tokens_.resize(static_cast<std::size_t>(options_.top_k));
  }
  // Sorted even where all may come: then the same number draws the same token with and without a limit above
  // it.
  std::ranges::sort(tokens_, more_probable);

  weights_.clear();
  for (const auto& [logit, id] : tokens_) {
    weights_.push_back(std::exp((double{logit} - double{tokens_.front().first}) / options_.temperature));
  }
  std::partial_sum(weights_.begin(), weights_.end(), weights_.begin());
  if (options_.top_p < 1) {
    const auto reaches = std::ranges::lower_bound(weights_, options_.top_p * weights_.back());
    weights_.resize(static_cast<std::size_t>(reaches - weights_.begin()) + 1);
  }
  const double drawn = uniform_at(options_.seed, position) * weights_.back();
  const auto token = std::ranges::upper_bound(weights_, drawn) - weights_.begin();
  return tokens_[static_cast<std::size_t>(token)].second;
}

}  // namespace recur
