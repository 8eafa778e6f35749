#include "nn/crf.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "kernels/table.h"
#include "nn/share.h"

namespace recur {
namespace {

constexpr Index kSequences = 4;  // that are worth a thread

/// What the kernels read of the parameters: the rules put in, and exponentials taken.
template <class T>
struct Chain {
  std::vector<T> transition, factors, factors_to, start, end;
  double shift = 0;

  Chain(const T* a, const T* first, const T* last, const ChainRules& rules) {
    constexpr T kForbidden = ChainArgs<T>::kForbidden;
    const std::size_t tags = rules.begin.size();
    T largest = kForbidden;
    for (std::size_t i = 0; i < tags * tags; ++i) {
      transition.push_back(rules.follow[i] ? T{a[i]} : kForbidden);
      largest = std::max(largest, transition.back());
    }
    shift = largest > kForbidden ? static_cast<double>(largest) : 0;
    factors_to.resize(tags * tags);
    for (std::size_t i = 0; i < tags * tags; ++i) {
      const double exact = std::exp(static_cast<double>(transition[i]) - shift);
      factors.push_back(rules.follow[i] ? static_cast<T>(exact) : T{0});
      factors_to[i % tags * tags + i / tags] = factors.back();
    }
    for (std::size_t i = 0; i < tags; ++i) {
      start.push_back(rules.begin[i] ? T{first[i]} : kForbidden);
      end.push_back(rules.end[i] ? T{last[i]} : kForbidden);
    }
  }

