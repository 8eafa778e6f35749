// Lane operations: every instruction set has the scalar type's bits, for every kind of number.
#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <random>
#include <string>

#include "tests/simd/lane_tables.h"

namespace recur {
namespace {

/// Random bit patterns, with the numbers that formulas stumble over mixed in.
std::vector<float> numbers(std::uint64_t seed, std::size_t size) {
  constexpr float kInf = std::numeric_limits<float>::infinity(),
                  kNan = std::numeric_limits<float>::quiet_NaN();
  constexpr std::array kSpecial{0.0F,  -0.0F, 1.0F,     -1.0F,   0.5F,    -2.5F,    kInf,
                                -kInf, kNan,  1.4e-45F, -1e-40F, 3.4e38F, -3.4e38F, 1.1754944e-38F};
  std::mt19937_64 random(seed);
  std::vector<float> x(size);
  for (float& v : x) {
    const auto bits = random();
    v = bits % 4 == 0 ? kSpecial[(bits >> 8) % kSpecial.size()]
                      : std::bit_cast<float>(static_cast<std::uint32_t>(bits >> 32));
  }
  return x;
}

constexpr Index kSize = 1 << 14;

template <class Call>
void expect_scalar_bits(const std::string& what, Call&& call) {
  std::vector<float> expected(kSize), found(kSize);
  call(lane_table(Isa::scalar), expected.data());
  for (const Isa isa : supported_isas()) {
    call(lane_table(isa), found.data());
    for (std::size_t i = 0; i < found.size(); ++i)
      ASSERT_TRUE(same_bits(found[i], expected[i]))
          << what << " on " << name(isa) << " is " << found[i] << ", expected " << expected[i] << " (element "
          << i << ")";
  }
}

TEST(Lanes, UnaryOperationsHaveTheScalarBits) {
  const auto x = numbers(1, kSize);
  const std::pair<const char*, LaneTable::Unary LaneTable::*> operations[] = {
      {"negate", &LaneTable::negate},     {"abs", &LaneTable::abs},
      {"sqrt", &LaneTable::sqrt},         {"to_exponent", &LaneTable::to_exponent},
      {"positive", &LaneTable::positive}, {"relu", &LaneTable::relu}};
  for (const auto& [what, operation] : operations)
    expect_scalar_bits(what,
                       [&, f = operation](const LaneTable& t, float* y) { (t.*f)(kSize, x.data(), y); });
}

TEST(Lanes, BinaryOperationsHaveTheScalarBits) {
  const auto a = numbers(2, kSize), b = numbers(3, kSize);
  const std::pair<const char*, LaneTable::Binary LaneTable::*> operations[] = {
      {"add", &LaneTable::add},
      {"subtract", &LaneTable::subtract},
      {"multiply", &LaneTable::multiply},
      {"divide", &LaneTable::divide},
      {"max", &LaneTable::max},
      {"min", &LaneTable::min},
      {"copy_sign", &LaneTable::copy_sign}};
  for (const auto& [what, operation] : operations)
    expect_scalar_bits(
        what, [&, f = operation](const LaneTable& t, float* y) { (t.*f)(kSize, a.data(), b.data(), y); });
}

TEST(Lanes, FmaRoundsOnce) {
  const auto a = numbers(4, kSize), b = numbers(5, kSize), c = numbers(6, kSize);
  for (const Isa isa : supported_isas()) {
    std::vector<float> y(kSize);
    lane_table(isa).fma(kSize, a.data(), b.data(), c.data(), y.data());
    for (std::size_t i = 0; i < y.size(); ++i)
      ASSERT_TRUE(same_bits(y[i], std::fma(a[i], b[i], c[i])))
          << name(isa) << ": " << a[i] << "·" << b[i] << "+" << c[i];
  }
}

// What every kernel relies on for a NaN to reach the loss, and clamps in exp rely on to let it pass.
TEST(Lanes, MaxAndMinKeepANanOnTheRight) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> one(16, 1.0F), nan(16, kNan);
  std::vector<float> y(16);
  for (const Isa isa : supported_isas()) {
    const LaneTable t = lane_table(isa);
    for (const auto operation : {t.max, t.min}) {
      operation(t.lanes, one.data(), nan.data(), y.data());
      EXPECT_TRUE(std::isnan(y[0])) << name(isa);
      operation(t.lanes, nan.data(), one.data(), y.data());
      EXPECT_EQ(y[0], 1.0F) << name(isa);
    }
  }
}

TEST(Lanes, PowersOfTwoComeFromTheLowBits) {
  std::vector<float> n, y(256);
  for (int i = -126; i <= 127; ++i) n.push_back(12582912.0F + 127.0F + static_cast<float>(i));
  while (n.size() < 256) n.push_back(12582912.0F + 127.0F);
  for (const Isa isa : supported_isas()) {
    lane_table(isa).to_exponent(256, n.data(), y.data());
    for (int i = -126; i <= 127; ++i)
      ASSERT_EQ(y[static_cast<std::size_t>(i + 126)], std::ldexp(1.0F, i)) << name(isa);
  }
}

TEST(Lanes, SumsOfBytesAreExact) {
  constexpr Index kFours = 37;
  for (const Isa isa : supported_isas()) {
    const LaneTable t = lane_table(isa);
    std::mt19937 random(8);
    std::vector<std::int8_t> a(4 * kFours), b(4 * kFours * static_cast<std::size_t>(t.lanes));
    // The extremes often: where products of two overflow, they do so here.
    const auto byte = [&] {
      return static_cast<std::int8_t>(random() % 3 == 0 ? 127 : static_cast<int>(random() % 255) - 127);
    };
    for (std::int8_t& v : a) v = byte();
    for (std::int8_t& v : b) v = byte();
    std::vector<float> y(static_cast<std::size_t>(t.lanes));
    t.sum_bytes(kFours, a.data(), b.data(), y.data());
    for (Index l = 0; l < t.lanes; ++l) {
      std::int32_t sum = 0;
      for (Index i = 0; i < 4 * kFours; ++i)
        sum +=
            a[static_cast<std::size_t>(i)] * b[static_cast<std::size_t>((i / 4 * t.lanes + l) * 4 + i % 4)];
      EXPECT_EQ(y[static_cast<std::size_t>(l)], static_cast<float>(sum)) << name(isa) << " lane " << l;
    }
  }
}

TEST(Lanes, BytesAreTheNearestTiesToEven) {
  std::vector<float> x;
  for (int i = -254; i <= 254; ++i) x.push_back(static_cast<float>(i) / 2);
  while (x.size() % 16 != 0) x.push_back(0.49999997F);
  for (const Isa isa : supported_isas()) {
    std::vector<std::int8_t> y(x.size());
    lane_table(isa).to_bytes(static_cast<Index>(x.size()), x.data(), y.data());
    for (std::size_t i = 0; i < x.size(); ++i)
      ASSERT_EQ(y[i], static_cast<std::int8_t>(std::nearbyint(x[i]))) << name(isa) << ": " << x[i];
  }
}

TEST(Lanes, AMaskLetsExactlyTheFirstLanesThrough) {
  for (const Isa isa : supported_isas()) {
    const LaneTable t = lane_table(isa);
    const auto lanes = static_cast<std::size_t>(t.lanes);
    std::vector<float> x(lanes);
    for (std::size_t i = 0; i < lanes; ++i) x[i] = static_cast<float>(i + 1);
    for (Index n = -40; n <= 40; ++n) {
      std::vector<float> y(lanes, -1.0F);
      t.copy_first(n, x.data(), y.data());
      for (std::size_t i = 0; i < lanes; ++i)
        ASSERT_EQ(y[i], static_cast<Index>(i) < n ? x[i] : -1.0F)
            << name(isa) << ", the first " << n << ", lane " << i;
    }
  }
}

}  // namespace
}  // namespace recur
