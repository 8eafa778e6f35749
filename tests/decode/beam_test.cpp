// Beam search beside every sequence that there is, alone and in batches.
#include "decode/beam.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

#include "base/error.h"
#include "base/random.h"

namespace recur {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
using Tokens = std::vector<std::int32_t>;

/// A model whose next token depends on the sentence and on all tokens so far: random numbers of their hash.
/// Its state is that hash, gathered by `parents` as a real model's would be.
class HashModel {
 public:
  HashModel(Index tokens, std::vector<Index> lengths) : tokens_(tokens), lengths_(std::move(lengths)) {
    for (std::size_t s = 0; s < lengths_.size(); ++s) state_.push_back(first_state(static_cast<Index>(s)));
  }

  std::vector<double> log_probabilities(std::uint64_t state) const {
    Random random(state);
    std::vector<double> p(static_cast<std::size_t>(tokens_));
    for (double& x : p) x = std::exp(1.5 * random.normal());
    const double sum = std::accumulate(p.begin(), p.end(), 0.0);
    for (double& x : p) x = double{static_cast<float>(std::log(x / sum))};
    return p;
  }
  std::vector<float> attention(std::uint64_t state, Index length) const {
    Random random(state, 1);
    std::vector<float> weights(static_cast<std::size_t>(length));
    float sum = 0;
    for (float& x : weights) sum += x = static_cast<float>(std::exp(2 * random.normal()));
    for (float& x : weights) x /= sum;
    return weights;
  }
  std::uint64_t first_state(Index sentence) const {
    return 77 *
           static_cast<std::uint64_t>(names_.empty() ? sentence : names_[static_cast<std::size_t>(sentence)]);
  }
  static std::uint64_t after(std::uint64_t state, std::int32_t token) {
    return (state * 6364136223846793005U + static_cast<std::uint64_t>(token) + 1442695040888963407U) %
           1000003;
  }
  void rename(std::vector<Index> names) {
    names_ = std::move(names);
    for (std::size_t s = 0; s < state_.size(); ++s) state_[s] = first_state(static_cast<Index>(s));
  }
  Index length(Index sentence) const { return lengths_[static_cast<std::size_t>(sentence)]; }

  BeamScores operator()(const BeamRows& rows) {
    std::vector<std::uint64_t> next;
    scores_.clear();
    attention_.clear();
    calls.push_back(rows.tokens.size());
    for (std::size_t r = 0; r < rows.tokens.size(); ++r) {
      next.push_back(after(state_.at(static_cast<std::size_t>(rows.parents[r])), rows.tokens[r]));
      for (const double p : log_probabilities(next.back())) scores_.push_back(static_cast<float>(p));
      const auto weights = attention(next.back(), length(rows.sentences[r]));
      attention_.insert(attention_.end(), weights.begin(), weights.end());
    }
    state_ = std::move(next);
    return {scores_, attention_};
  }

  std::vector<std::size_t> calls;  // rows of each