  /// What all calls for a sequence have in common.
  ChainArgs<T> arguments(const std::vector<Index>& rows, const T* scores) const {
    return {.length = static_cast<Index>(rows.size()),
            .tags = static_cast<Index>(start.size()),
            .rows = rows.data(),
            .scores = scores,
            .transition = transition.data(),
            .factors = factors.data(),
            .factors_to = factors_to.data(),
            .shift = shift,
            .start = start.data(),
            .end = end.data()};
  }
};

std::vector<Index> rows_of(const Layout& layout, Index position) {
  std::vector<Index> rows;
  for (Index t = 0; t < layout.length(position); ++t) rows.push_back(layout.row(t, position));
  return rows;
}

/// What the sums leave for the way back, and for who asks for marginals.
struct Sums {
  Tensor alpha;                 // [rows, tags]
  std::vector<double> scale;    // [rows]
  std::vector<double> log_sum;  // by position
};

/// Calls run(position, arguments) for each sequence that has steps, with what the kernels of both ways read.
template <class T, class F>
void for_each_chain(ThreadPool& pool, const Chain<T>& chain, const Tensor& scores, const Layout& layout,
                    Sums& sums, F&& run) {
  share(pool, layout.batch(), kSequences, [&](Index begin, Index end) {
    std::vector<T> work(3 * chain.start.size());
    for (Index p = begin; p < end; ++p) {
      if (layout.length(p) == 0) continue;
      const std::vector<Index> rows = rows_of(layout, p);
      ChainArgs<T> a = chain.arguments(rows, scores.data<T>());
      a.alpha = sums.alpha.data<T>();
      a.scale = sums.scale.data();
      a.work = work.data();
      run(p, a);
    }
  });
}

template <class T>
Sums sum_chains(ThreadPool& pool, const Chain<T>& chain, const Tensor& scores, const Layout& layout) {
  Sums sums{.alpha = Tensor::empty(scores.shape(), scores.dtype()),
            .scale = std::vector<double>(static_cast<std::size_t>(layout.rows())),
            .log_sum = std::vector<double>(static_cast<std::size_t>(layout.batch()))};
  for_each_chain(pool, chain, scores, layout, sums, [&](Index p, const ChainArgs<T>& a) {
    sums.log_sum[static_cast<std::size_t>(p)] = kernels<T>().chain_forward(a);
  });
  return sums;
}

/// Marginals [rows, tags], and where `onward` is defined what the gradient of transitions is made of.
template <class T>
void undo_chains(ThreadPool& pool, const Chain<T>& chain, const Tensor& scores, const Layout& layout,
                 Sums& sums, const Tensor& marginals, const Tensor& onward, const Tensor& ahead) {
  for_each_chain(pool, chain, scores, layout, sums, [&](Index p, ChainArgs<T>& a) {
    a.log_sum = sums.log_sum[static_cast<std::size_t>(p)];
    a.marginals = marginals.data<T>();
    if (onward.defined()) a.onward = onward.data<T>(), a.ahead = ahead.data<T>();
    kernels<T>().chain_backward(a);
  });
}

/// A tag at a step, and the rows of that step and the next.
struct Departure {
  Index row, next, from;
};

/// Adds f times the probabilities of all moves from a tag that the kernel left out:
/// p_t+1(j)·exp(α_t(from) + transition(from, j) + score_t+1(j) − α_t+1(j)).
template <class T>
void add_moves(const Chain<T>& chain, const Sums& sums, const Tensor& scores, const Tensor& marginals,
               Departure at, T f, const Tensor& moves) {
  const Index tags = static_cast<Index>(chain.start.size());
  const T *const alpha = sums.alpha.data<T>(), *const p = marginals.data<T>() + at.next * tags;
  const double scale =
      sums.scale[static_cast<std::size_t>(at.row)] - sums.scale[static_cast<std::size_t>(at.next)];
  for (Index j = 0; j < tags; ++j) {
    const T transition = chain.transition[static_cast<std::size_t>(at.from * tags + j)];
    if (transition == ChainArgs<T>::kForbidden || !(p[j] > T{1e-12F})) continue;
    const double share =
        std::exp(static_cast<double>(alpha[at.row * tags + at.from]) + static_cast<double>(transition) +
                 static_cast<double>(scores.data<T>()[at.next * tags + j]) -
                 static_cast<double>(alpha[at.next * tags + j]) + scale);
    moves.data<T>()[at.from * tags + j] += f * p[j] * static_cast<T>(share);
  }
}

/// Calls f(position, rows) for the sequences all of whose tags are known.
template <class F>
void each_known(const Layout& layout, const std::int32_t* tags, F&& f) {
  for (Index p = 0; p < layout.batch(); ++p) {
    const std::vector<Index> rows = rows_of(layout, p);
    if (!rows.empty() && std::ranges::all_of(rows, [&](Index r) { return tags[r] >= 0; })) f(p, rows);
  }
}

}  // namespace

ChainRules ChainRules::free(Index tags) {
  const auto n = static_cast<std::size_t>(tags);
  return {.follow = std::vector<std::uint8_t>(n * n, 1),
          .begin = std::vector<std::uint8_t>(n, 1),
          .end = std::vector<std::uint8_t>(n, 1)};
}

Crf::Crf(Parameters& parameters, const std::string& prefix, Index tags, ChainRules rules)
    : tags_(tags),
      rules_(std::move(rules)),
      transition_(&parameters.add(prefix + "transition", ParameterKind::kernel, {tags, tags})),
      start_(&parameters.add(prefix + "start", ParameterKind::bias, {tags})),
      end_(&parameters.add(prefix + "end", ParameterKind::bias, {tags})) {
  RECUR_ASSERT(static_cast<Index>(rules_.begin.size()) == tags &&
               static_cast<Index>(rules_.follow.size()) == tags * tags);
}

Loss Crf::loss(const Pass& pass, const Var& scores, const Tensor& tags, const LayoutPtr& layout) const {
  check_shape(scores.value, {layout->rows(), tags_}, "the scores of a CRF");
  check<ShapeError>(tags.size() == layout->rows(), "a CRF got {} rows of scores and {} tags", layout->rows(),
                    tags.size());
  const Var a = pass.use(*transition_), first = pass.use(*start_), last = pass.use(*end_);
  const std::int32_t* const y = tags.data<std::int32_t>();
  ThreadPool* const pool = &pass.pool;
  Loss out;
  out.each = Tensor::zeros({layout->batch()}, scores.dtype());
  return with_float_type(scores.dtype(), [&]<class T>(T) {
    auto chain =
        std::make_shared<Chain<T>>(a.value.data<T>(), first.value.data<T>(), last.value.data<T>(), rules_);
    auto sums = std::make_shared<Sums>(sum_chains<T>(*pool, *chain, scores.value, *layout));
    const Index k = tags_;
    each_known(*layout, y, [&](Index p, const std::vector<Index>& rows) {
      const T* const s = scores.value.data<T>();
      double gold = static_cast<double>(chain->start[static_cast<std::size_t>(y[rows.front()])]) +
                    static_cast<double>(chain->end[static_cast<std::size_t>(y[rows.back()])]);
      for (std::size_t t = 0; t < rows.size(); ++t) {
        RECUR_ASSERT(y[rows[t]] < k);
        gold += static_cast<double>(s[rows[t] * k + y[rows[t]]]);
        if (t > 0)
          gold += static_cast<double>(
              chain->transition[static_cast<std::size_t>(y[rows[t - 1]] * k + y[rows[t]])]);
      }
      const double nats = sums->log_sum[static_cast<std::size_t>(p)] - gold;
      out.each.data<T>()[layout->sequence(p)] = static_cast<T>(nats);
      out.sum += nats;
      out.count += static_cast<double>(rows.size());
    });
    const Tensor value = Tensor::empty({}, scores.dtype());
    *value.data<T>() = static_cast<T>(out.mean());
    const double factor = out.count == 0 ? 0 : 1 / out.count;
    out.value = record(
        value, {&scores, &a, &first, &last},
        [scores, a, first, last, tags, layout, chain, sums, pool, factor, k](Gradients& g, const Tensor& dy) {
          const T f = static_cast<T>(factor * static_cast<double>(*dy.data<T>()));
          const std::int32_t* const truth = tags.data<std::int32_t>();
          const Tensor p = Tensor::zeros(scores.shape(), scores.dtype()),
                       onward = Tensor::zeros(scores.shape(), scores.dtype()),
                       ahead = Tensor::zeros(scores.shape(), scores.dtype());
          undo_chains<T>(*pool, *chain, scores.value, *layout, *sums, p, onward, ahead);
          const Tensor ds = g.of(scores), da = g.of(a), dfirst = g.of(first), dlast = g.of(last);
          // Where tags are unknown nothing counts.
          std::vector<bool> counts(static_cast<std::size_t>(layout->batch()));
          each_known(*layout, truth, [&](Index position, const std::vector<Index>& rows) {
            counts[static_cast<std::size_t>(position)] = true;
            for (std::size_t t = 0; t < rows.size(); ++t) {
              const T* const probability = p.data<T>() + rows[t] * k;
              const auto add = [&](const Tensor& d, Index row) {
                if (!d.defined()) return;
                T* const to = d.data<T>() + row * k;
                for (Index j = 0; j < k; ++j) to[j] += f * probability[j];
                to[truth[rows[t]]] -= f;
              };
              add(ds, rows[t]);
              if (t == 0) add(dfirst, 0);
              if (t + 1 == rows.size()) {
                add(dlast, 0);
              } else if (da.defined()) {
                da.data<T>()[truth[rows[t]] * k + truth[rows[t + 1]]] -= f;
                for (Index i = 0; i < k; ++i)
                  if (onward.data<T>()[rows[t] * k + i] == T{0} && probability[i] > T{1e-12F})
                    add_moves(*chain, *sums, scores.value, p, {rows[t], rows[t + 1], i}, f, da);
              }
            }
          });
          if (!da.defined()) return;
          for (Index position = 0; position < layout->batch(); ++position)
            if (!counts[static_cast<std::size_t>(position)])
              for (const Index row : rows_of(*layout, position))
                std::fill_n(onward.data<T>() + row * k, k, T{0});
          // Σ over steps of onward ⊗ ahead, each thread rows of its own.
          const Tensor moves = Tensor::zeros({k, k}, scores.dtype());
          const RowPair<T> pair{onward.data<T>(), ahead.data<T>(), layout->rows()};
          share(*pool, k, 16, [&](Index begin, Index end) {
            kernels<T>().outer({.pairs = &pair,
                                .pair_count = 1,
                                .a_stride = k,
                                .b_stride = k,
                                .columns = k,
                                .first = begin,
                                .last = end,
                                .y = moves.data<T>(),
                                .y_stride = k});
          });
          for (Index i = 0; i < k * k; ++i)
            da.data<T>()[i] += f * moves.data<T>()[i] * chain->factors[static_cast<std::size_t>(i)];
        });
    return out;
  });
}

Crf::Marginals Crf::marginals(const Pass& pass, const Tensor& scores, const LayoutPtr& layout) const {
  check_shape(scores, {layout->rows(), tags_}, "the scores of a CRF");
  Marginals out{.probabilities = Tensor::empty(scores.shape(), scores.dtype()),
                .log_sums = std::vector<double>(static_cast<std::size_t>(layout->batch()))};
  with_float_type(scores.dtype(), [&]<class T>(T) {
    const Chain<T> chain(transition_->value.data<T>(), start_->value.data<T>(), end_->value.data<T>(),
                         rules_);
    Sums sums = sum_chains<T>(pass.pool, chain, scores, *layout);
    undo_chains<T>(pass.pool, chain, scores, *layout, sums, out.probabilities, {}, {});
    for (Index p = 0; p < layout->batch(); ++p)
      out.log_sums[static_cast<std::size_t>(layout->sequence(p))] = sums.log_sum[static_cast<std::size_t>(p)];
  });
  return out;
}

ChainScores Crf::scores() const {
  const Chain<float> chain(transition_->value.data<float>(), start_->value.data<float>(),
                           end_->value.data<float>(), rules_);
  return {.tags = tags_, .transition = chain.transition, .start = chain.start, .end = chain.end};
}

}  // namespace recur
