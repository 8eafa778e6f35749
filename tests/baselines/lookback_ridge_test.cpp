// Ridge regression on the lookback: exact on what is linear, shrunk where that validates better.
#include "baselines/lookback_ridge.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"

namespace recur {
namespace {

/// x_t = 1.6·x_{t−1} − 0.8·x_{t−2} + noise, around `level`.
std::vector<double> oscillation(double noise, double level, std::uint64_t seed) {
  Random random(seed);
  std::vector<double> x{1, 0.5};
  for (int t = 2; t < 700; ++t) {
    const std::size_t n = x.size();
    x.push_back(1.6 * x[n - 1] - 0.8 * x[n - 2] + noise * random.normal());
  }
  for (double& v : x) v += level;
  return x;
}

template <class Add>
void each_window(const std::vector<double>& x, std::size_t lookback, std::size_t horizon, Add&& add) {
  const std::span<const double> all(x);
  for (std::size_t t = lookback; t + horizon <= x.size(); ++t)
    add(all.subspan(t - lookback, lookback), all.subspan(t, horizon));
}

TEST(LookbackRidge, FindsALinearRule) {
  LookbackRidge ridge(8, 2);
  const auto train = oscillation(0.1, 0, 1);
  each_window(train, 8, 2, [&](auto past, auto future) { ridge.add_training(past, future); });
  each_window(oscillation(0.1, 0, 2), 8, 2,
              [&](auto past, auto future) { ridge.add_validation(past, future); });
  ridge.fit();
  double error = 0, count = 0;
  each_window(oscillation(0.1, 0, 3), 8, 2, [&](auto past, auto future) {
    error += std::pow(ridge.predict(past)[0] - future[0], 2);
    count += 1;
  });
  // The noise is all that cannot be known; the constraint that weights sum to 1 costs a little.
  EXPECT_LT(std::sqrt(error / count), 0.125);
  EXPECT_LT(ridge.lambda(), 0.1);
}

TEST(LookbackRidge, FollowsTheLevel) {
  LookbackRidge ridge(6, 3);
  each_window(oscillation(0.1, 0, 1), 6, 3,
              [&](auto past, auto future) { ridge.add_training(past, future); });
  ridge.fit();
  EXPECT_DOUBLE_EQ(ridge.lambda(), 1e-3);
  const std::vector<double> low = ridge.predict(std::vector<double>{1, 2, 3, 2, 1, 2}),
                            high = ridge.predict(std::vector<double>{101, 102, 103, 102, 101, 102});
  for (std::size_t h = 0; h < 3; ++h) EXPECT_NEAR(high[h], low[h] + 100, 1e-9);
  EXPECT_EQ(LookbackRidge::with_weights(6, 3, ridge.weights()).predict(std::vector<double>{1, 2, 3, 2, 1, 2}),
            low);
}

TEST(LookbackRidge, ShrinksWhatIsNoise) {
  Random random(5);
  LookbackRidge ridge(10, 1);
  std::vector<double> walk{0}, other{0};
  for (int t = 0; t < 60; ++t) walk.push_back(walk.back() + random.normal());
  for (int t = 0; t < 2000; ++t) other.push_back(other.back() + random.normal());
  each_window(walk, 10, 1, [&](auto past, auto future) { ridge.add_training(past, future); });
  each_window(other, 10, 1, [&](auto past, auto future) { ridge.add_validation(past, future); });
  ridge.fit();
  EXPECT_GE(ridge.lambda(), 0.1) << "of a walk only its last value tells anything";
}

}  // namespace
}  // namespace recur
