#include "decode/sampler.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>
#include <string>

#include "base/error.h"

namespace recur {
namespace {

using Logits = std::vector<float>;

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

Logits logits_of(const std::vector<double>& probabilities) {
  Logits logits;
  for (double p : probabilities)
    logits.push_back(static_cast<float>(std::log(p)) + 3);  // any constant may be added
  return logits;
}

constexpr int kDraws = 40'000;

std::vector<double> counts_of(const Logits& logits, const Sampling& options) {
  Sampler sampler(options);
  std::vector<double> counts(logits.size());
  for (std::uint64_t position = 0; position < kDraws; ++position) {
    ++counts[static_cast<std::size_t>(sampler.next(logits, position))];
  }
  return counts;
}

/// Pearson's statistic. The bounds below are what chance exceeds for 1 % of all seeds; ours are fixed.
double chi_square(const std::vector<double>& counts, const std::vector<double>& probabilities) {
  double sum = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double expected = probabilities[i] * kDraws;
    if (expected == 0) {
      EXPECT_EQ(counts[i], 0) << i;
    } else {
      sum += (counts[i] - expected) * (counts[i] - expected) / expected;
    }
  }
  return sum;
}

TEST(Sampler, DrawsByProbability) {
  const std::vector<double> p{0.5, 0.02, 0.13, 0.3, 0.05};
  EXPECT_LT(chi_square(counts_of(logits_of(p), {.seed = 1}), p), 13.3);
  EXPECT_LT(chi_square(counts_of(logits_of(p), {.seed = 2}), p), 13.3);
  EXPECT_GT(chi_square(counts_of(logits_of({0.5, 0.02, 0.15, 0.28, 0.05}), {.seed = 1}), p), 100)
      << "the test sees more";
}

TEST(Sampler, SharpensAndFlattensByTemperature) {
  const std::vector<double> p{0.6, 0.3, 0.1}, squared{0.36 / 0.46, 0.09 / 0.46, 0.01 / 0.46};
  EXPECT_LT(chi_square(counts_of(logits_of(p), {.temperature = 0.5, .seed = 3}), squared), 9.2);
  const double a = std::sqrt(0.6), b = std::sqrt(0.3), c = std::sqrt(0.1), sum = a + b + c;
  EXPECT_LT(chi_square(counts_of(logits_of(p), {.temperature = 2, .seed = 4}), {a / sum, b / sum, c / sum}),
            9.2);
}

TEST(Sampler, TakesTheMostProbableAtTemperatureZero) {
  Sampler sampler({.temperature = 0, .seed = 5});
  EXPECT_EQ(sampler.next(Logits{1, 3, 2}, 0), 1);
  EXPECT_EQ(sampler.next(Logits{1, 3, 3}, 1), 1) << "the smaller of equals";
  EXPECT_EQ(sampler.next(Logits{-kInfinity, -1000}, 2), 1);
  EXPECT_EQ(Sampler({.temperature = 1e-300}).next(Logits{1, 3, 2}, 0), 1) << "nearly 0 is like 0";
}

TEST(Sampler, KeepsTheMostProbable) {
  const std::vector<double> p{0.1, 0.4, 0.2, 0.3};
  EXPECT_LT(chi_square(counts_of(logits_of(p), {.top_k = 2, .seed = 6}), {0, 4.0 / 7, 0, 3.0 / 7}), 6.6);
  EXPECT_EQ(counts_of(logits_of(p), {.top_k = 1})[1], kDraws);
  EXPECT_EQ(counts_of(logits_of(p), {.top_k = 4, .seed = 7}), counts_of(logits_of(p), {.seed = 7}));
  EXPECT_EQ(counts_of(logits_of(p), {.top_k = 99, .seed = 7}), counts_of(logits_of(p), {.seed = 7}));
  const auto tied = counts_of(Logits(5, 1.0F), {.top_k = 2});
  EXPECT_EQ(tied[0] + tied[1], kDraws) << "of equals, the smaller ids";
}

TEST(Sampler, CutsTheNucleusWhereItReachesP) {
  // Powers of two: 8, 4, 2, 1, 1 of 16. The cut is exact: 12/16 needs two tokens, a little more needs three.
  const Logits logits{0, std::log(8.0F), std::log(2.0F), std::log(4.0F), 0};
  const auto drawn = [&](double top_p, Index top_k = 0) {
    std::set<std::size_t> ids;
    const auto counts = counts_of(logits, {.top_k = top_k, .top_p = top_p, .seed = 8});
    for (std::size_t i = 0; i < counts.size(); ++i) {
      if (counts[i] > 0) ids.insert(i);
    }
    return ids;
  };
  using Set = std::set<std::size_t>;
  EXPECT_EQ(drawn(1e-9), Set{1});
  EXPECT_EQ(drawn(0.499), Set{1});
  EXPECT_EQ(drawn(0.501), (Set{1, 3}));
  EXPECT_EQ(drawn(0.749), (Set{1, 3}));
  EXPECT_EQ(drawn(0.751), (Set{1, 2, 3}));
  EXPECT_EQ(drawn(0.874), (Set{1, 2, 3}));
  EXPECT_EQ(drawn(0.876), (Set{0, 1, 2, 3})) << "of equals, the smaller id";
  EXPECT_EQ(drawn(0.938), (Set{0, 1, 2, 3, 4}));
  EXPECT_EQ(drawn(0.6, 2), Set{1}) << "of the two that top_k leaves, the first has 2/3";
  EXPECT_LT(chi_square(counts_of(logits, {.top_p = 0.6, .seed = 9}), {0, 2.0 / 3, 0, 1.0 / 3, 0}), 6.6);

  const auto halves = counts_of(Logits{0, 0, -kInfinity}, {.top_p = 0.5});
  EXPECT_EQ(halves[0], kDraws) << "exactly p is enough";
}

TEST(Sampler, DrawsTheSameAtTheSamePosition) {
  const Logits logits(1000, 0.0F);
  Sampler a({.seed = 10}), b({.seed = 10}), other({.seed = 11});
  std::set<std::int32_t> positions;
  int equal = 0;
  for (std::uint64_t position = 0; position < 100; ++position) {
    const auto token = a.next(logits, position);
    positions.insert(token);
    equal += other.next(logits, position) == token;
  }
  for (std::uint64_t position = 100; position-- > 0;)
    EXPECT_EQ(b.next(logits, position), a.next(logits, position));
  EXPECT_GT(positions.size(), 80U);
  EXPECT_LT(equal, 5);
  EXPECT_NE(a.next(logits, 1), a.next(logits, 1 + (std::uint64_t{1} << 32))) << "positions have 64 bits";
}

TEST(Sampler, NeverDrawsWhatItMustNot) {
  EXPECT_EQ(counts_of(Logits{9, 1, 1}, {.never = 0})[0], 0);
  EXPECT_EQ(Sampler({.temperature = 0, .never = 0}).next(Logits{9, 1, 2}, 0), 2);
  EXPECT_EQ(counts_of(Logits{1, -kInfinity, 1}, {})[1], 0);
}

TEST(Sampler, SurvivesExtremeLogits) {
  EXPECT_EQ(counts_of(Logits{-3e38F, 3e38F}, {})[1], kDraws);
  EXPECT_GT(counts_of(Logits{-3e38F, -3e38F}, {})[1], 0);
}

template <class E, class F>
std::string message_of(F&& call) {
  try {
    call();
  } catch (const E& error) {
    return error.what();
  }
  return "nothing was thrown";
}

TEST(Sampler, NamesALogitThatIsNoNumber) {
  const auto refusal = [](const Logits& logits) {
    return message_of<DataError>([&] { Sampler({}).next(logits, 12); });
  };
  const std::string cause = ": the model's weights are damaged, or its training diverged";
  EXPECT_EQ(refusal({0, kNaN, 0}), "the logit of token 1 is nan at position 12" + cause);
  EXPECT_EQ(refusal({0, 0, kInfinity}), "the logit of token 2 is inf at position 12" + cause);
  EXPECT_EQ(refusal({-kInfinity, -kInfinity}), "no token can come at position 12: all logits are -inf");
}

TEST(Sampler, RefusesOptionsOutOfRange) {
  const auto refusal = [](const Sampling& options) {
    return message_of<ConfigError>([&] { Sampler{options}; });
  };
  EXPECT_EQ(refusal({.temperature = -1}), "temperature is -1, expected a number of at least 0");
  EXPECT_EQ(refusal({.temperature = kNaN}), "temperature is nan, expected a number of at least 0");
  EXPECT_EQ(refusal({.temperature = kInfinity}), "temperature is inf, expected a number of at least 0");
  EXPECT_EQ(refusal({.top_k = -1}), "top_k is -1, expected at least 0 (0 allows all tokens)");
  EXPECT_EQ(refusal({.top_p = 0}), "top_p is 0, expected more than 0 and at most 1 (1 allows all tokens)");
  EXPECT_EQ(refusal({.top_p = 1.1}),
            "top_p is 1.1, expected more than 0 and at most 1 (1 allows all tokens)");
  EXPECT_EQ(refusal({.top_p = kNaN}),
            "top_p is nan, expected more than 0 and at most 1 (1 allows all tokens)");
}

}  // namespace
}  // namespace recur
