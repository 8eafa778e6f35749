#include "metrics/forecast.h"

#include <cmath>
#include <limits>

#include "base/error.h"

namespace recur {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

}  // namespace

void ForecastSums::add(double actual_value, double forecast, double scale) {
  const double e = forecast - actual_value, size = std::abs(actual_value) + std::abs(forecast);
  count += 1;
  absolute += std::abs(e);
  square += e * e;
  symmetric += size > 0 ? 200 * std::abs(e) / size : 0;
  scaled_absolute += std::abs(e / scale);
  scaled_square += e / scale * (e / scale);
  actual += actual_value;
  actual_square += actual_value * actual_value;
}

void ForecastSums::add(const ForecastSums& other) {
  count += other.count;
  absolute += other.absolute;
  square += other.square;
  symmetric += other.symmetric;
  scaled_absolute += other.scaled_absolute;
  scaled_square += other.scaled_square;
  actual += other.actual;
  actual_square += other.actual_square;
}

double ForecastSums::rmse() const { return std::sqrt(mse()); }

double ForecastSums::rse() const {
  const double spread = actual_square - actual * actual / count;
  return spread > 1e-12 * actual_square ? std::sqrt(square / spread) : kNone;
}

double mase_scale(std::span<const double> training, Index season) {
  RECUR_ASSERT(season >= 1);
  const std::size_t m = static_cast<std::size_t>(season);
  double sum = 0, count = 0;
  for (std::size_t t = m; t < training.size(); ++t) {
    const double difference = std::abs(training[t] - training[t - m]);
    if (std::isnan(difference)) continue;
    sum += difference;
    count += 1;
  }
  return sum > 0 ? sum / count : kNone;
}

double owa(double smape, double mase, double naive2_smape, double naive2_mase) {
  return (smape / naive2_smape + mase / naive2_mase) / 2;
}

double pinball(double quantile, double actual, double forecast) {
  const double e = actual - forecast;
  return std::max(quantile * e, (quantile - 1) * e);
}

QuantileSums::QuantileSums(std::vector<double> quantiles)
    : quantiles_(std::move(quantiles)), inside_(quantiles_.size(), 0.0) {}

void QuantileSums::add(double actual, std::span<const double> forecasts) {
  RECUR_ASSERT(forecasts.size() == quantiles_.size());
  count_ += 1;
  for (std::size_t i = 0; i < quantiles_.size(); ++i) {
    pinball_ += recur::pinball(quantiles_[i], actual, forecasts[i]);
    const std::size_t other = quantiles_.size() - 1 - i;
    if (i < other && actual >= forecasts[i] && actual <= forecasts[other]) inside_[i] += 1;
  }
}

void QuantileSums::add(const QuantileSums& other) {
  count_ += other.count_;
  pinball_ += other.pinball_;
  for (std::size_t i = 0; i < inside_.size(); ++i) inside_[i] += other.inside_[i];
}

double QuantileSums::pinball() const { return pinball_ / (count_ * static_cast<double>(quantiles_.size())); }

std::vector<QuantileSums::Interval> QuantileSums::intervals() const {
  std::vector<Interval> out;
  for (std::size_t i = 0; i < quantiles_.size() / 2; ++i) {
    const double low = quantiles_[i], high = quantiles_[quantiles_.size() - 1 - i];
    if (std::abs(low + high - 1) < 1e-9) out.push_back({high - low, inside_[i] / count_});
  }
  return out;
}

}  // namespace recur
