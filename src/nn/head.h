// The head of a model: linear layers between what was encoded and the outputs.
#pragma once

#include <string>
#include <vector>

#include "nn/linear.h"
#include "nn/model_config.h"
#include "tensor/layout.h"

namespace recur {

/// Linear layers of the widths config.head, each with ReLU and dropout (config.head_dropout), and one to the
/// outputs.
class Head {
 public:
  /// Adds prefix + "0.weight", "0.bias", "1.weight", … With `tied` [outputs, width] the layer to the outputs
  /// has that weight and adds its bias alone; throws ConfigError unless it reads so many values.
  Head(Parameters& parameters, const std::string& prefix, Index input, const ModelConfig& config,
       Index outputs, Parameter* tied = nullptr);

  void initialise(const InitialiserConfig& config, Random& random);

  /// x [rows, input], rows as the layout says → [rows, outputs]. Its masks are those of sites `site`, `site`
  /// + 1, …
  Var forward(const Pass& pass, const Var& x, const Layout& layout, std::uint32_t site) const;

 private:
  std::vector<Linear> layers_;
  double dropout_;
};

}  // namespace recur
