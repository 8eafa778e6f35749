// Layer norm and batch norm on the rows of a batch.
#pragma once

#include <string>

#include "nn/pass.h"

namespace recur {

/// y = (x − mean)/√(var + ε)·weight + bias over each row (Ba et al. 2016); x [R, width]. A row has the same
/// bits alone and among others.
class LayerNorm {
 public:
  /// Adds name.weight, of ones, and name.bias.
  LayerNorm(Parameters& parameters, const std::string& name, Index width, double eps = 1e-5);
  Index width() const { return weight_->value.dim(0); }

  Var forward(const Pass& pass, const Var& x) const;

 private:
  Parameter *weight_, *bias_;
  double eps_;
};

/// The same over each column (Ioffe & Szegedy 2015). In training mean and (biased) variance are those of the
/// batch's rows, all of which must be real: packed sequences have no others. They also move the running
/// statistics: 0.9·old + 0.1·batch's, the variance unbiased there. Otherwise the running statistics are
/// used, and a row has the same bits alone and among others.
class BatchNorm {
 public:
  /// Adds name.weight, of ones, name.bias, and the statistics name.running_mean and name.running_var, of
  /// ones.
  BatchNorm(Parameters& parameters, const std::string& name, Index width, double eps = 1e-5,
            double momentum = 0.1);
  Index width() const { return weight_->value.dim(0); }

  Var forward(const Pass& pass, const Var& x) const;

 private:
  Parameter *weight_, *bias_, *running_mean_, *running_var_;
  double eps_, momentum_;
};

}  // namespace recur
