// exp, log, tanh and sigmoid: how far from the true value, and the same bits on every instruction set.
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "tests/simd/lane_tables.h"

namespace recur {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity(), kNan = std::numeric_limits<float>::quiet_NaN();

/// |found − expected| in units of the last place of a float near `expected`.
double ulps(float found, long double expected) {
  int exponent = 0;
  std::frexp(expected, &exponent);
  return static_cast<double>(std::fabs(found - expected) / std::ldexp(1.0L, std::max(exponent - 24, -149)));
}

struct Worst {
  double ulps = 0;
  float at = 0;
};

/// The largest error over the arguments of the sweep in [low, high].
Worst worst_error(LaneTable::Unary f, const std::vector<float>& x, float low, float high,
                  long double (*exact)(long double)) {
  std::vector<float> y(x.size());
  f(static_cast<Index>(x.size()), x.data(), y.data());
  Worst worst;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (!(x[i] >= low && x[i] <= high)) continue;
    const double error = ulps(y[i], exact(static_cast<long double>(x[i])));
    if (!(error <= worst.ulps)) worst = {error, x[i]};
  }
  return worst;
}

long double exact_sigmoid(long double x) { return 1 / (1 + std::exp(-x)); }

// The bounds are those that src/simd/math.h states.
TEST(LaneMath, ErrorsStayWithinWhatIsStated) {
  const LaneTable t = lane_table(supported_isas().back());
  const auto x = sweep(4001);
  const Worst exp_error = worst_error(t.exp, x, -87.3F, 88.3F, std::exp);
  EXPECT_LE(exp_error.ulps, 1.01) << "exp(" << exp_error.at << ")";
  constexpr float kLeast = std::numeric_limits<float>::min();
  for (const auto& [low, high] : {std::pair(kLeast, 0.9F), std::pair(1.1F, 1.7e38F)}) {
    const Worst log_error = worst_error(t.log, x, low, high, std::log);
    EXPECT_LE(log_error.ulps, 1.0) << "log(" << log_error.at << ")";
  }
  std::vector<float> y(x.size());
  t.log(static_cast<Index>(x.size()), x.data(), y.data());
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (x[i] >= 0.9F && x[i] <= 1.1F) {
      ASSERT_NEAR(y[i], std::log(static_cast<double>(x[i])), 1e-7) << x[i];
    }
  }
  const Worst sigmoid_error = worst_error(t.sigmoid, x, -87.3F, kInf, exact_sigmoid);
  EXPECT_LE(sigmoid_error.ulps, 2.4) << "sigmoid(" << sigmoid_error.at << ")";
  const Worst tanh_error = worst_error(t.tanh, x, -kInf, kInf, std::tanh);
  EXPECT_LE(tanh_error.ulps, 1.9) << "tanh(" << tanh_error.at << ")";
}

TEST(LaneMath, EveryInstructionSetHasTheScalarBits) {
  const auto x = sweep(4001);
  const auto size = static_cast<Index>(x.size());
  std::vector<float> expected(x.size()), found(x.size());
  const std::pair<const char*, LaneTable::Unary LaneTable::*> functions[] = {{"exp", &LaneTable::exp},
                                                                             {"log", &LaneTable::log},
                                                                             {"sigmoid", &LaneTable::sigmoid},
                                                                             {"tanh", &LaneTable::tanh}};
  for (const auto& [what, function] : functions) {
    const bool log = std::string(what) == "log";  // of others its bits say nothing
    (lane_table(Isa::scalar).*function)(size, x.data(), expected.data());
    for (const Isa isa : supported_isas()) {
      (lane_table(isa).*function)(size, x.data(), found.data());
      for (std::size_t i = 0; i < x.size(); ++i)
        ASSERT_TRUE(same_bits(found[i], expected[i]) || (log && !(x[i] >= 1.2e-38F && x[i] < 1.7e38F)))
            << what << "(" << x[i] << ") on " << name(isa) << " is " << found[i] << ", expected "
            << expected[i];
    }
  }
}

