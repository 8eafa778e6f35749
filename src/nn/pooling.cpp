#include "nn/pooling.h"

#include <cmath>
#include <cstring>

#include "kernels/table.h"
#include "nn/ops.h"
#include "nn/share.h"

namespace recur {
namespace {

/// One sequence of a batch: where its steps are and where its pooled vector goes.
struct Steps {
  const Layout* layout;
  Index position, length, sequence;
  Index row(Index t) const { return layout->row(t, position); }
};

/// Calls f(steps) for each sequence, on all threads if there are enough values.
template <class F>
void each_sequence(ThreadPool& pool, const Layout& layout, Index width, F&& f) {
  constexpr Index kWorthAThread = 1 << 13;
  const Index values = layout.rows() * width / std::max<Index>(layout.batch(), 1);
  share(pool, layout.batch(), 1 + kWorthAThread / std::max<Index>(values, 1), [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i) f(Steps{&layout, i, layout.length(i), layout.sequence(i)});
  });
}

Tensor pooled(const Sequence& x) {
  check_shape(x.rows.value, {x.layout->rows(), x.rows.shape()[1]}, "the input of pooling");
  return Tensor::zeros({x.layout->batch(), x.rows.shape()[1]}, x.rows.dtype());
}

}  // namespace

Var pool_last(const Pass& pass, const Sequence& x) {
  Tensor y = pooled(x);
  const Index width = y.dim(1);
  ThreadPool* const pool = &pass.pool;
  with_float_type(y.dtype(), [&]<class T>(T) {
    each_sequence(*pool, *x.layout, width, [&](const Steps& s) {
      if (s.length > 0)
        std::copy_n(x.rows.value.data<T>() + s.row(s.length - 1) * width, width,
                    y.data<T>() + s.sequence * width);
    });
  });
  return record(y, {&x.rows}, [x, width, pool](Gradients& g, const Tensor& dy) {
    const Tensor dx = g.of(x.rows);
    with_float_type(dy.dtype(), [&]<class T>(T) {
      each_sequence(*pool, *x.layout, width, [&](const Steps& s) {
        if (s.length > 0)
          kernels<T>().add(width, dy.data<T>() + s.sequence * width,
                           dx.data<T>() + s.row(s.length - 1) * width);
      });
    });
  });
}

Var pool_mean(const Pass& pass, const Sequence& x) {
  Tensor y = pooled(x);
  const Index width = y.dim(1);
  ThreadPool* const pool = &pass.pool;
  with_float_type(y.dtype(), [&]<class T>(T) {
    each_sequence(*pool, *x.layout, width, [&](const Steps& s) {
      T* const sum = y.data<T>() + s.sequence * width;
      for (Index t = 0; t < s.length; ++t)
        kernels<T>().add(width, x.rows.value.data<T>() + s.row(t) * width, sum);
      if (s.length > 0) kernels<T>().scale(width, T{1} / static_cast<T>(s.length), sum, sum);
    });
  });
  return record(y, {&x.rows}, [x, width, pool](Gradients& g, const Tensor& dy) {
    const Tensor dx = g.of(x.rows);
    with_float_type(dy.dtype(), [&]<class T>(T) {
      each_sequence(*pool, *x.layout, width, [&](const Steps& s) {
        const T* const d = dy.data<T>() + s.sequence * width;
        const T share_of_each = T{1} / static_cast<T>(s.length);
        for (Index t = 0; t < s.length; ++t) {
          T* const to = dx.data<T>() + s.row(t) * width;
          for (Index c = 0; c < width; ++c) to[c] += share_of_each * d[c];
        }
      });
    });
  });
}

Var pool_max(const Pass& pass, const Sequence& x) {
  Tensor y = pooled(x);
  const Index width = y.dim(1);
  ThreadPool* const pool = &pass.pool;
  const Tensor best = Tensor::zeros(y.shape(), DType::i32);  // the step that each value comes from
  with_float_type(y.dtype(), [&]<class T>(T) {
    each_sequence(*pool, *x.layout, width, [&](const Steps& s) {
      T* const largest = y.data<T>() + s.sequence * width;
      std::int32_t* const at = best.data<std::int32_t>() + s.sequence * width;
      for (Index t = 0; t < s.length; ++t) {
        const T* const from = x.rows.value.data<T>() + s.row(t) * width;
        for (Index c = 0; c < width; ++c)
          if (t == 0 || from[c] > largest[c]) largest[c] = from[c], at[c] = static_cast<std::int32_t>(t);
      }
    });
  });
  return record(y, {&x.rows}, [x, best, width, pool](Gradients& g, const Tensor& dy) {
    const Tensor dx = g.of(x.rows);
    with_float_type(dy.dtype(), [&]<class T>(T) {
      each_sequence(*pool, *x.layout, width, [&](const Steps& s) {
        if (s.length == 0) return;
        for (Index c = 0; c < width; ++c) {
          const Index t = best.data<std::int32_t>()[s.sequence * width + c];
          dx.data<T>()[s.row(t) * width + c] += dy.data<T>()[s.sequence * width + c];
        }
      });
    });
  });
}

