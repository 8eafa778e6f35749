#include "nn/losses.h"

#include <cmath>

#include "kernels/table.h"
#include "nn/share.h"

namespace recur {
namespace {

constexpr Index kRows = 16;        // rows of softmax that are worth a thread
constexpr Index kElements = 4096;  // elements of a simpler loss

template <class T>
T* data_or_null(const Tensor& tensor) {
  return tensor.defined() ? tensor.data<T>() : nullptr;
}

template <class T>
double sum_of(const Tensor& each) {
  double sum = 0;
  for (Index i = 0; i < each.size(); ++i) sum += static_cast<double>(each.data<T>()[i]);
  return sum;
}

Tensor scalar(double value, DType dtype) {
  Tensor y = Tensor::empty({}, dtype);
  with_float_type(dtype, [&]<class T>(T) { *y.data<T>() = static_cast<T>(value); });
  return y;
}

/// What the gradient of `each` is when that of the reduced loss is 1.
double reduction_factor(const Loss& loss, Reduction reduction) {
  if (reduction == Reduction::sum) return 1;
  return loss.count == 0 ? 0 : 1 / loss.count;
}

double reduced(const Loss& loss, Reduction reduction) {
  return reduction == Reduction::sum ? loss.sum : loss.mean();
}

struct LossAndSlope {
  double loss, slope;
};

/// A loss of each element alone: f(i, prediction, target) with target i / per_target.
template <class F>
Loss elementwise(const Pass& pass, const Var& prediction, const Tensor& targets, Index per_target,
                 Reduction reduction, F&& f) {
  const Index size = prediction.value.size();
  check<ShapeError>(targets.size() * per_target == size,
                    "the loss got {} predictions and {} targets, expected {} prediction(s) a target", size,
                    targets.size(), per_target);
  Loss out;
  out.each = Tensor::empty(prediction.shape(), prediction.dtype());
  Tensor slopes;
  if (prediction.tape != nullptr) slopes = Tensor::empty(prediction.shape(), prediction.dtype());
  with_float_type(prediction.dtype(), [&]<class T>(T) {
    const T *const x = prediction.value.data<T>(), *const t = targets.data<T>();
    T *const each = out.each.data<T>(), *const slope = data_or_null<T>(slopes);
    share(pass.pool, size, kElements, [&](Index begin, Index end) {
      for (Index i = begin; i < end; ++i) {
        const LossAndSlope l = f(i, static_cast<double>(x[i]), static_cast<double>(t[i / per_target]));
        each[i] = static_cast<T>(l.loss);
        if (slope != nullptr) slope[i] = static_cast<T>(l.slope);
      }
    });
    out.sum = sum_of<T>(out.each);
  });
  out.count = static_cast<double>(size);
  const double factor = reduction_factor(out, reduction);
  out.value = record(scalar(reduced(out, reduction), prediction.dtype()), {&prediction},
                     [prediction, slopes, factor](Gradients& g, const Tensor& dy) {
                       const Tensor dx = g.of(prediction);
                       with_float_type(dy.dtype(), [&]<class T>(T) {
                         const T c = static_cast<T>(factor * static_cast<double>(*dy.data<T>()));
                         const T* const slope = slopes.data<T>();
                         T* const d = dx.data<T>();
                         for (Index i = 0; i < slopes.size(); ++i) d[i] += c * slope[i];
                       });
                     });
  return out;
}

}  // namespace

Loss cross_entropy(const Pass& pass, const Var& logits, const Tensor& targets,
                   const CrossEntropyOptions& options) {
  const Index rows = logits.shape()[0], classes = logits.shape()[1];
  check<ShapeError>(targets.size() == rows, "cross_entropy got {} rows of logits and {} targets", rows,
                    targets.size());
  if (options.class_weights.defined())
    check<ShapeError>(options.class_weights.size() == classes, "{} class weights were given for {} classes",
                      options.class_weights.size(), classes);
  const std::int32_t* const target = targets.data<std::int32_t>();
  Loss out;
  out.each = Tensor::empty({rows}, logits.dtype());
  Tensor probabilities;
  if (logits.tape != nullptr) probabilities = Tensor::empty({rows, classes}, logits.dtype());
  ThreadPool* const pool = &pass.pool;
  with_float_type(logits.dtype(), [&]<class T>(T) {
    const T* const weight = data_or_null<T>(options.class_weights);
    for (Index r = 0; r < rows; ++r) {
      if (target[r] == options.ignore_index) continue;
      RECUR_ASSERT(target[r] >= 0 && target[r] < classes);
      out.count += weight == nullptr ? 1.0 : static_cast<double>(weight[target[r]]);
    }
    share(*pool, rows, kRows, [&](Index begin, Index end) {
      T* const p = data_or_null<T>(probabilities);
      kernels<T>().cross_entropy({.rows = end - begin,
                                  .classes = classes,
                                  .logits = logits.value.data<T>() + begin * classes,
                                  .targets = target + begin,
                                  .ignore = options.ignore_index,
                                  .class_weights = weight,
                                  .label_smoothing = static_cast<T>(options.label_smoothing),
                                  .losses = out.each.data<T>() + begin,
                                  .probabilities = p == nullptr ? nullptr : p + begin * classes});
    });
    out.sum = sum_of<T>(out.each);
  });
  const double factor = reduction_factor(out, options.reduction);
  out.value = record(
      scalar(reduced(out, options.reduction), logits.dtype()), {&logits},
      [logits, targets, options, probabilities, factor, rows, classes, pool](Gradients& g, const Tensor& dy) {
        const Tensor dlogits = g.of(logits);
        // Of a row with target y and weight w_y: ((1 − ε)·w_y·(p − onehot) + ε/V·Σ_k w_k·(p − onehot_k))·f.
        with_float_type(dy.dtype(), [&]<class T>(T) {
          const double f = factor * static_cast<double>(*dy.data<T>()), smoothing = options.label_smoothing;
          const double spread = smoothing / static_cast<double>(classes);
          const T* const weight = data_or_null<T>(options.class_weights);
          const double all_weights =
              weight == nullptr ? static_cast<double>(classes) : sum_of<T>(options.class_weights);
          const std::int32_t* const y = targets.data<std::int32_t>();
          share(*pool, rows, kRows, [&](Index begin, Index end) {
            for (Index r = begin; r < end; ++r) {
              if (y[r] == options.ignore_index) continue;
              const double own =
                  (1 - smoothing) * (weight == nullptr ? 1.0 : static_cast<double>(weight[y[r]]));
              const T a = static_cast<T>(f * (own + spread * all_weights)), b = static_cast<T>(f * spread);
              const T* const p = probabilities.data<T>() + r * classes;
              T* const d = dlogits.data<T>() + r * classes;
              if (smoothing == 0) {
                for (Index c = 0; c < classes; ++c) d[c] += a * p[c];
              } else if (weight == nullptr) {
                for (Index c = 0; c < classes; ++c) d[c] += a * p[c] - b;
              } else {
                for (Index c = 0; c < classes; ++c) d[c] += a * p[c] - b * weight[c];
              }
              d[y[r]] -= static_cast<T>(f * own);
            }
          });
        });
      });
  return out;
}

Loss binary_cross_entropy(const Pass& pass, const Var& logits, const Tensor& targets,
                          const Tensor& pos_weight, Reduction reduction) {
  const Index columns = pos_weight.defined() ? pos_weight.size() : 1;
  if (pos_weight.defined())
    check<ShapeError>(columns == logits.shape()[-1], "{} positive weights were given for {} columns", columns,
                      logits.shape()[-1]);
  const auto positive = [&](Index i) {
    if (!pos_weight.defined()) return 1.0;
    return with_float_type(pos_weight.dtype(), [&]<class T>(T) {
      return static_cast<double>(pos_weight.data<T>()[i % columns]);
    });
  };
  return elementwise(pass, logits, targets, 1, reduction, [&](Index i, double x, double t) -> LossAndSlope {
    // (1 − t)·x + l·log(1 + e^−x) with l = 1 + (p − 1)·t; e is small on either side of 0.
    const double l = 1 + (positive(i) - 1) * t, e = std::exp(-std::abs(x));
    const double complement = (x >= 0 ? e : 1) / (1 + e);  // σ(−x)
    return {(1 - t) * x + l * (std::log1p(e) + std::max(-x, 0.0)), (1 - t) - l * complement};
  });
}

namespace {

LossAndSlope squared(double x, double t) { return {(x - t) * (x - t), 2 * (x - t)}; }
LossAndSlope absolute(double x, double t) { return {std::abs(x - t), x > t ? 1.0 : (x < t ? -1.0 : 0.0)}; }
LossAndSlope huber_of(double x, double t, double delta) {
  const double e = x - t;
  if (std::abs(e) <= delta) return {e * e / 2, e};
  return {delta * (std::abs(e) - delta / 2), std::copysign(delta, e)};
}
LossAndSlope pinball(double x, double t, double q) {
  const double e = t - x;
  return {std::max(q * e, (q - 1) * e), e > 0 ? -q : (e < 0 ? 1 - q : 0.5 - q)};
}

}  // namespace

Loss mse(const Pass& pass, const Var& prediction, const Tensor& targets, Reduction reduction) {
  return elementwise(pass, prediction, targets, 1, reduction,
                     [](Index, double x, double t) { return squared(x, t); });
}

Loss mae(const Pass& pass, const Var& prediction, const Tensor& targets, Reduction reduction) {
  return elementwise(pass, prediction, targets, 1, reduction,
                     [](Index, double x, double t) { return absolute(x, t); });
}

Loss huber(const Pass& pass, const Var& prediction, const Tensor& targets, double delta,
           Reduction reduction) {
  check<ConfigError>(delta > 0, "huber's delta is {}, expected more than 0", delta);
  return elementwise(pass, prediction, targets, 1, reduction,
                     [delta](Index, double x, double t) { return huber_of(x, t, delta); });
}

namespace {

void check_quantiles(const std::vector<double>& quantiles) {
  for (const double q : quantiles)
    check<ConfigError>(q > 0 && q < 1, "a quantile is {}, expected a number between 0 and 1", q);
}

}  // namespace

Loss quantile(const Pass& pass, const Var& prediction, const Tensor& targets,
              const std::vector<double>& quantiles, Reduction reduction) {
  check<ConfigError>(!quantiles.empty(), "the quantile loss needs quantiles, such as [0.1, 0.5, 0.9]");
  check_quantiles(quantiles);
  const Index count = static_cast<Index>(quantiles.size());
  return elementwise(pass, prediction, targets, count, reduction, [&](Index i, double x, double t) {
    return pinball(x, t, quantiles[static_cast<std::size_t>(i % count)]);
  });
}

Loss point_and_quantiles(const Pass& pass, const Var& prediction, const Tensor& targets, PointLoss point,
                         const std::vector<double>& quantiles, double huber_delta) {
  check_quantiles(quantiles);
  check<ConfigError>(huber_delta > 0, "huber's delta is {}, expected more than 0", huber_delta);
  const Index count = 1 + static_cast<Index>(quantiles.size());
  return elementwise(pass, prediction, targets, count, Reduction::mean, [&](Index i, double x, double t) {
    if (i % count > 0) return pinball(x, t, quantiles[static_cast<std::size_t>(i % count - 1)]);
    if (point == PointLoss::mse) return squared(x, t);
    return point == PointLoss::mae ? absolute(x, t) : huber_of(x, t, huber_delta);
  });
}

}  // namespace recur
