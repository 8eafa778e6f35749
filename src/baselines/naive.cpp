#include "baselines/naive.h"

#include <algorithm>
#include <cmath>

#include "base/along_series.h"
#include "base/error.h"

namespace recur {
namespace {

std::size_t size(Index i) { return static_cast<std::size_t>(i); }

}  // namespace

std::vector<double> last_value(std::span<const double> history, Index horizon) {
  RECUR_ASSERT(!history.empty());
  return std::vector<double>(size(horizon), history.back());
}

std::vector<double> seasonal_naive(std::span<const double> history, Index season, Index horizon) {
  if (history.size() < size(season)) return last_value(history, horizon);
  const auto last = history.last(size(season));
  std::vector<double> out;
  for (Index h = 0; h < horizon; ++h) out.push_back(last[size(h % season)]);
  return out;
}

std::vector<double> drift(std::span<const double> history, Index horizon) {
  RECUR_ASSERT(!history.empty());
  const double slope =
      history.size() < 2 ? 0 : (history.back() - history.front()) / static_cast<double>(history.size() - 1);
  std::vector<double> out;
  for (Index h = 1; h <= horizon; ++h) out.push_back(history.back() + slope * static_cast<double>(h));
  return out;
}

std::optional<std::vector<double>> seasonal_log_walk(std::span<const double> history, Index season,
                                                     Index horizon) {
  if (history.size() < size(season) + 1) return std::nullopt;
  std::vector<double> logs;
  for (const double x : history.last(size(season) + 1)) {
    if (!(x > 0)) return std::nullopt;
    logs.push_back(std::log(x));
  }
  std::vector<double> out;
  for (Index h = 0; h < horizon; ++h) {
    const std::size_t n = logs.size();
    logs.push_back(logs[n - 1] + logs[n - size(season)] - logs[n - size(season) - 1]);
    out.push_back(std::exp(logs.back()));
  }
  return out;
}

bool is_seasonal(std::span<const double> x, Index season) {
  if (season < 2 || x.size() < 3 * size(season)) return false;
  double sum = 1;
  for (Index k = 1; k < season; ++k) sum += 2 * std::pow(autocorrelation(x, k), 2);
  return std::abs(autocorrelation(x, season)) > 1.645 * std::sqrt(sum / static_cast<double>(x.size()));
}

std::vector<double> seasonal_indices(std::span<const double> x, Index season) {
  RECUR_ASSERT(x.size() >= 2 * size(season));
  std::vector<double> sum(size(season), 0.0), count(size(season), 0.0);
  const std::vector<double> trend = moving_average(x, season);
  for (std::size_t i = 0; i < trend.size(); ++i) {
    const std::size_t t = i + size(season / 2);
    const double ratio = x[t] / trend[i];
    if (!std::isfinite(ratio)) continue;
    sum[t % size(season)] += ratio;
    count[t % size(season)] += 1;
  }
  double mean = 0;
  for (std::size_t i = 0; i < sum.size(); ++i) {
    sum[i] = count[i] > 0 ? sum[i] / count[i] : 1;
    mean += sum[i] / static_cast<double>(season);
  }
  for (double& index : sum) index /= mean;
  return sum;
}

std::vector<double> naive2(std::span<const double> history, Index season, Index horizon) {
  if (!is_seasonal(history, season)) return last_value(history, horizon);
  const std::vector<double> indices = seasonal_indices(history, season);
  const Index n = static_cast<Index>(history.size());
  const double adjusted = history.back() / indices[size((n - 1) % season)];
  const auto finite = [](double x) { return std::isfinite(x); };
  // A season with a step that is always 0 cannot be taken out of a value there.
  if (!finite(adjusted) || !std::all_of(indices.begin(), indices.end(), finite))
    return last_value(history, horizon);
  std::vector<double> out;
  for (Index h = 0; h < horizon; ++h) out.push_back(adjusted * indices[size((n + h) % season)]);
  return out;
}

}  // namespace recur
