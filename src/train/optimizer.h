// Optimisers: how parameters follow their gradients. PyTorch's formulas, and its defaults
// but for Adagrad's epsilon (1e-8 as the others have, there 1e-10) and AdamW's weight decay (0, there 0.01).
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/fields.h"
#include "base/thread_pool.h"
#include "formats/model_file.h"
#include "nn/parameters.h"
#include "train/pieces.h"

namespace recur {

enum class OptimizerKind { sgd, rmsprop, adagrad, adam, adamw };
constexpr std::array<std::string_view, 5> names_of(OptimizerKind) {
  return {"sgd", "rmsprop", "adagrad", "adam", "adamw"};
}

/// Its fields are named to stand among the other options of training; the learning rate is the schedule's.
struct OptimizerConfig {
  OptimizerKind optimizer = OptimizerKind::adam;
  double momentum = 0;             ///< sgd, rmsprop: share of the last step that is taken again
  bool nesterov = false;           ///< sgd: looks ahead along the momentum
  double alpha = 0.99;             ///< rmsprop: share of the old mean square
  double beta1 = 0.9;              ///< adam, adamw: share of the old mean
  double beta2 = 0.999;            ///< adam, adamw: share of the old mean square
  double epsilon = 1e-8;           ///< added to the root of the mean square; larger is more careful
  double initial_accumulator = 0;  ///< adagrad: what its sum of squares starts from
  /// Pull of weights towards 0: wd·w is added to the gradient; adamw: rate·wd·w is taken from the weight
  /// (Loshchilov & Hutter 2019). Biases and gains are left alone.
  double weight_decay = 0;
  /// Penalties l1·Σ|w| and l2·Σw² by kind of weight: their gradients are added. Not part of reported losses.
  double l1_kernel = 0, l1_recurrent = 0, l1_bias = 0, l1_embedding = 0;
  double l2_kernel = 0, l2_recurrent = 0, l2_bias = 0, l2_embedding = 0;

  static constexpr auto fields = std::tuple{
      field("optimizer", &OptimizerConfig::optimizer, "how weights follow their gradients"),
      field("momentum", &OptimizerConfig::momentum, "sgd, rmsprop: share of the last step taken again")
          .at_least(0)
          .less_than(1),
      field("nesterov", &OptimizerConfig::nesterov, "sgd: look ahead along the momentum"),
      field("alpha", &OptimizerConfig::alpha, "rmsprop: share of the old mean square")
          .at_least(0)
          .less_than(1),
      field("beta1", &OptimizerConfig::beta1, "adam, adamw: share of the old mean").at_least(0).less_than(1),
      field("beta2", &OptimizerConfig::beta2, "adam, adamw: share of the old mean square")
          .at_least(0)
          .less_than(1),
      field("epsilon", &OptimizerConfig::epsilon, "added to the root of the mean square").at_least(1e-30),
      field("initial_accumulator", &OptimizerConfig::initial_accumulator,
            "adagrad: what the sum of squares starts from")
          .at_least(0),
      field("weight_decay", &OptimizerConfig::weight_decay,
            "pull of weights towards 0, biases and gains excepted")
          .at_least(0),
      field("l1_kernel", &OptimizerConfig::l1_kernel, "penalty on |w| of weights that multiply an input")
          .at_least(0),
      field("l1_recurrent", &OptimizerConfig::l1_recurrent, "penalty on |w| of weights that multiply h")
          .at_least(0),
      field("l1_bias", &OptimizerConfig::l1_bias, "penalty on |b| of biases").at_least(0),
      field("l1_embedding", &OptimizerConfig::l1_embedding, "penalty on |w| of embeddings").at_least(0),
      field("l2_kernel", &OptimizerConfig::l2_kernel, "penalty on w² of weights that multiply an input")
          .at_least(0),
      field("l2_recurrent", &OptimizerConfig::l2_recurrent, "penalty on w² of weights that multiply h")
          .at_least(0),
      field("l2_bias", &OptimizerConfig::l2_bias, "penalty on b² of biases").at_least(0),
      field("l2_embedding", &OptimizerConfig::l2_embedding, "penalty on w² of embeddings").at_least(0),
  };
};

/// Throws ConfigError where options cannot go together.
void validate(const OptimizerConfig& config);

/// One step's numbers.
struct OptimizerStep {
  double learning_rate = 1e-3;
  double scale = 1;       ///< gradients are multiplied with it first: clip_factor, 1/accumulated batches
  double clip_value = 0;  ///< then cut to ±this; 0: not
};

class Optimizer {
 public:
  /// For the parameters that there are now; all of them have to be added before. Throws ConfigError.
  Optimizer(const OptimizerConfig& config, Parameters& parameters);

  const OptimizerConfig& config() const { return config_; }

  /// Moves every parameter and its version; gradients stay as they are. Element by element: the same bits
  /// for any number of threads.
  void step(const OptimizerStep& step, ThreadPool& pool);

  /// Steps done, which Adam's correction depends on.
  Index steps() const { return steps_; }
  void set_steps(Index steps) { steps_ = steps; }
  /// What is remembered between steps, for checkpoints: handles on the living values, named
  /// parameter + ".momentum" and ".mean_square", in the order of the parameters.
  std::vector<NamedTensor> state() const;

 private:
  struct Memory {
    Parameter* parameter;
    Tensor first, second;  // undefined where the rule keeps none
  };
  template <class T>
  void step(const OptimizerStep& step, ThreadPool& pool);

  OptimizerConfig config_;
  DType dtype_;
  std::vector<Memory> memory_;
  std::vector<Piece> pieces_;
  Index steps_ = 0;
};

}  // namespace recur
