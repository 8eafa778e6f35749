#include "nn/head.h"

#include "base/error.h"
#include "nn/dropout.h"
#include "nn/ops.h"

namespace recur {

Head::Head(Parameters& parameters, const std::string& prefix, Index input, const ModelConfig& config,
           Index outputs, Parameter* tied)
    : dropout_(config.head_dropout) {
  const auto name = [&](std::size_t i) { return prefix + std::to_string(i); };
  for (std::size_t i = 0; i < config.head.size(); input = config.head[i++])
    layers_.emplace_back(parameters, name(i), input, config.head[i]);
  if (tied == nullptr) {
    layers_.emplace_back(parameters, name(config.head.size()), input, outputs);
    return;
  }
  const Index width = tied->value.dim(1);
  check<ConfigError>(input == width,
                     "tie_weights makes the embedding's table the weights of the output layer, so what that "
                     "layer reads must be as wide as the embedding; it is {} wide and the embedding {}: set "
                     "embedding, or the last of hidden_size, or proj_size (of lstm)",
                     input, width);
  layers_.emplace_back(parameters, name(config.head.size()), *tied);
}

void Head::initialise(const InitialiserConfig& config, Random& random) {
  check<ConfigError>(
      dropout_ == 0 || layers_.size() > 1,
      "head_dropout has nothing to act on: the head has no layers; give their widths with head");
  for (const Linear& layer : layers_) initialise_linear(layer, config, random);
}

Var Head::forward(const Pass& pass, const Var& x, const Layout& layout, std::uint32_t site) const {
  Var y = x;
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    y = layers_[i].forward(pass, y);
    pass.look("the output of the head", y.value);
    if (i + 1 == layers_.size()) break;
    y = activate(pass, Activation::relu, y);
    y = dropout(pass, y, layout, dropout_, kOutsideLayers, site + static_cast<std::uint32_t>(i));
  }
  return y;
}

}  // namespace recur
