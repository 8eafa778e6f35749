#include "nn/adaptive_softmax.h"

#include <algorithm>

#include "base/error.h"
#include "nn/log_sums.h"
#include "nn/ops.h"
#include "nn/share.h"

namespace recur {
namespace {

/// y [R, V] of scores of the list and the clusters [R, L + C] and of each cluster's words [R, ·]:
///   y_w = a_w in the list, s_w + a_{L+c} − ln Σ e^{s} in cluster c.
Var join(const Pass& pass, const Var& list, const std::vector<Var>& clusters) {
  const Index rows = list.shape()[0], scored = list.shape()[1],
              listed = scored - static_cast<Index>(clusters.size());
  Index outputs = listed;
  for (const Var& words : clusters) outputs += words.shape()[1];
  const Tensor y = Tensor::empty({rows, outputs}, list.dtype());
  std::vector<Tensor> probabilities;  // inside each cluster
  ThreadPool* const pool = &pass.pool;
  constexpr Index kRows = 16;
  with_float_type(list.dtype(), [&]<class T>(T) {
    const Tensor sums = Tensor::empty({rows}, list.dtype());
    const T* const a = list.value.data<T>();
    T* const out = y.data<T>();
    share(*pool, rows, kRows, [&](Index begin, Index end) {
      for (Index r = begin; r < end; ++r) std::copy_n(a + r * scored, listed, out + r * outputs);
    });
    Index column = listed;
    for (std::size_t c = 0; c < clusters.size(); ++c) {
      const Index words = clusters[c].shape()[1];
      probabilities.push_back(Tensor::empty({rows, words}, list.dtype()));
      const T* const s = clusters[c].value.data<T>();
      share(*pool, rows, kRows, [&](Index begin, Index end) {
        T* const sum = sums.data<T>();
        log_sums(end - begin, words, s + begin * words, sum + begin,
                 probabilities.back().data<T>() + begin * words);
        for (Index r = begin; r < end; ++r) {
          const T shift = a[r * scored + listed + static_cast<Index>(c)] - sum[r];
          for (Index w = 0; w < words; ++w) out[r * outputs + column + w] = s[r * words + w] + shift;
        }
      });
      column += words;
    }
  });
  return record(y, {&list}, [=](Gradients& g, const Tensor& dy) {
    const Tensor dlist = g.of(list);
    std::vector<Tensor> dwords;
    for (const Var& words : clusters) dwords.push_back(g.of(words));
    with_float_type(dy.dtype(), [&]<class T>(T) {
      share(*pool, rows, kRows, [&](Index begin, Index end) {
        for (Index r = begin; r < end; ++r) {
          const T* d = dy.data<T>();
          RECUR_ASSERT(d != nullptr);
          d += r * outputs;
          T* const da = dlist.data<T>() + r * scored;
          for (Index w = 0; w < listed; ++w) da[w] += d[w];
          d += listed;
          for (std::size_t c = 0; c < dwords.size(); ++c) {
            const Index words = dwords[c].dim(1);
            const T* const p = probabilities[c].data<T>() + r * words;
            T* const ds = dwords[c].data<T>() + r * words;
            T sum = T{0};
            for (Index w = 0; w < words; ++w) sum += d[w];
            for (Index w = 0; w < words; ++w) ds[w] += d[w] - sum * p[w];
            da[listed + static_cast<Index>(c)] += sum;
            d += words;
          }
        }
      });
    });
  });
}

}  // namespace

AdaptiveSoftmax::AdaptiveSoftmax(Parameters& parameters, const std::string& prefix, Index input,
                                 Index outputs, const std::vector<Index>& cutoffs)
    : listed_(cutoffs.front()) {
  Index below = 0;
  for (const Index cutoff : cutoffs) {
    check<ConfigError>(cutoff > below && cutoff < outputs,
                       "adaptive_cutoffs holds {} after {}, expected numbers that rise and stay below the "
                       "vocabulary, which has {}",
                       cutoff, below, outputs);
    below = cutoff;
  }
  const auto count = static_cast<Index>(cutoffs.size());
  list_.emplace_back(parameters, prefix + "0", input, listed_ + count);
  Index width = input;
  for (std::size_t c = 0; c < cutoffs.size(); ++c) {
    const Index last = c + 1 < cutoffs.size() ? cutoffs[c + 1] : outputs;
    const std::string name = prefix + "cluster" + std::to_string(c + 1);
    width = std::max<Index>(1, width / 4);
    Linear down(parameters, name + ".down", input, width, /*bias=*/false);
    clusters_.push_back(
        {cutoffs[c], last, std::move(down), Linear(parameters, name + ".0", width, last - cutoffs[c])});
  }
}

void AdaptiveSoftmax::initialise(const InitialiserConfig& config, Random& random) {
  initialise_linear(list_.front(), config, random);
  for (const Cluster& cluster : clusters_) {
    initialise_linear(cluster.down, config, random);
    initialise_linear(cluster.words, config, random);
  }
}

Var AdaptiveSoftmax::logits(const Pass& pass, const Var& x) const {
  std::vector<Var> clusters;
  for (const Cluster& cluster : clusters_)
    clusters.push_back(cluster.words.forward(pass, cluster.down.forward(pass, x)));
  return join(pass, list_.front().forward(pass, x), clusters);
}

}  // namespace recur
