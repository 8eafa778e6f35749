#include "train/axis.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace recur {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double inf = std::numeric_limits<double>::infinity();

std::string labels(const Axis& axis, int count) {
  std::string out;
  for (const Tick& tick : axis.ticks(count)) out += (out.empty() ? "" : " ") + tick.label;
  return out;
}

TEST(Axis, TicksAreRound) {
  EXPECT_EQ(labels({0, 1}, 5), "0 0.2 0.4 0.6 0.8 1.0");
  EXPECT_EQ(labels({0.96, 4.2}, 5), "1 2 3 4");
  EXPECT_EQ(labels({-0.7, 0.7}, 4), "−0.5 0 0.5");
  EXPECT_EQ(labels({0, 12345}, 4), "0 5,000 10,000");
  EXPECT_EQ(labels({0, 1e-3}, 2), "0 0.0005 0.0010");
  EXPECT_EQ(labels({1.4821, 1.4829}, 4), "1.4822 1.4824 1.4826 1.4828");
}

TEST(Axis, VeryLargeAndSmallNumbersArePowersOfTen) {
  EXPECT_EQ(labels({0, 4e8}, 4), "0 1×10⁸ 2×10⁸ 3×10⁸ 4×10⁸");
  EXPECT_EQ(labels({0, 3e-7}, 2), "0 2×10⁻⁷");
  EXPECT_EQ(labels({1.5e9, 2.5e9}, 2), "1.5×10⁹ 2.0×10⁹ 2.5×10⁹");
}

TEST(Axis, LogTicksArePowersOfTenOrRoundNumbersBetween) {
  EXPECT_EQ(labels({0.0008, 0.9, true}, 4), "0.001 0.01 0.1");
  EXPECT_EQ(labels({0.8, 12, true}, 4), "1 2 5 10");
  EXPECT_EQ(labels({1.1, 1.9, true}, 4), "1.2 1.4 1.6 1.8") << "less than a decade";
  EXPECT_EQ(labels({1e-9, 1e6, true}, 4), "10⁻⁹ 10⁻⁶ 10⁻³ 10⁰ 10³ 10⁶");
}

TEST(Axis, EveryTickLiesOnTheAxis) {
  for (double low : {-1e9, -3.7, 0.0, 1e-12, 0.3, 1e7}) {
    for (double width : {1e-9, 0.013, 1.0, 77.0, 1e12}) {
      for (int count : {2, 5, 9}) {
        for (bool log : {false, true}) {
          if ((log && low <= 0) || width < 1e-12 * std::abs(low)) continue;
          const Axis axis{low, low + width, log};
          const auto ticks = axis.ticks(count);
          EXPECT_GE(ticks.size(), 2u) << low << ' ' << width << ' ' << count << ' ' << log;
          EXPECT_LE(ticks.size(), 3u * static_cast<unsigned>(count)) << low << ' ' << width << ' ' << count;
          for (const Tick& tick : ticks) {
            EXPECT_GE(axis.position(tick.value), -1e-6);
            EXPECT_LE(axis.position(tick.value), 1 + 1e-6);
          }
        }
      }
    }
  }
}

TEST(Axis, PositionIsLinearOrLogarithmic) {
  EXPECT_DOUBLE_EQ((Axis{2, 4}.position(3)), 0.5);
  EXPECT_DOUBLE_EQ((Axis{0.01, 1, true}.position(0.1)), 0.5);
}

TEST(Axis, RangeIgnoresWhatItCannotShow) {
  const double values[] = {nan, 1, inf, 3, -inf};
  Axis axis = axis_around(values, 0.25);
  EXPECT_DOUBLE_EQ(axis.low, 0.5);
  EXPECT_DOUBLE_EQ(axis.high, 3.5);
  const double positive[] = {0, -1, 10, 1000};
  axis = axis_around(positive, 0.5, true);
  EXPECT_DOUBLE_EQ(axis.low, 1);
  EXPECT_DOUBLE_EQ(axis.high, 10000);
}

TEST(Axis, EqualValuesGetRoomAndNoneGetsADefault) {
  for (double v : {0.0, 5.0, -5.0, 1e-30, 1e30}) {
    const double values[] = {v, v};
    const Axis axis = axis_around(values, 0.05);
    EXPECT_LT(axis.low, v);
    EXPECT_GT(axis.high, v);
  }
  const double one[] = {7.0};
  EXPECT_DOUBLE_EQ(axis_around(one, 0.05, true).low, 3.5);
  EXPECT_EQ(axis_around({}, 0.05).high, 1);
  EXPECT_EQ(axis_around({}, 0.05, true).high, 10);
}

// A file of metrics may hold any number that JSON can write.
TEST(Axis, AnyTwoNumbersHaveAnAxisWithTicks) {
  const double numbers[] = {0,  -0.0, 5e-324, -1e-310, 1e-200, 1e-100, 2e-100,  1e-30,   1,
                            -1, 1e30, 1e99,   -1e100,  1e100,  1e200,  1.7e308, -1.7e308};
  for (const double a : numbers) {
    for (const double b : numbers) {
      for (const bool log : {false, true}) {
        for (const double margin : {0.0, 0.05}) {
          SCOPED_TRACE(testing::Message() << a << ' ' << b << (log ? " log " : " linear ") << margin);
          const double values[] = {a, b};
          const Axis axis = axis_around(values, margin, log);
          ASSERT_LT(axis.low, axis.high);
          const auto ticks = axis.ticks(5);
          EXPECT_GE(ticks.size(), 2U);
          EXPECT_LE(ticks.size(), 15U);
          for (const double v : values) {
            if (axis.holds(v)) {
              EXPECT_TRUE(std::isfinite(axis.position(v)));
            }
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace recur
