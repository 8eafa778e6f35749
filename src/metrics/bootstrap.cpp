#include "metrics/bootstrap.h"

#include <algorithm>
#include <vector>

#include "base/error.h"
#include "base/random.h"

namespace recur {

DifferenceInterval paired_bootstrap(std::span<const double> a, std::span<const double> b, int resamples,
                                    std::uint64_t seed) {
  RECUR_ASSERT(a.size() == b.size() && !a.empty() && resamples >= 40);
  std::vector<double> difference(a.size());
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += difference[i] = b[i] - a[i];
  const auto count = static_cast<Index>(a.size());

  Random random(seed);
  std::vector<double> means;
  for (int resample = 0; resample < resamples; ++resample) {
    double drawn = 0;
    for (Index i = 0; i < count; ++i) drawn += difference[static_cast<std::size_t>(random.next_below(count))];
    means.push_back(drawn / static_cast<double>(count));
  }
  std::sort(means.begin(), means.end());
  const auto at = [&](double share) {
    return means[static_cast<std::size_t>(share * static_cast<double>(resamples - 1) + 0.5)];
  };
  return {.difference = sum / static_cast<double>(count), .low = at(0.025), .high = at(0.975)};
}

}  // namespace recur
