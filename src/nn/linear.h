// A linear layer.
#pragma once

#include <memory>
#include <string>

#include "nn/pass.h"

namespace recur {

/// y = x Wᵀ + b for rows x [R, input] → y [R, output]; W [output, input], b [output].
///
/// A row has the same bits alone and among others. Gradients of W and b add rows from the last to the first,
/// in one chain: the same bits for any number of threads, and when rows are cut into chunks of time.
class Linear {
 public:
  /// Adds name.weight and, if there is to be one, name.bias.
  Linear(Parameters& parameters, const std::string& name, Index input, Index output, bool bias = true);
  ~Linear();
  Linear(Linear&&) noexcept;
  Linear& operator=(Linear&&) noexcept;

  Index input_size() const { return weight_->value.dim(1); }
  Index output_size() const { return weight_->value.dim(0); }
  Parameter& weight() const { return *weight_; }
  Parameter* bias() const { return bias_; }  ///< null without one

  /// Throws ShapeError unless x is [R, input].
  Var forward(const Pass& pass, const Var& x) const;

 private:
  struct Packed;  // the weights as panels
  Parameter *weight_, *bias_ = nullptr;
  std::shared_ptr<Packed> packed_;  // shared with what is on a tape
};

}  // namespace recur
