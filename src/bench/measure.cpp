#include "bench/measure.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "base/memory_use.h"
#include "bench/peak.h"

namespace recur {
namespace {

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double quantile_of(std::vector<double> values, double share) {
  const auto at = std::lround(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + at, values.end());
  return values[static_cast<std::size_t>(at)];
}

/// Seconds of one run: the best within a turn, since a turn is short and all that disturbs it makes it
/// longer.
template <class F>
double time_of(F&& run, double turn) {
  double best = std::numeric_limits<double>::infinity(), spent = 0;
  while (spent < turn) {
    const double begin = now();
    run();
    const double took = now() - begin;
    best = std::min(best, took);
    spent += took;
  }
  return best;
}

}  // namespace

nlohmann::json measure(const Workload& workload, const MeasureOptions& options) {
  ThreadPool pool(options.threads);
  Peak peak(pool);
  reset_peak();
  const Index before_bytes = memory_use().bytes;
  const PreparedWork work = workload.prepare(pool);
  work.run();
  work.run();
  const Index memory = memory_use().peak - before_bytes;
  peak.run();
  std::vector<double> times, ratios;
  for (Index turn = 0; turn < options.turns; ++turn) {
    const double before = time_of([&] { peak.run(); }, options.seconds);
    const double mine = time_of(work.run, options.seconds);
    const double after = time_of([&] { peak.run(); }, options.seconds);
    times.push_back(mine);
    ratios.push_back(work.flop / mine / (Peak::flop / (0.5 * (before + after))));
  }
  const double seconds = quantile_of(times, 0.5);
  nlohmann::json result{{"name", workload.name},
                        {"threads", options.threads},
                        {"seconds", seconds / static_cast<double>(work.steps)},
                        {"items_per_s", work.items / seconds},
                        {"gflops", 1e-9 * work.flop / seconds},
                        {"peak_fraction", quantile_of(ratios, 0.5)},
                        {"peak_by", peak.by()},
                        {"memory_bytes", memory}};
  if (work.time_steps) {
    std::vector<double> steps;
    work.time_steps(steps);
    result["p50"] = quantile_of(steps, 0.5);
    result["p99"] = quantile_of(steps, 0.99);
    result["p99_9"] = quantile_of(steps, 0.999);
  }
  return result;
}

}  // namespace recur
