#include "nn/attention.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.h"
#include "kernels/table.h"
#include "nn/ops.h"
#include "nn/share.h"

namespace recur {
namespace {

/// What both ways of attend() read. Queries are taken sequence by sequence: its steps stay in the cache, and
/// no two threads add to one sum.
struct Look {
  Var queries, keys, values, vector;  // vector: undefined unless the score is additive
  std::vector<Index> memory_begin;
  Tensor weights;
  std::vector<Index> weights_begin;  // by query
  std::vector<Index> order, begin;   // queries by sequence, and where those of each begin

  Index sequences() const { return static_cast<Index>(memory_begin.size()) - 1; }
  Index size() const { return keys.shape()[1]; }
  Index width() const { return values.shape()[1]; }
  Index first(Index n) const { return memory_begin[static_cast<std::size_t>(n)]; }
  Index length(Index n) const { return memory_begin[static_cast<std::size_t>(n) + 1] - first(n); }
  std::span<const Index> queries_of(Index n) const {
    const auto from = static_cast<std::size_t>(begin[static_cast<std::size_t>(n)]);
    return std::span(order).subspan(from,
                                    static_cast<std::size_t>(begin[static_cast<std::size_t>(n) + 1]) - from);
  }
  template <class T>
  T* weights_of(Index query) const {
    return weights.data<T>() + weights_begin[static_cast<std::size_t>(query)];
  }

  void group(std::span<const Index> of) {
    begin.assign(static_cast<std::size_t>(sequences()) + 1, 0);
    for (const Index n : of) ++begin[static_cast<std::size_t>(n) + 1];
    std::partial_sum(begin.begin(), begin.end(), begin.begin());
    std::vector<Index> next = begin;
    order.resize(of.size());
    Index weight = 0;
    for (std::size_t q = 0; q < of.size(); ++q) {
      order[static_cast<std::size_t>(next[static_cast<std::size_t>(of[q])]++)] = static_cast<Index>(q);
      weights_begin.push_back(weight);
      weight += length(of[q]);
    }
    weights = Tensor::empty({weight}, values.dtype());
  }

