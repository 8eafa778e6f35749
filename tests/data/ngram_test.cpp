#include "data/text/ngram.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <numeric>
#include <random>
#include <set>

namespace recur {
namespace {

using Ids = std::vector<std::int32_t>;

Tokens tokens_of(const Ids& ids) {
  TokensWriter writer(1000, {});
  writer.append(ids);
  return writer.finish();
}

/// Skewed random tokens that hang on the one before, so that all counts occur.
Ids random_ids(Index size, int vocabulary, unsigned seed) {
  std::mt19937 random(seed);
  Ids ids{0};
  while (static_cast<Index>(ids.size()) < size) {
    const double u = static_cast<double>(random()) / 0x1p32;
    ids.push_back((ids.back() + static_cast<std::int32_t>(u * u * u * vocabulary)) % vocabulary);
  }
  return ids;
}

/// The formula once more, by maps and in the order of the paper.
class Plain {
 public:
  Plain(const Ids& ids, Index vocabulary, Index order) : vocabulary_(vocabulary), order_(order) {
    for (std::size_t end = 1; end <= ids.size(); ++end) {
      for (std::size_t n = 1; n <= std::min(end, static_cast<std::size_t>(order)); ++n) {
        const auto last = ids.begin() + static_cast<Index>(end), first = last - static_cast<Index>(n);
        before_[Ids(first, last)].insert(first == ids.begin() ? -1 : *(first - 1));
        ++occurs_[Ids(first, last)];
      }
    }
  }

  double c(const Ids& sequence) const {
    const auto found = occurs_.find(sequence);
    if (found == occurs_.end()) return 0;
    return static_cast<Index>(sequence.size()) == order_ ? found->second
                                                         : static_cast<double>(before_.at(sequence).size());
  }

  double discount(std::size_t length, double count) const {
    std::map<double, double> n;
    for (const auto& [sequence, occurrences] : occurs_) {
      if (sequence.size() == length) ++n[c(sequence)];
    }
    if (count == 0) return 0;
    if (!(n[1] > 0 && n[2] > 0 && n[3] > 0 && n[4] > 0)) return 0.5;
    const double i = std::min(count, 3.0), y = n[1] / (n[1] + 2 * n[2]);
    return std::clamp(i - (i + 1) * y * n[i + 1] / n[i], 0.05, i);
  }

  double p(Ids history, std::int32_t token) const {
    if (static_cast<Index>(history.size()) >= order_)
      history.erase(history.begin(), history.end() - (order_ - 1));
    double total = 0, left = 0;
    for (std::int32_t v = 0; v < vocabulary_; ++v) {
      Ids sequence = history;
      sequence.push_back(v);
      total += c(sequence);
      left += discount(sequence.size(), c(sequence));
    }
    const double shorter = history.empty() ? 1.0 / static_cast<double>(vocabulary_)
                                           : p(Ids(history.begin() + 1, history.end()), token);
    if (total == 0) return shorter;
    history.push_back(token);
    return (std::max(c(history) - discount(history.size(), c(history)), 0.0) + left * shorter) / total;
  }

