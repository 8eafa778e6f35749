// Losses: what training makes smaller. Values and sums are double; the order of every sum is fixed.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "nn/pass.h"

namespace recur {

enum class Reduction { mean, sum };

struct Loss {
  Var value;         ///< a scalar, to be differentiated: the mean or the sum
  Tensor each;       ///< the loss of each row (cross-entropy) or element, not reduced
  double sum = 0;    ///< Σ each
  double count = 0;  ///< what the mean divides by: elements, or the weight of the rows that count
  double mean() const { return count == 0 ? 0 : sum / count; }
};

struct CrossEntropyOptions {
  double label_smoothing = 0;        ///< ε: the target is (1 − ε)·onehot + ε/V
  Tensor class_weights;              ///< [V] of the logits' type; undefined: all 1
  std::int32_t ignore_index = -100;  ///< rows with this target count nothing
  Reduction reduction = Reduction::mean;
};

/// Cross-entropy in nats of softmax(logits) against classes: logits [R,V], targets i32 [R]. As PyTorch's,
/// whose mean divides by the weight of the targets; but where no row counts the loss is 0, not NaN.
/// REQUIRES: each target is in [0, V) or is ignored.
Loss cross_entropy(const Pass& pass, const Var& logits, const Tensor& targets,
                   const CrossEntropyOptions& options = {});

/// −(p·t·log σ(x) + (1 − t)·log(1 − σ(x))) of logits x and targets t in [0, 1], both [R,C]; p (pos_weight)
/// [C], or undefined for 1.
Loss binary_cross_entropy(const Pass& pass, const Var& logits, const Tensor& targets,
                          const Tensor& pos_weight = {}, Reduction reduction = Reduction::mean);

/// (prediction − target)².
Loss mse(const Pass& pass, const Var& prediction, const Tensor& targets,
         Reduction reduction = Reduction::mean);
/// |prediction − target|.
Loss mae(const Pass& pass, const Var& prediction, const Tensor& targets,
         Reduction reduction = Reduction::mean);
/// e²/2 for |e| ≤ delta, delta·(|e| − delta/2) beyond; e = prediction − target.
Loss huber(const Pass& pass, const Var& prediction, const Tensor& targets, double delta = 1.0,
           Reduction reduction = Reduction::mean);
/// max(q·e, (q − 1)·e), e = target − prediction, for each of Q quantiles q: prediction [R, D·Q], quantiles
/// fastest, targets [R, D].
Loss quantile(const Pass& pass, const Var& prediction, const Tensor& targets,
              const std::vector<double>& quantiles, Reduction reduction = Reduction::mean);

/// What a single forecast of a value is scored by.
enum class PointLoss { mse, mae, huber };
constexpr std::array<std::string_view, 3> names_of(PointLoss) { return {"mse", "mae", "huber"}; }

/// A point forecast and Q quantiles of each target: prediction [R, D·(1 + Q)], the point first, targets [R,
/// D]. The mean is over all of them; Q may be 0.
Loss point_and_quantiles(const Pass& pass, const Var& prediction, const Tensor& targets, PointLoss point,
                         const std::vector<double>& quantiles, double huber_delta = 1.0);

}  // namespace recur