  /// Calls f(sequence, memory) for each that is looked at; `per_step` values of memory for each of its steps
  /// are the thread's own.
  template <class T, class F>
  void each_sequence(ThreadPool& pool, Index per_step, F&& f) const {
    constexpr Index kWorthAThread = 1 << 14;
    const Index each = weights.size() * (size() + width()) / std::max<Index>(sequences(), 1);
    Index longest = 0;
    for (Index n = 0; n < sequences(); ++n) longest = std::max(longest, length(n));
    share(pool, sequences(), 1 + kWorthAThread / std::max<Index>(each, 1), [&](Index from, Index to) {
      const Tensor memory = Tensor::empty({longest * per_step}, kDType<T>);
      for (Index n = from; n < to; ++n)
        if (length(n) > 0 && !queries_of(n).empty()) f(n, memory.data<T>());
    });
  }
};

template <class T>
void softmax(T* x, Index size) {
  const T highest = *std::max_element(x, x + size);
  double sum = 0;
  for (Index i = 0; i < size; ++i) {
    x[i] = static_cast<T>(std::exp(static_cast<double>(x[i] - highest)));
    sum += static_cast<double>(x[i]);
  }
  for (Index i = 0; i < size; ++i) x[i] = static_cast<T>(static_cast<double>(x[i]) / sum);
}

/// tanh(k_s + q) of all steps of a sequence, [length, size].
template <class T>
void hidden_of(const Look& look, Index n, Index query, T* hidden) {
  const Kernels<T>& k = kernels<T>();
  const Index size = look.size(), length = look.length(n);
  std::copy_n(look.keys.value.data<T>() + look.first(n) * size, length * size, hidden);
  for (Index s = 0; s < length; ++s)
    k.add(size, look.queries.value.data<T>() + query * size, hidden + s * size);
  k.activate(Activation::tanh, length * size, hidden, hidden);
}

template <class T>
void forward(ThreadPool& pool, const Look& look, const Tensor& context) {
  const Kernels<T>& k = kernels<T>();
  const Index size = look.size(), width = look.width();
  const bool additive = look.vector.defined();
  look.each_sequence<T>(pool, additive ? size : 0, [&](Index n, T* hidden) {
    const Index length = look.length(n);
    for (const Index query : look.queries_of(n)) {
      T* const weights = look.weights_of<T>(query);
      if (additive) {
        hidden_of(look, n, query, hidden);
        k.dots(length, size, hidden, size, look.vector.value.data<T>(), weights);
      } else {
        k.dots(length, size, look.keys.value.data<T>() + look.first(n) * size, size,
               look.queries.value.data<T>() + query * size, weights);
      }
      softmax(weights, length);
      k.add_rows(length, width, weights, look.values.value.data<T>() + look.first(n) * width, width,
                 context.data<T>() + query * width);
    }
  });
}

template <class T>
void backward(ThreadPool& pool, const Look& look, Gradients& g, const Tensor& dcontext) {
  const Kernels<T>& k = kernels<T>();
  const Index size = look.size(), width = look.width();
  const bool additive = look.vector.defined();
  const auto gradient = [&](const Var& x) {
    const Tensor dx = g.of(x);
    return dx.defined() ? dx.data<T>() : nullptr;
  };
  T *const dqueries = gradient(look.queries), *const dkeys = gradient(look.keys),
           *const dvalues = gradient(look.values);
  // Of the vector each sequence has a sum of its own, so that no order depends on threads.
  const Tensor dvectors = additive ? Tensor::zeros({look.sequences(), size}, kDType<T>) : Tensor();
  look.each_sequence<T>(pool, 1 + (additive ? 3 * size : 0), [&](Index n, T* memory) {
    const Index length = look.length(n), values = length * size;
    T *const dscores = memory, *const hidden = dscores + length, *const dhidden = hidden + values,
             *const dsum = dhidden + values;
    for (const Index query : look.queries_of(n)) {
      const T* const weights = look.weights_of<T>(query);
      const T* const dy = dcontext.data<T>() + query * width;
      k.dots(length, width, look.values.value.data<T>() + look.first(n) * width, width, dy, dscores);
      double mean = 0;
      for (Index s = 0; s < length; ++s) mean += static_cast<double>(weights[s] * dscores[s]);
      for (Index s = 0; s < length; ++s) dscores[s] = weights[s] * (dscores[s] - static_cast<T>(mean));
      for (Index s = 0; dvalues != nullptr && s < length; ++s)
        k.add_rows(1, width, weights + s, dy, width, dvalues + (look.first(n) + s) * width);
      T* const dquery = dqueries == nullptr ? nullptr : dqueries + query * size;
      T* const dkeys_here = dkeys == nullptr ? nullptr : dkeys + look.first(n) * size;
      if (!additive) {
        const T* const q = look.queries.value.data<T>() + query * size;
        if (dquery != nullptr)
          k.add_rows(length, size, dscores, look.keys.value.data<T>() + look.first(n) * size, size, dquery);
        for (Index s = 0; dkeys_here != nullptr && s < length; ++s)
          k.add_rows(1, size, dscores + s, q, size, dkeys_here + s * size);
        continue;
      }
      hidden_of(look, n, query, hidden);
      k.add_rows(length, size, dscores, hidden, size, dvectors.data<T>() + n * size);
      for (Index s = 0; s < length; ++s)
        k.scale(size, dscores[s], look.vector.value.data<T>(), dhidden + s * size);
      std::fill_n(dsum, values, T{0});
      k.activate_backward(Activation::tanh, values, hidden, dhidden, dsum);
      if (dkeys_here != nullptr) k.add(values, dsum, dkeys_here);
      for (Index s = 0; dquery != nullptr && s < length; ++s) k.add(size, dsum + s * size, dquery);
    }
  });
  if (T* const dvector = additive ? gradient(look.vector) : nullptr; dvector != nullptr)
    for (Index n = 0; n < look.sequences(); ++n) k.add(size, dvectors.data<T>() + n * size, dvector);
}

}  // namespace

Attention::Attention(Parameters& parameters, const std::string& prefix, AttentionScore score,
                     const Shape& shape) {
  switch (score) {
    case AttentionScore::none:
      RECUR_ASSERT(false);
      return;
    case AttentionScore::additive:
      query_.emplace(parameters, prefix + "query", shape.query, shape.size);
      memory_.emplace(parameters, prefix + "memory", shape.memory, shape.size, /*bias=*/false);
      vector_ = &parameters.add(prefix + "score.weight", ParameterKind::kernel, {1, shape.size});
      return;
    case AttentionScore::dot:
      check<ConfigError>(shape.query == shape.memory,
                         "attention dot multiplies what the decoder says with what was encoded: they are {} "
                         "and {} wide, expected one width (or take attention general)",
                         shape.query, shape.memory);
      return;
    case AttentionScore::general:
      memory_.emplace(parameters, prefix + "memory", shape.memory, shape.query, /*bias=*/false);
  }
}

void Attention::initialise(const InitialiserConfig& config, Random& random) {
  if (query_) initialise_linear(*query_, config, random);
  if (memory_) initialise_linear(*memory_, config, random);
  if (vector_ == nullptr) return;
  recur::initialise(vector_->value, config.kernel_initializer, random);
  ++vector_->version;
}

AttentionMemory Attention::remember(const Pass& pass, const Sequence& encoded) const {
  const Layout& layout = *encoded.layout;
  AttentionMemory memory;
  std::vector<Index> rows;
  rows.reserve(static_cast<std::size_t>(layout.rows()));
  for (Index n = 0; n < layout.batch(); ++n) {
    memory.begin.push_back(static_cast<Index>(rows.size()));
    const Index position = layout.position(n);
    for (Index t = 0; t < layout.length(position); ++t) rows.push_back(layout.row(t, position));
  }
  memory.begin.push_back(static_cast<Index>(rows.size()));
  memory.values = gather_rows(pass, encoded.rows, rows);
  memory.keys = memory_ ? memory_->forward(pass, memory.values) : memory.values;
  return memory;
}

Attended Attention::attend(const Pass& pass, const Var& queries, std::span<const Index> sequences,
                           const AttentionMemory& memory) const {
  RECUR_ASSERT(queries.shape()[0] == static_cast<Index>(sequences.size()));
  Look look{.queries = query_ ? query_->forward(pass, queries) : queries,
            .keys = memory.keys,
            .values = memory.values,
            .vector = vector_ == nullptr ? Var() : pass.use(*vector_),
            .memory_begin = memory.begin,
            .weights = {},
            .weights_begin = {},
            .order = {},
            .begin = {}};
  check_shape(look.queries.value, {queries.shape()[0], look.size()}, "the queries of attention");
  look.group(sequences);
  const Tensor context = Tensor::zeros({queries.shape()[0], look.width()}, queries.dtype());
  ThreadPool* const pool = &pass.pool;
  with_float_type(context.dtype(), [&]<class T>(T) { forward<T>(*pool, look, context); });
  Attended out{.context = {}, .weights = look.weights, .begin = look.weights_begin};
  out.context = record(context, {&look.queries, &look.keys, &look.values, &look.vector},
                       [look, pool](Gradients& g, const Tensor& dy) {
                         with_float_type(dy.dtype(), [&]<class T>(T) { backward<T>(*pool, look, g, dy); });
                       });
  return out;
}

}  // namespace recur
