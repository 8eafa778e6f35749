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
  /// Multiplies with a weight [output, input] that is there already, such as an embedding's table (Press &
  /// Wolf 2017): adds name.bias alone.
  Linear(Parameters& parameters, const std::string& name, Parameter& weight);
  ~Linear();
  Linear(Linear&&) noexcept;
  Linear& operator=(Linear&&) noexcept;

  Index input_size() const { return weight_->value.dim(1); }
  Index output_size() const { return weight_->value.dim(0); }
  Parameter& weight() const { return *weight_; }
  Parameter* bias() const { return bias_; }  ///< null without one
  bool tied() const { return tied_; }        ///< whether the weight is another's

  /// Throws ShapeError unless x is [R, input].
  Var forward(const Pass& pass, const Var& x) const;

 private:
  struct Packed;  // the weights as panels
  Parameter *weight_, *bias_ = nullptr;
  bool tied_ = false;
  std::shared_ptr<Packed> packed_;  // shared with what is on a tape
};

}  // namespace recur
