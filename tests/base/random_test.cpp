#include "base/random.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <numeric>
#include <set>
#include <vector>

namespace recur {
namespace {

// The known answers that Random123, the authors' own library, publishes for philox4x32-10.
TEST(Philox, KnownAnswers) {
  EXPECT_EQ(philox({{0, 0, 0, 0}}, {{0, 0}}),
            (PhiloxBlock{{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}}));
  constexpr std::uint32_t ones = 0xffffffff;
  EXPECT_EQ(philox({{ones, ones, ones, ones}}, {{ones, ones}}),
            (PhiloxBlock{{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}}));
  EXPECT_EQ(philox({{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}}, {{0xa4093822, 0x299f31d0}}),
            (PhiloxBlock{{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}}));
}

TEST(Philox, AMaskIsNoPartOfAStreamOfTheSameSeed) {
  // Without a key of their own, the mask of layer L, step s would be block s of the stream L.
  for (std::uint32_t layer = 0; layer < 3; ++layer) {
    Random stream(42, layer);
    for (std::uint64_t step = 0; step < 100; ++step) {
      const PhiloxKey key = mask_key({.seed = 42, .step = step, .layer = layer, .site = 0});
      EXPECT_NE(stream.next_word(), key.word[0]);
      EXPECT_NE(stream.next_word(), key.word[1]);
      stream.next_word(), stream.next_word();
    }
  }
}

TEST(Philox, EveryPartOfAMasksAddressMatters) {
  const RandomKey base{.seed = 1, .step = 2, .layer = 3, .site = 4};
  std::set<std::uint32_t> words{mask_word(mask_key(base), 5, 6, 7)};
  RandomKey other = base;
  for (const std::uint64_t seed : {std::uint64_t{2}, std::uint64_t{1} << 32}) {
    other = base, other.seed = seed;
    words.insert(mask_word(mask_key(other), 5, 6, 7));
  }
  for (const std::uint64_t step : {std::uint64_t{3}, std::uint64_t{1} << 32}) {
    other = base, other.step = step;
    words.insert(mask_word(mask_key(other), 5, 6, 7));
  }
  other = base, other.layer = 4;
  words.insert(mask_word(mask_key(other), 5, 6, 7));
  other = base, other.site = 3;
  words.insert(mask_word(mask_key(other), 5, 6, 7));
  const PhiloxKey key = mask_key(base);
  words.insert({mask_word(key, 6, 6, 7), mask_word(key, 5, 7, 7),
                mask_word(key, 5, std::uint64_t{1} << 32 | 6, 7), mask_word(key, 5, 6, 6),
                mask_word(key, 5, 6, 11)});
  EXPECT_EQ(words.size(), 12u);
  EXPECT_EQ(mask_words(key, 5, 6, 1).word[3], mask_word(key, 5, 6, 7));
}

TEST(Philox, UniformNumbersAreBelowOne) {
  static_assert(uniform01(0) == 0.0F && uniform01(0xffffffff) == 1 - 0x1p-24F);
  static_assert(uniform01(0, 0) == 0.0 && uniform01(0xffffffff, 0xffffffff) == 1 - 0x1p-53);
}

TEST(Random, StateIsWhereTheStreamIs) {
  Random random(42, 7);
  for (int i = 0; i < 13; ++i) random.next_word();
  const Random::State state = random.state();
  EXPECT_EQ(state, (Random::State{42, 7, 13}));
  Random restored(state);
  for (int i = 0; i < 9; ++i) EXPECT_EQ(restored.next_word(), random.next_word());
  random.normal();
  restored.normal();
  EXPECT_EQ(restored.state(), random.state());
  EXPECT_NE(Random(42, 7).next_word(), Random(42, 8).next_word());
  EXPECT_NE(Random(42, 7).next_word(), Random(43, 7).next_word());
}

// Means and variances of n numbers lie within five standard errors of the true ones.
TEST(Random, MomentsAreThoseOfTheDistribution) {
  constexpr int n = 200'000;
  Random random(1);
  double sum = 0, squares = 0, normal_sum = 0, normal_squares = 0, normal_fourths = 0;
  for (int i = 0; i < n; ++i) {
    const double u = random.uniform(), x = random.normal();
    sum += u, squares += u * u;
    normal_sum += x, normal_squares += x * x, normal_fourths += x * x * x * x;
  }
  EXPECT_NEAR(sum / n, 1.0 / 2, 5 * std::sqrt(1.0 / 12 / n));
  EXPECT_NEAR(squares / n, 1.0 / 3, 5 * std::sqrt(4.0 / 45 / n));
  EXPECT_NEAR(normal_sum / n, 0, 5 * std::sqrt(1.0 / n));
  EXPECT_NEAR(normal_squares / n, 1, 5 * std::sqrt(2.0 / n));
  EXPECT_NEAR(normal_fourths / n, 3, 5 * std::sqrt(96.0 / n));
}

TEST(Random, NextBelowIsEvenAndInRange) {
  Random random(3);
  std::array<int, 5> counts{};
  for (int i = 0; i < 50'000; ++i) ++counts.at(static_cast<std::size_t>(random.next_below(5)));
  for (const int count : counts) EXPECT_NEAR(count, 10'000, 450);
  EXPECT_EQ(random.next_below(1), 0);
}

TEST(Random, ShuffleKeepsTheItemsAndReachesEveryOrder) {
  std::vector<int> items(100);
  std::iota(items.begin(), items.end(), 0);
  Random random(4);
  random.shuffle(std::span(items));
  EXPECT_EQ(std::set(items.begin(), items.end()).size(), 100u);
  std::set<std::array<int, 3>> orders;
  for (int i = 0; i < 200; ++i) {
    std::array<int, 3> three{0, 1, 2};
    random.shuffle(std::span<int>(three));
    orders.insert(three);
  }
  EXPECT_EQ(orders.size(), 6u);
}

}  // namespace
}  // namespace recur