float value(LaneTable::Unary f, float x) {
  const std::vector<float> in(16, x);
  std::vector<float> out(16);
  f(16, in.data(), out.data());
  return out[0];
}

TEST(LaneMath, ExtremeArguments) {
  constexpr float kDenormal = 1e-45F, kHuge = std::numeric_limits<float>::max();
  for (const Isa isa : supported_isas()) {
    SCOPED_TRACE(name(isa));
    const LaneTable t = lane_table(isa);
    for (const auto f : {t.exp, t.log, t.tanh, t.sigmoid, t.relu}) {
      EXPECT_TRUE(std::isnan(value(f, kNan)));
      EXPECT_TRUE(std::isnan(value(f, -kNan)));
    }
    // Clamped, so that nothing overflows and no denormal slows what follows.
    EXPECT_EQ(value(t.exp, kInf), value(t.exp, 88.3F));
    EXPECT_EQ(value(t.exp, kHuge), value(t.exp, 88.3F));
    EXPECT_EQ(value(t.exp, -kInf), value(t.exp, -87.3F));
    EXPECT_TRUE(std::isnormal(value(t.exp, 88.3F)));
    EXPECT_TRUE(std::isnormal(value(t.exp, -87.3F)));
    EXPECT_EQ(value(t.exp, 0), 1);
    EXPECT_EQ(value(t.exp, -0.0F), 1);
    EXPECT_EQ(value(t.exp, kDenormal), 1);

    EXPECT_EQ(value(t.log, 1), 0);
    EXPECT_NEAR(value(t.log, 2), std::log(2.0), 6e-8);

    EXPECT_EQ(value(t.sigmoid, kInf), 1);
    EXPECT_EQ(value(t.sigmoid, kHuge), 1);
    EXPECT_EQ(value(t.sigmoid, 0), 0.5F);
    EXPECT_EQ(value(t.sigmoid, -0.0F), 0.5F);
    EXPECT_TRUE(std::isnormal(value(t.sigmoid, -kInf)));  // quotients of gates exist
    EXPECT_LE(value(t.sigmoid, -kInf), 1.3e-38F);

    EXPECT_EQ(value(t.tanh, kInf), 1);
    EXPECT_EQ(value(t.tanh, -kInf), -1);
    EXPECT_EQ(value(t.tanh, kHuge), 1);
    EXPECT_EQ(value(t.tanh, -kHuge), -1);
    EXPECT_TRUE(same_bits(value(t.tanh, 0.0F), 0.0F));
    EXPECT_TRUE(same_bits(value(t.tanh, -0.0F), -0.0F));
    EXPECT_EQ(value(t.tanh, kDenormal), kDenormal);
    EXPECT_EQ(value(t.tanh, -1e-40F), -1e-40F);

    EXPECT_EQ(value(t.relu, kInf), kInf);
    EXPECT_EQ(value(t.relu, -kInf), 0);
    EXPECT_EQ(value(t.relu, -1), 0);
  }
}

// Bounds that formulas rely on: a gate never leaves [0, 1], a state [-1, 1].
TEST(LaneMath, RangesHold) {
  const auto x = sweep(4001);
  std::vector<float> y(x.size());
  const LaneTable t = lane_table(supported_isas().back());
  t.sigmoid(static_cast<Index>(x.size()), x.data(), y.data());
  for (std::size_t i = 0; i < x.size(); ++i)
    ASSERT_TRUE(std::isnan(x[i]) || (y[i] >= 0 && y[i] <= 1)) << x[i];
  t.tanh(static_cast<Index>(x.size()), x.data(), y.data());
  for (std::size_t i = 0; i < x.size(); ++i) {
    ASSERT_TRUE(std::isnan(x[i]) || std::fabs(y[i]) <= 1) << x[i];
    ASSERT_EQ(std::signbit(y[i]), std::signbit(x[i])) << x[i];
  }
}

}  // namespace
}  // namespace recur
