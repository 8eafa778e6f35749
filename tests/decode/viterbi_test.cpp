// The best sequences of tags, and the sums of the CRF, beside every sequence that there is.
#include "decode/viterbi.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/random.h"
#include "kernels/table.h"

namespace recur {
namespace {

/// All sequences that the rules allow, the best first.
std::vector<TagPath> all_paths(const ChainScores& chain, const std::vector<float>& scores, Index steps) {
  const Index tags = chain.tags;
  std::vector<TagPath> paths;
  std::vector<std::int32_t> y(static_cast<std::size_t>(steps));
  const auto at = [](const std::vector<float>& v, Index i) {
    return static_cast<double>(v[static_cast<std::size_t>(i)]);
  };
  while (true) {
    double score = at(chain.start, y.front()) + at(chain.end, y.back());
    for (Index t = 0; t < steps; ++t) {
      const auto tag = y[static_cast<std::size_t>(t)];
      score += at(scores, t * tags + tag);
      if (t > 0) score += at(chain.transition, y[static_cast<std::size_t>(t - 1)] * tags + tag);
    }
    if (score > -1e29) paths.push_back({y, score});
    std::size_t next = 0;
    while (next < y.size() && ++y[next] == tags) y[next++] = 0;
    if (next == y.size()) break;
  }
  std::ranges::stable_sort(paths, std::greater{}, &TagPath::score);
  return paths;
}

TEST(Viterbi, AgreesWithEverySequenceThereIs) {
  ThreadPool pool(1);
  Random random(1);
  for (int turn = 0; turn < 60; ++turn) {
    const Index steps = 1 + random.next_below(5), tags = 1 + random.next_below(4);
    ChainRules rules = ChainRules::free(tags);
    for (auto* list : {&rules.follow, &rules.begin, &rules.end})
      for (auto& allowed : *list) allowed = random.next_below(4) > 0;
    Parameters parameters;
    const Crf crf(parameters, "", tags, rules);
    for (Parameter& p : parameters)
      for (Index i = 0; i < p.value.size(); ++i)
        p.value.data<float>()[i] = static_cast<float>(random.normal());
    Tensor scores = Tensor::empty({steps, tags});
    std::vector<float> flat;
    for (Index i = 0; i < scores.size(); ++i)
      flat.push_back(scores.data<float>()[i] = static_cast<float>(2 * random.normal()));
    const ChainScores chain = crf.scores();
    const std::vector<TagPath> expected = all_paths(chain, flat, steps);
    if (expected.empty()) continue;

    for (const Index count : {1, 2, 7, 1000}) {
      const std::vector<TagPath> found = best_paths(flat.data(), steps, chain, count);
      ASSERT_EQ(found.size(), std::min(expected.size(), static_cast<std::size_t>(count)));
      for (std::size_t i = 0; i < found.size(); ++i) {
        EXPECT_EQ(found[i].tags, expected[i].tags) << i;
        EXPECT_NEAR(found[i].score, expected[i].score, 1e-9);
      }
    }

    const Crf::Marginals sums = crf.marginals(Pass{.pool = pool}, scores, Layout::dense(steps, 1));
    double z = 0;
    std::vector<double> marginals(flat.size());
    for (const TagPath& path : expected) {
      const double p = std::exp(path.score - expected[0].score);
      z += p;
      for (std::size_t t = 0; t < path.tags.size(); ++t)
        marginals[t * static_cast<std::size_t>(tags) + static_cast<std::size_t>(path.tags[t])] += p;
    }
    EXPECT_NEAR(sums.log_sums[0], expected[0].score + std::log(z), 1e-5);
    for (std::size_t i = 0; i < flat.size(); ++i)
      EXPECT_NEAR(sums.probabilities.data<float>()[i], marginals[i] / z, 1e-5) << i;
  }
}

TEST(Viterbi, AnEmptySentenceHasNoTags) {
  const ChainScores chain{.tags = 1, .transition = {0}, .start = {0}, .end = {0}};
  const std::vector<TagPath> paths = best_paths(nullptr, 0, chain, 3);
  ASSERT_EQ(paths.size(), 1U);
  EXPECT_TRUE(paths[0].tags.empty());
}

}  // namespace
}  // namespace recur
