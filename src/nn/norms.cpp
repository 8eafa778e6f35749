#include "nn/norms.h"

#include <cmath>

#include "kernels/table.h"
#include "nn/share.h"

namespace recur {
namespace {

constexpr Index kRows = 64;     // rows of layer norm that are worth a thread
constexpr Index kColumns = 16;  // columns are shared in whole cache lines

Parameter& add_ones(Parameters& parameters, const std::string& name, ParameterKind kind, Index width) {
  Parameter& p = parameters.add(name, kind, {width});
  with_float_type(p.value.dtype(), [&]<class T>(T) { std::fill_n(p.value.data<T>(), width, T{1}); });
  return p;
}

/// sum += Σ of the rows of x [rows, width], from the last to the first: the same bits for any number of
/// threads, and when rows are cut into chunks of time.
template <class T>
void add_columns(ThreadPool& pool, Index rows, Index width, const T* x, T* sum) {
  if (rows == 0) return;
  const RowPair<T> backwards{x + (rows - 1) * width, nullptr, rows};
  share(pool, width, kColumns, [&](Index begin, Index end) {
    kernels<T>().column_sum(
        {.pairs = &backwards, .pair_count = 1, .a_stride = -width, .first = begin, .last = end, .y = sum});
  });
}

/// Gradients of gain and shift of y = gain·x̂ + shift.
template <class T>
void affine_gradients(ThreadPool& pool, Index rows, Index width, const Tensor& dy, const Tensor& normalised,
                      const Tensor& dgain, const Tensor& dshift) {
  const Tensor product = Tensor::empty({rows, width}, kDType<T>);
  share(pool, rows, kRows, [&](Index begin, Index end) {
    kernels<T>().multiply((end - begin) * width, dy.data<T>() + begin * width,
                          normalised.data<T>() + begin * width, product.data<T>() + begin * width);
  });
  add_columns(pool, rows, width, product.data<T>(), dgain.data<T>());
  add_columns(pool, rows, width, dy.data<T>(), dshift.data<T>());
}

}  // namespace

LayerNorm::LayerNorm(Parameters& parameters, const std::string& name, Index width, double eps)
    : weight_(&add_ones(parameters, name + ".weight", ParameterKind::gain, width)),
      bias_(&parameters.add(name + ".bias", ParameterKind::bias, {width})),
      eps_(eps) {}

Var LayerNorm::forward(const Pass& pass, const Var& x) const {
  const Index rows = x.shape()[0], columns = width();
  check_shape(x.value, {rows, columns}, "the input of a layer norm");
  const Var gain = pass.use(*weight_), shift = pass.use(*bias_);
  Tensor y = Tensor::empty(x.shape(), x.dtype()), normalised, inverse_std;
  if (pass.tape != nullptr) {
    normalised = Tensor::empty(x.shape(), x.dtype());
    inverse_std = Tensor::empty({rows, 1}, x.dtype());
  }
  ThreadPool* const pool = &pass.pool;
  with_float_type(y.dtype(), [&]<class T>(T) {
    share(*pool, rows, kRows, [&](Index begin, Index end) {
      NormArgs<T> args{.rows = end - begin, .width = columns};
      args.x = x.value.data<T>() + begin * columns;
      args.y = y.data<T>() + begin * columns;
      args.x_stride = args.y_stride = args.normalised_stride = columns;
      args.gain = gain.value.data<T>();
      args.shift = shift.value.data<T>();
      args.eps = static_cast<T>(eps_);
      if (normalised.defined()) {
        args.normalised = normalised.data<T>() + begin * columns;
        args.inverse_std = inverse_std.data<T>() + begin;
        args.inverse_std_stride = 1;
      }
      kernels<T>().norm(args);
    });
  });
  return record(y, {&x, &gain}, [=](Gradients& g, const Tensor& dy) {
    with_float_type(dy.dtype(), [&]<class T>(T) {
      if (const Tensor dx = g.of(x); dx.defined())
        share(*pool, rows, kRows, [&](Index begin, Index end) {
          NormBackwardArgs<T> args{.rows = end - begin, .width = columns};
          args.dy = dy.data<T>() + begin * columns;
          args.gain = gain.value.data<T>();
          args.normalised = normalised.data<T>() + begin * columns;
          args.inverse_std = inverse_std.data<T>() + begin;
          args.inverse_std_stride = 1;
          args.dx = dx.data<T>() + begin * columns;
          args.dy_stride = args.normalised_stride = args.dx_stride = columns;
          kernels<T>().norm_backward(args);
        });
      affine_gradients<T>(*pool, rows, columns, dy, normalised, g.of(gain), g.of(shift));
    });
  });
}

BatchNorm::BatchNorm(Parameters& parameters, const std::string& name, Index width, double eps,
                     double momentum)
    : weight_(&add_ones(parameters, name + ".weight", ParameterKind::gain, width)),
      bias_(&parameters.add(name + ".bias", ParameterKind::bias, {width})),
      running_mean_(&parameters.add(name + ".running_mean", ParameterKind::statistic, {width})),
      running_var_(&add_ones(parameters, name + ".running_var", ParameterKind::statistic, width)),
      eps_(eps),
      momentum_(momentum) {}

namespace {

/// Mean and biased variance of each column, in double, rows upwards.
struct ColumnStatistics {
  std::vector<double> mean, variance;
};

template <class T>
ColumnStatistics statistics_of(ThreadPool& pool, Index rows, Index width, const T* x) {
  const auto size = static_cast<std::size_t>(width);
  ColumnStatistics s{std::vector<double>(size), std::vector<double>(size)};
  const double count = static_cast<double>(rows);
  share(pool, width, kColumns, [&](Index begin, Index end) {
    double *const mean = s.mean.data(), *const variance = s.variance.data();
    for (Index r = 0; r < rows; ++r)
      for (Index c = begin; c < end; ++c) mean[c] += static_cast<double>(x[r * width + c]);
    for (Index c = begin; c < end; ++c) mean[c] /= count;
    for (Index r = 0; r < rows; ++r)
      for (Index c = begin; c < end; ++c) {
        const double d = static_cast<double>(x[r * width + c]) - mean[c];
        variance[c] += d * d;
      }
    for (Index c = begin; c < end; ++c) variance[c] /= count;
  });
  return s;
}

}  // namespace

Var BatchNorm::forward(const Pass& pass, const Var& x) const {
  const Index rows = x.shape()[0], columns = width();
  check_shape(x.value, {rows, columns}, "the input of a batch norm");
  const Var gain = pass.use(*weight_), shift = pass.use(*bias_);
  const bool of_batch = pass.training && rows > 0;
  ThreadPool* const pool = &pass.pool;
  Tensor y = Tensor::empty(x.shape(), x.dtype()), normalised = Tensor::empty(x.shape(), x.dtype()),
         inverse_std = Tensor::empty({columns}, x.dtype());
  with_float_type(y.dtype(), [&]<class T>(T) {
    T *const running_mean = running_mean_->value.data<T>(), *const running_var =
                                                                running_var_->value.data<T>();
    const Tensor mean = Tensor::empty({columns}, x.dtype());
    if (of_batch) {
      const ColumnStatistics s = statistics_of(*pool, rows, columns, x.value.data<T>());
      const double unbiased = static_cast<double>(rows) / static_cast<double>(std::max<Index>(rows - 1, 1));
      const auto move = [&](T& running, double to) {
        running = static_cast<T>((1 - momentum_) * static_cast<double>(running) + momentum_ * to);
      };
      for (Index c = 0; c < columns; ++c) {
        const auto i = static_cast<std::size_t>(c);
        mean.data<T>()[c] = static_cast<T>(s.mean[i]);
        inverse_std.data<T>()[c] = static_cast<T>(1 / std::sqrt(s.variance[i] + eps_));
        move(running_mean[c], s.mean[i]);
        move(running_var[c], unbiased * s.variance[i]);
      }
      ++running_mean_->version;
      ++running_var_->version;
    } else {
      for (Index c = 0; c < columns; ++c) {
        mean.data<T>()[c] = running_mean[c];
        inverse_std.data<T>()[c] = static_cast<T>(1 / std::sqrt(static_cast<double>(running_var[c]) + eps_));
      }
    }
    const T *const m = mean.data<T>(), *const inverse = inverse_std.data<T>(),
                   *const w = gain.value.data<T>(), *const b = shift.value.data<T>();
    share(*pool, rows, kRows, [&](Index begin, Index end) {
      for (Index r = begin; r < end; ++r) {
        const T* const from = x.value.data<T>() + r * columns;
        T *const unit = normalised.data<T>() + r * columns, *const to = y.data<T>() + r * columns;
        for (Index c = 0; c < columns; ++c) {
          unit[c] = (from[c] - m[c]) * inverse[c];
          to[c] = unit[c] * w[c] + b[c];
        }
      }
    });
  });
  return record(y, {&x, &gain}, [=](Gradients& g, const Tensor& dy) {
    with_float_type(dy.dtype(), [&]<class T>(T) {
      affine_gradients<T>(*pool, rows, columns, dy, normalised, g.of(gain), g.of(shift));
      const Tensor dx = g.of(x);
      if (!dx.defined()) return;
      // dx = gain/std·(dy − mean(dy) − x̂·mean(dy·x̂)), the means over rows; without them where mean and std
      // are constants.
      const T *const d = dy.data<T>(), *const unit = normalised.data<T>();
      const double count = static_cast<double>(rows);
      share(*pool, columns, kColumns, [&](Index begin, Index end) {
        std::vector<double> mean(static_cast<std::size_t>(end - begin)), slope(mean.size());
        for (Index r = rows - 1; of_batch && r >= 0; --r)
          for (Index c = begin; c < end; ++c) {
            const auto i = static_cast<std::size_t>(c - begin);
            const double value = static_cast<double>(d[r * columns + c]);
            mean[i] += value / count;
            slope[i] += value * static_cast<double>(unit[r * columns + c]) / count;
          }
        for (Index r = 0; r < rows; ++r)
          for (Index c = begin; c < end; ++c) {
            const auto i = static_cast<std::size_t>(c - begin);
            const Index at = r * columns + c;
            dx.data<T>()[at] += gain.value.data<T>()[c] * inverse_std.data<T>()[c] *
                                (d[at] - static_cast<T>(mean[i]) - unit[at] * static_cast<T>(slope[i]));
          }
      });
    });
  });
}

}  // namespace recur