Var pool_weighted(const Pass& pass, const Sequence& x, const Var& scores) {
  Tensor y = pooled(x);
  const Index width = y.dim(1), rows = x.layout->rows();
  check_shape(scores.value, {rows, 1}, "the scores of attention");
  ThreadPool* const pool = &pass.pool;
  const Tensor weights = Tensor::empty({rows}, y.dtype());
  with_float_type(y.dtype(), [&]<class T>(T) {
    each_sequence(*pool, *x.layout, width, [&](const Steps& s) {
      if (s.length == 0) return;
      const T* const score = scores.value.data<T>();
      T* const a = weights.data<T>();
      T largest = score[s.row(0)];
      for (Index t = 1; t < s.length; ++t) largest = std::max(largest, score[s.row(t)]);
      double sum = 0;
      for (Index t = 0; t < s.length; ++t) sum += std::exp(static_cast<double>(score[s.row(t)] - largest));
      T* const out = y.data<T>() + s.sequence * width;
      for (Index t = 0; t < s.length; ++t) {
        const Index r = s.row(t);
        a[r] = static_cast<T>(std::exp(static_cast<double>(score[r] - largest)) / sum);
        const T* const from = x.rows.value.data<T>() + r * width;
        for (Index c = 0; c < width; ++c) out[c] += a[r] * from[c];
      }
    });
  });
  return record(y, {&x.rows, &scores}, [x, scores, weights, width, pool](Gradients& g, const Tensor& dy) {
    const Tensor dx = g.of(x.rows), dscores = g.of(scores);
    with_float_type(dy.dtype(), [&]<class T>(T) {
      each_sequence(*pool, *x.layout, width, [&](const Steps& s) {
        // da_t = dy·x_t; dscore_t = a_t·(da_t − Σ a·da).
        const T *const d = dy.data<T>() + s.sequence * width, *const a = weights.data<T>();
        std::vector<double> da(static_cast<std::size_t>(s.length));
        double mean = 0;
        for (Index t = 0; t < s.length; ++t) {
          const Index r = s.row(t);
          const T* const from = x.rows.value.data<T>() + r * width;
          double product = 0;
          for (Index c = 0; c < width; ++c)
            product += static_cast<double>(d[c]) * static_cast<double>(from[c]);
          da[static_cast<std::size_t>(t)] = product;
          mean += static_cast<double>(a[r]) * product;
          if (dx.defined())
            for (Index c = 0; c < width; ++c) dx.data<T>()[r * width + c] += a[r] * d[c];
        }
        if (!dscores.defined()) return;
        for (Index t = 0; t < s.length; ++t) {
          const Index r = s.row(t);
          dscores.data<T>()[r] +=
              static_cast<T>(static_cast<double>(a[r]) * (da[static_cast<std::size_t>(t)] - mean));
        }
      });
    });
  });
}

Pooling::Pooling(Parameters& parameters, const std::string& name, Pool kind, Index width,
                 Index attention_units)
    : kind_(kind) {
  if (kind != Pool::attention) return;
  hidden_.emplace(parameters, name, width, attention_units);
  score_.emplace(parameters, name + ".v", attention_units, 1, /*bias=*/false);
}

Var Pooling::forward(const Pass& pass, const Sequence& x) const {
  switch (kind_) {
    case Pool::last:
      return pool_last(pass, x);
    case Pool::mean:
      return pool_mean(pass, x);
    case Pool::max:
      return pool_max(pass, x);
    default:
      return pool_weighted(
          pass, x, score_->forward(pass, activate(pass, Activation::tanh, hidden_->forward(pass, x.rows))));
  }
}

}  // namespace recur
