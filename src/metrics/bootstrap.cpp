#include "metrics/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/error.h"
#include "base/random.h"

namespace recur {

DifferenceInterval paired_bootstrap(std::span<const double> a, std::span<const double> b,
                                    const BootstrapOptions& options) {
  RECUR_ASSERT(a.size() == b.size() && !a.empty() && options.resamples >= 40 && options.block >= 1);
  const auto count = static_cast<Index>(a.size()), block = std::min(options.block, count);
  // Sums of what precedes each place, twice around, so that a block is one difference.
  std::vector<double> sums(2 * a.size() + 1, 0.0);
  for (std::size_t i = 0; i < 2 * a.size(); ++i) sums[i + 1] = sums[i] + (b[i % a.size()] - a[i % a.size()]);

  Random random(options.seed);
  std::vector<double> means;
  for (int resample = 0; resample < options.resamples; ++resample) {
    double drawn = 0;
    for (Index have = 0; have < count; have += block) {
      const auto first = static_cast<std::size_t>(random.next_below(count));
      drawn += sums[first + static_cast<std::size_t>(std::min(block, count - have))] - sums[first];
    }
    means.push_back(drawn / static_cast<double>(count));
  }
  std::sort(means.begin(), means.end());
  const auto at = [&](double share) {
    return means[static_cast<std::size_t>(std::lround(share * static_cast<double>(options.resamples - 1)))];
  };
  return {.difference = sums[a.size()] / static_cast<double>(count), .low = at(0.025), .high = at(0.975)};
}

}  // namespace recur