 private:
  Index tokens_;
  std::vector<Index> lengths_, names_;
  std::vector<std::uint64_t> state_;
  std::vector<float> scores_, attention_;
};

std::vector<std::vector<BeamResult>> search(HashModel& model, const BeamOptions& options,
                                            std::span<const BeamSource> sources) {
  ThreadPool pool(2);
  return beam_search(pool, options, sources, std::ref(model));
}

/// Every answer to a sentence, best first.
std::vector<BeamResult> all_answers(const HashModel& model, Index tokens, Index sentence,
                                    const BeamOptions& o, const BeamSource& source) {
  std::vector<BeamResult> all;
  std::vector<double> covered(static_cast<std::size_t>(source.length));
  const auto go = [&](auto& self, std::uint64_t state, const BeamResult& so_far,
                      const std::vector<double>& seen) -> void {
    const auto p = model.log_probabilities(state);
    const auto weights = model.attention(state, source.length);
    std::vector<double> now = seen;
    for (std::size_t s = 0; s < now.size(); ++s) now[s] += static_cast<double>(weights[s]);
    const auto length = std::ssize(so_far.tokens);
    if (length >= o.min_length) {
      BeamResult result = so_far;
      result.log_probability += p[static_cast<std::size_t>(o.end)];
      result.score =
          result.log_probability / std::pow((5.0 + static_cast<double>(length + 1)) / 6, o.length_penalty);
      for (const double sum : now) result.score += o.coverage_penalty * std::log(std::min(sum, 1.0));
      all.push_back(result);
    }
    if (length == source.max_length) return;
    for (std::int32_t token = 0; token < tokens; ++token) {
      if (token == o.end || std::ranges::count(o.never, token) > 0) continue;
      BeamResult longer = so_far;
      longer.tokens.push_back(token);
      longer.log_probability += p[static_cast<std::size_t>(token)];
      longer.attention.insert(longer.attention.end(), weights.begin(), weights.end());
      self(self, HashModel::after(state, token), longer, now);
    }
  };
  go(go, HashModel::after(model.first_state(sentence), o.start), {}, covered);
  std::ranges::stable_sort(all, std::greater{}, &BeamResult::score);
  return all;
}

TEST(BeamSearch, FindsTheBestOfEverySequenceThereIsWhereTheBeamHoldsAll) {
  for (const double alpha : {0.0, 0.6, 1.0, 2.5})
    for (const double beta : {0.0, 0.4})
      for (const Index min_length : {0, 2}) {
        const std::vector<BeamSource> sources{
            {.max_length = 4, .length = 3}, {.max_length = 3, .length = 0}, {.max_length = 2, .length = 5}};
        HashModel model(5, {3, 0, 5});
        const BeamOptions options{.beam = 500,
                                  .n_best = 6,
                                  .length_penalty = alpha,
                                  .coverage_penalty = beta,
                                  .min_length = min_length,
                                  .start = 1,
                                  .end = 2,
                                  .never = {0},
                                  .attention = true};
        const HashModel fresh = model;
        const auto found = search(model, options, sources);
        for (std::size_t s = 0; s < sources.size(); ++s) {
          const auto expected = all_answers(fresh, 5, static_cast<Index>(s), options, sources[s]);
          ASSERT_EQ(found[s].size(), 6U);
          for (std::size_t i = 0; i < found[s].size(); ++i) {
            EXPECT_EQ(found[s][i].tokens, expected[i].tokens) << s << " " << i;
            EXPECT_EQ(found[s][i].attention, expected[i].attention);
            EXPECT_NEAR(found[s][i].score, expected[i].score, 1e-12);
            EXPECT_NEAR(found[s][i].log_probability, expected[i].log_probability, 1e-12);
          }
        }
      }
}

TEST(BeamSearch, IsGreedyWithABeamOfOne) {
  for (std::uint64_t turn = 0; turn < 20; ++turn) {
    HashModel model(9, {0});
    model.rename({static_cast<Index>(turn)});
    Tokens greedy;
    std::uint64_t state = HashModel::after(model.first_state(0), 0);
    double sum = 0;
    while (true) {
      const auto p = model.log_probabilities(state);
      const auto token =
          std::ssize(greedy) == 12 ? 3 : static_cast<std::int32_t>(std::ranges::max_element(p) - p.begin());
      sum += p[static_cast<std::size_t>(token)];
      if (token == 3) break;
      greedy.push_back(token);
      state = HashModel::after(state, token);
    }
    const std::vector<BeamSource> sources{{.max_length = 12}};
    const auto found = search(model, {.beam = 1, .length_penalty = 0.7, .end = 3}, sources);
    ASSERT_EQ(found[0].size(), 1U);
    EXPECT_EQ(found[0][0].tokens, greedy) << turn;
    EXPECT_NEAR(found[0][0].log_probability, sum, 1e-12);
    EXPECT_TRUE(std::ranges::all_of(model.calls, [](std::size_t rows) { return rows == 1; }));
  }
}

TEST(BeamSearch, FindsTheSameAloneAndInABatch) {
  std::vector<BeamSource> sources;
  std::vector<Index> lengths;
  for (Index s = 0; s < 20; ++s) {
    lengths.push_back(s % 4);
    sources.push_back({.max_length = 3 + s, .length = s % 4});
  }
  const BeamOptions options{.beam = 4, .n_best = 3, .coverage_penalty = 0.2, .end = 1, .attention = true};
  HashModel together(200, lengths);
  const auto found = search(together, options, sources);
  EXPECT_EQ(together.calls.front(), 20U) << "one row a sentence at first";
  EXPECT_LT(together.calls.back(), 20U) << "sentences that are done leave";
  for (std::size_t s = 0; s < sources.size(); ++s) {
    HashModel alone(200, {lengths[s]});
    alone.rename({static_cast<Index>(s)});
    const auto one = search(alone, options, std::span(sources).subspan(s, 1));
    ASSERT_EQ(one[0].size(), found[s].size());
    for (std::size_t i = 0; i < one[0].size(); ++i) {
      EXPECT_EQ(one[0][i].tokens, found[s][i].tokens);
      EXPECT_EQ(one[0][i].score, found[s][i].score);
      EXPECT_EQ(one[0][i].attention, found[s][i].attention);
    }
  }
}

/// Says the same of every row: these log-probabilities, whatever came before.
BeamModel always(std::vector<float>& scores, const std::vector<float>& row) {
  return [&scores, row](const BeamRows& rows) {
    scores.clear();
    for (std::size_t r = 0; r < rows.tokens.size(); ++r) scores.insert(scores.end(), row.begin(), row.end());
    return BeamScores{scores, {}};
  };
}

std::vector<BeamResult> search_one(const std::vector<float>& row, const BeamOptions& options,
                                   Index max_length) {
  ThreadPool pool(1);
  std::vector<float> scores;
  const std::vector<BeamSource> sources{{.max_length = max_length}};
  return beam_search(pool, options, sources, always(scores, row)).at(0);
}

TEST(BeamSearch, PrefersTheEarlierParentAndTheLowerTokenOfEquals) {
  const float half = -0.5F;
  std::vector<Tokens> found;
  for (const BeamResult& result :
       search_one({half, half, half, half}, {.beam = 4, .n_best = 4, .length_penalty = 0, .end = 3}, 2))
    found.push_back(result.tokens);
  EXPECT_EQ(found, (std::vector<Tokens>{{}, {0}, {0, 0}, {0, 1}}));

  // Long rows, so that the candidates are full when the equal ones come.
  std::vector<float> row(1000, -7.0F);
  found.clear();
  for (const BeamResult& result : search_one(row, {.beam = 3, .n_best = 3, .min_length = 2, .end = 999}, 2))
    found.push_back(result.tokens);
  EXPECT_EQ(found, (std::vector<Tokens>{{0, 0}, {0, 1}, {0, 2}}));
}

TEST(BeamSearch, FindsTheLargestOfManyTokens) {
  for (const Index tokens : {1, 2, 63, 64, 65, 1000, 10'000}) {
    Random random(static_cast<std::uint64_t>(tokens));
    std::vector<float> row;
    for (Index i = 0; i < tokens; ++i)
      row.push_back(static_cast<float>(-5 - random.next_below(1 + tokens / 3)) / 8);
    row.push_back(-1);  // the end
    std::vector<std::int32_t> order(static_cast<std::size_t>(tokens));
    std::iota(order.begin(), order.end(), 0);
    std::ranges::stable_sort(order, std::greater{},
                             [&](std::int32_t i) { return row[static_cast<std::size_t>(i)]; });
    const BeamOptions options{
        .beam = 7, .n_best = 7, .min_length = 1, .end = static_cast<std::int32_t>(tokens)};
    const auto found = search_one(row, options, 1);
    ASSERT_EQ(found.size(), static_cast<std::size_t>(std::min<Index>(7, tokens)));
    for (std::size_t i = 0; i < found.size(); ++i) EXPECT_EQ(found[i].tokens, Tokens{order[i]});
  }
}

TEST(BeamSearch, KeepsToTheLengthsAskedFor) {
  const std::vector<float> ends_soon{-3, -4, -0.1F}, goes_on{-0.1F, -4, -30};
  EXPECT_EQ(search_one(ends_soon, {.beam = 2, .end = 2}, 9)[0].tokens, Tokens{});
  EXPECT_EQ(search_one(ends_soon, {.beam = 2, .min_length = 3, .end = 2}, 9)[0].tokens, (Tokens{0, 0, 0}));
  EXPECT_EQ(search_one(goes_on, {.beam = 2, .end = 2}, 5)[0].tokens, (Tokens{0, 0, 0, 0, 0}));
  EXPECT_EQ(search_one(goes_on, {.beam = 1, .end = 2, .never = {0}}, 2)[0].tokens, (Tokens{1, 1}));
  EXPECT_EQ(search_one(goes_on, {.beam = 2, .end = 2}, 0)[0].tokens, Tokens{});
  EXPECT_EQ(search_one({-kInfinity, -2, -1}, {.beam = 2, .min_length = 1, .end = 2}, 1)[0].tokens, Tokens{1});
}

TEST(BeamSearch, RewardsLengthAndCoverage) {
  // A token costs 1, the end after it 0.2: without a penalty the empty answer is best, with one the longest.
  const std::vector<float> row{-1, -2};
  EXPECT_EQ(search_one(row, {.beam = 20, .length_penalty = 0, .end = 1}, 6)[0].tokens.size(), 0U);
  EXPECT_EQ(search_one(row, {.beam = 20, .length_penalty = 3, .end = 1}, 6)[0].tokens.size(), 6U);
  EXPECT_NEAR(search_one(row, {.beam = 20, .length_penalty = 3, .end = 1}, 6)[0].score, -8 / 8.0, 1e-12)
      << "lp = ((5 + 7)/6)^3";
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

TEST(BeamSearch, NamesALogProbabilityThatIsNoNumber) {
  const auto refusal = [](const std::vector<float>& row) {
    return message_of<DataError>([&] { search_one(row, {.beam = 2, .min_length = 1, .end = 0}, 3); });
  };
  const std::string cause = " at position 0: the model's weights are damaged, or its training diverged";
  std::vector<float> row(100, -5.0F);
  row[70] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(refusal(row), "the log-probability of token 70 is nan" + cause);
  row[70] = kInfinity;
  EXPECT_EQ(refusal(row), "the log-probability of token 70 is inf" + cause);
  EXPECT_EQ(refusal({-1, -kInfinity}),
            "no token can come at position 0: all that are allowed have probability 0");
}

TEST(BeamSearch, RefusesOptionsOutOfRange) {
  const auto refusal = [](const BeamOptions& options) {
    return message_of<ConfigError>([&] { search_one({-1, -1}, options, 3); });
  };
  EXPECT_EQ(refusal({.beam = 0}), "beam is 0, expected at least 1 (1 is greedy)");
  EXPECT_EQ(refusal({.beam = 2, .n_best = 3}), "n_best is 3, expected at least 1 and at most the beam of 2");
  EXPECT_EQ(refusal({.length_penalty = -1}), "length_penalty is -1, expected a number of at least 0");
  EXPECT_EQ(refusal({.coverage_penalty = -1}), "coverage_penalty is -1, expected a number of at least 0");
  EXPECT_EQ(refusal({.min_length = -1}), "min_length is -1, expected at least 0");
}

TEST(BeamSearch, OfNoSentencesIsNothing) {
  ThreadPool pool(1);
  EXPECT_TRUE(beam_search(pool, {}, {}, [](const BeamRows&) -> BeamScores { return {}; }).empty());
}

}  // namespace
}  // namespace recur
