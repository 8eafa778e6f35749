// The [train] table: how a model is trained, for every task.
#pragma once

#include <array>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/fields.h"
#include "train/early_stopping.h"
#include "train/schedule.h"

namespace recur {

enum class OptimizerKind { sgd, rmsprop, adagrad, adam, adamw };
constexpr std::array<std::string_view, 5> names_of(OptimizerKind) {
  return {"sgd", "rmsprop", "adagrad", "adam", "adamw"};
}

/// Formulas and defaults as PyTorch's.
struct OptimizerConfig {
  OptimizerKind optimizer = OptimizerKind::adam;
  double momentum = 0;
  bool nesterov = false;
  double beta1 = 0.9, beta2 = 0.999;
  double alpha = 0.99;
  double epsilon = 0;
  double weight_decay = 0;
  double l1_kernel = 0, l1_recurrent = 0, l1_bias = 0, l2_kernel = 0, l2_recurrent = 0, l2_bias = 0;
  double clip_norm = 1.0, clip_value = 0;

  static constexpr auto fields = std::tuple{
      field("optimizer", &OptimizerConfig::optimizer, "the rule of an update"),
      field("momentum", &OptimizerConfig::momentum, "sgd, rmsprop: share of the last step that is repeated")
          .at_least(0)
          .less_than(1),
      field("nesterov", &OptimizerConfig::nesterov, "sgd: look ahead along the momentum"),
      field("beta1", &OptimizerConfig::beta1, "adam, adamw: decay of the mean of gradients")
          .at_least(0)
          .less_than(1),
      field("beta2", &OptimizerConfig::beta2, "adam, adamw: decay of the mean of squares")
          .at_least(0)
          .less_than(1),
      field("alpha", &OptimizerConfig::alpha, "rmsprop: decay of the mean of squares")
          .at_least(0)
          .less_than(1),
      field("epsilon", &OptimizerConfig::epsilon,
            "added to the root in the denominator; 0: the rule's own, 1e-8 (adagrad 1e-10)")
          .at_least(0),
      field("weight_decay", &OptimizerConfig::weight_decay,
            "of all weights: adamw shrinks them by it directly, the others add it to the gradient")
          .at_least(0),
      field("l1_kernel", &OptimizerConfig::l1_kernel, "L1 penalty on weights that multiply inputs")
          .at_least(0),
      field("l1_recurrent", &OptimizerConfig::l1_recurrent, "L1 penalty on recurrent weights").at_least(0),
      field("l1_bias", &OptimizerConfig::l1_bias, "L1 penalty on biases").at_least(0),
      field("l2_kernel", &OptimizerConfig::l2_kernel, "L2 penalty on weights that multiply inputs")
          .at_least(0),
      field("l2_recurrent", &OptimizerConfig::l2_recurrent, "L2 penalty on recurrent weights").at_least(0),
      field("l2_bias", &OptimizerConfig::l2_bias, "L2 penalty on biases").at_least(0),
      field("clip_norm", &OptimizerConfig::clip_norm, "largest norm of all gradients together; 0: no limit")
          .at_least(0),
      field("clip_value", &OptimizerConfig::clip_value, "largest absolute value of a gradient; 0: no limit")
          .at_least(0),
  };
};

struct TrainConfig : OptimizerConfig, ScheduleConfig, EarlyStoppingConfig {
  Index epochs = 10;
  Index batch_size = 32;
  Index accumulate = 1;
  Index checkpoint_every = 0;
  double label_smoothing = 0;

  static constexpr auto fields = std::tuple_cat(
      std::tuple{
          field("epochs", &TrainConfig::epochs, "passes through the training data").at_least(1),
          field("batch_size", &TrainConfig::batch_size, "sequences computed together").at_least(1),
          field("accumulate", &TrainConfig::accumulate, "batches whose gradients make one update")
              .at_least(1),
          field("checkpoint_every", &TrainConfig::checkpoint_every,
                "steps between checkpoints; 0: one at the end of each epoch")
              .at_least(0),
          field("label_smoothing", &TrainConfig::label_smoothing,
                "share of a target's probability spread over all classes")
              .at_least(0)
              .less_than(1),
      },
      OptimizerConfig::fields, ScheduleConfig::fields, EarlyStoppingConfig::fields);
};

}  // namespace recur
