// Sums over chains of tags: every instruction set has the scalar bits; values against long double.
#include "tests/kernels/kernel_test.h"

namespace recur {
namespace {

/// A chain of random scores, some of whose moves may not be.
template <class T>
struct Given {
  Index steps, tags;
  std::vector<Index> rows;
  Matrix<T> scores, transition, factors, factors_to, start, end;
  double shift = 0;

  Given(Index steps_, Index tags_, double scale)
      : steps(steps_),
        tags(tags_),
        scores(steps * 2, tags),
        transition(tags, tags),
        factors(tags, tags),
        factors_to(tags, tags),
        start(1, tags),
        end(1, tags) {
    Draw draw(static_cast<std::uint64_t>(steps * 100 + tags));
    for (Index t = 0; t < steps; ++t) rows.push_back(2 * t + 1);  // other sequences lie between
    for (Index r = 0; r < 2 * steps; ++r)
      for (Index j = 0; j < tags; ++j) scores(r, j) = draw.number<T>(-scale, scale);
    for (Index j = 0; j < tags; ++j) {
      start(0, j) = j % 5 == 4 ? ChainArgs<T>::kForbidden : draw.number<T>();
      end(0, j) = draw.number<T>();
      for (Index k = 0; k < tags; ++k) {
        const bool may = k == 0 || (j + k) % 3 != 0;
        transition(k, j) = may ? draw.number<T>() : ChainArgs<T>::kForbidden;
        factors(k, j) = may ? static_cast<T>(std::exp(static_cast<double>(transition(k, j)) - 1)) : T{0};
        factors_to(j, k) = factors(k, j);
      }
    }
    shift = 1;
  }
};

template <class T>
struct Found {
  Matrix<T> alpha, marginals, onward, ahead;
  std::vector<double> scale;
  double log_sum = 0;
};

template <class T>
Found<T> run(const Kernels<T>& k, const Given<T>& g) {
  Found<T> f{Matrix<T>(2 * g.steps, g.tags),
             Matrix<T>(2 * g.steps, g.tags),
             Matrix<T>(2 * g.steps, g.tags),
             Matrix<T>(2 * g.steps, g.tags),
             std::vector<double>(static_cast<std::size_t>(2 * g.steps)),
             0};
  for (Index r = 0; r < 2 * g.steps; ++r)
    for (Index j = 0; j < g.tags; ++j) f.alpha(r, j) = f.marginals(r, j) = f.onward(r, j) = f.ahead(r, j) = 0;
  Matrix<T> work(3, g.tags);
  ChainArgs<T> a{.length = g.steps,
                 .tags = g.tags,
                 .rows = g.rows.data(),
                 .scores = g.scores.data(),
                 .transition = g.transition.data(),
                 .factors = g.factors.data(),
                 .factors_to = g.factors_to.data(),
                 .shift = g.shift,
                 .start = g.start.data(),
                 .end = g.end.data(),
                 .alpha = f.alpha.data(),
                 .scale = f.scale.data()};
  a.work = work.data();
  f.log_sum = a.log_sum = k.chain_forward(a);
  a.marginals = f.marginals.data();
  a.onward = f.onward.data();
  a.ahead = f.ahead.data();
  k.chain_backward(a);
  return f;
}

/// log Σ e^x.
long double log_sum(const std::vector<long double>& x) {
  long double largest = x[0], sum = 0;
  for (const long double v : x) largest = std::max(largest, v);
  for (const long double v : x) sum += std::exp(v - largest);
  return largest + std::log(sum);
}

template <class T>
long double exact_log_sum(const Given<T>& g) {
  std::vector<long double> alpha;
  for (Index j = 0; j < g.tags; ++j)
    alpha.push_back(static_cast<long double>(g.start(0, j)) + static_cast<long double>(g.scores(1, j)));
  for (Index t = 1; t < g.steps; ++t) {
    std::vector<long double> next;
    for (Index j = 0; j < g.tags; ++j) {
      std::vector<long double> terms;
      for (Index k = 0; k < g.tags; ++k)
        terms.push_back(alpha[static_cast<std::size_t>(k)] + static_cast<long double>(g.transition(k, j)));
      next.push_back(log_sum(terms) + static_cast<long double>(g.scores(2 * t + 1, j)));
    }
    alpha = next;
  }
  for (Index j = 0; j < g.tags; ++j)
    alpha[static_cast<std::size_t>(j)] += static_cast<long double>(g.end(0, j));
  return log_sum(alpha);
}

TEST(Chain, ValuesAndScalarBits) {
  for_each_kernels([]<class T>(const Kernels<T>& k, const std::string& isa) {
    for (const double scale : {2.0, 90.0})
      for (const Index steps : {1, 2, 9})
        for (Index tags = 1; tags <= 70; tags += tags < 18 ? 1 : 13) {
          SCOPED_TRACE(isa + " " + std::to_string(steps) + " steps, " + std::to_string(tags) + " tags");
          const Given<T> given(steps, tags, scale);
          const Found<T> found = run(k, given), scalar = run(kernels<T>(Isa::scalar), given);
          EXPECT_EQ(found.log_sum, scalar.log_sum);
          expect_same_bits(found.alpha, scalar.alpha, "alpha");
          expect_same_bits(found.marginals, scalar.marginals, "marginals");
          expect_same_bits(found.onward, scalar.onward, "onward");
          expect_same_bits(found.ahead, scalar.ahead, "ahead");
          const double exact = static_cast<double>(exact_log_sum(given));
          EXPECT_NEAR(found.log_sum, exact, (sizeof(T) == 4 ? 1e-6 : 1e-13) * (1 + std::abs(exact)));
          for (Index t = 0; t < steps; ++t) {
            double sum = 0, moves = 0;
            for (Index j = 0; j < tags; ++j) sum += static_cast<double>(found.marginals(2 * t + 1, j));
            EXPECT_NEAR(sum, 1, sizeof(T) == 4 ? 1e-6 * (1 + scale) : 1e-11);
            if (t + 1 == steps) continue;
            for (Index i = 0; i < tags; ++i)
              for (Index j = 0; j < tags; ++j)
                moves += static_cast<double>(found.onward(2 * t + 1, i)) *
                         static_cast<double>(given.factors(i, j)) *
                         static_cast<double>(found.ahead(2 * t + 1, j));
            EXPECT_NEAR(moves, 1, sizeof(T) == 4 ? 1e-6 * (1 + scale) : 1e-11);
          }
        }
  });
}

}  // namespace
}  // namespace recur