 private:
  Index vocabulary_, order_;
  std::map<Ids, int> occurs_;
  std::map<Ids, std::set<std::int32_t>> before_;
};

TEST(Ngram, AgreesWithNumbersByHand) {
  // 0 1 0 1 2: single tokens follow {start, 1}, {0}, {1}; pairs 01 twice, 10 and 12 once; all discounts one
  // half.
  const NgramModel model(tokens_of({0, 1, 0, 1, 2}), {.vocabulary = 4, .order = 2});
  std::vector<double> p(4);
  model.probabilities({}, p);
  EXPECT_EQ(p, (std::vector<double>{0.46875, 0.21875, 0.21875, 0.09375}));
  model.probabilities(Ids{1}, p);
  EXPECT_EQ(p, (std::vector<double>{0.484375, 0.109375, 0.359375, 0.046875}));
  EXPECT_NEAR(model.nats_per_token(tokens_of({2, 0, 3})),
              -(std::log(0.46875) + std::log(0.5 / 2 * 0.09375)) / 2, 1e-12);
}

TEST(Ngram, AgreesWithThePlainFormula) {
  for (Index order : {1, 2, 3, 4}) {
    const Ids ids = random_ids(300, 6, 1);
    const NgramModel model(tokens_of(ids), {.vocabulary = 7, .order = order});
    const Plain plain(ids, 7, order);
    if (order > 1) {
      EXPECT_NE(plain.discount(static_cast<std::size_t>(order), 1), 0.5) << "all counts occur";
    }
    std::vector<double> p(7);
    for (const Ids& history :
         {Ids{}, Ids{0}, Ids{5, 5}, Ids{0, 1, 2}, Ids{3, 3, 4, 0, 1}, Ids{6, 0}, Ids{0, 6}}) {
      model.probabilities(history, p);
      for (std::int32_t token = 0; token < 7; ++token) {
        EXPECT_NEAR(p[static_cast<std::size_t>(token)], plain.p(history, token), 1e-12) << order;
      }
    }
  }
}

TEST(Ngram, AddsUpToOneAndLeavesNothingImpossible) {
  for (const Ids& ids : {random_ids(20'000, 50, 2), Ids{0}, Ids{1, 1, 1, 1, 1, 1}, Ids{}}) {
    const NgramModel model(tokens_of(ids), {.vocabulary = 60, .order = 6});
    std::vector<double> p(60);
    for (Index at = 0; at + 8 < static_cast<Index>(ids.size()) && at < 500; ++at) {
      model.probabilities(std::span(ids).subspan(static_cast<std::size_t>(at), 8), p);
      EXPECT_NEAR(std::accumulate(p.begin(), p.end(), 0.0), 1, 1e-12);
    }
    for (const Ids& history : {Ids{}, Ids{59}, Ids{0, 59, 1}, Ids{1, 1}}) {
      model.probabilities(history, p);
      EXPECT_NEAR(std::accumulate(p.begin(), p.end(), 0.0), 1, 1e-12);
      EXPECT_GT(*std::min_element(p.begin(), p.end()), 0);
    }
  }
}

TEST(Ngram, LearnsWhatThereIsToLearn) {
  Ids ids;
  for (int i = 0; i < 3000; ++i) ids.push_back(i % 7);
  const NgramModel model(tokens_of(ids), {.vocabulary = 7, .order = 3});
  EXPECT_LT(model.nats_per_token(tokens_of(ids)), 0.05);
  const Ids noise = random_ids(30'000, 50, 4);
  const auto half = [&](Index begin) { return tokens_of(noise).slice(begin, begin + 15'000); };
  const double unigram = NgramModel(half(0), {.vocabulary = 50, .order = 1}).nats_per_token(half(15'000));
  const double bigram = NgramModel(half(0), {.vocabulary = 50, .order = 2}).nats_per_token(half(15'000));
  const double longer = NgramModel(half(0), {.vocabulary = 50, .order = 5}).nats_per_token(half(15'000));
  EXPECT_LT(bigram, unigram - 0.5) << "the tokens hang on the one before";
  EXPECT_LT(longer, bigram + 0.2) << "and on no other";
}

TEST(Ngram, KeepsToItsBounds) {
  const Ids ids = random_ids(5000, 50, 5);
  EXPECT_EQ(NgramModel(tokens_of(ids), {.vocabulary = 50}).tokens_counted(), 5000);
  EXPECT_EQ(NgramModel(tokens_of(ids), {.vocabulary = 50, .max_tokens = 100}).tokens_counted(), 100);
  const NgramModel small(tokens_of(ids), {.vocabulary = 50, .max_sequences = 1000});
  EXPECT_FALSE(small.counted_all());
  EXPECT_TRUE(NgramModel(tokens_of(ids), {.vocabulary = 50, .max_tokens = 5000}).counted_all());
  EXPECT_GT(small.tokens_counted(), 150);
  EXPECT_LT(small.tokens_counted(), 1000);
}

}  // namespace
}  // namespace recur
