// The [train] table: how a model is trained, for every task.
#pragma once

#include <tuple>

#include "base/check_limits.h"
#include "base/fields.h"
#include "train/clipping.h"
#include "train/early_stopping.h"
#include "train/optimizer.h"
#include "train/schedule.h"
#include "train/weight_average.h"

namespace recur {

struct TrainConfig : OptimizerConfig, ClippingConfig, ScheduleConfig, EarlyStoppingConfig, AveragingConfig {
  TrainConfig() { clip_norm = 1; }

  /// Random masks number the sequences of an update in 32 bits: 20 for the place in a batch, 12 for the
  /// batch.
  static constexpr Index kMostSequences = 1 << 20, kMostBatches = 1 << 12;
  /// Steps are counted in 64 bits, so that no product of counts may come near that.
  static constexpr Index kMostEpochs = 1'000'000'000;

  Index epochs = 10;
  Index batch_size = 32;
  Index accumulate = 1;
  Index checkpoint_every = 0;
  double label_smoothing = 0;

  static constexpr auto fields = std::tuple_cat(
      std::tuple{
          field("epochs", &TrainConfig::epochs, "passes through the training data").between(1, kMostEpochs),
          field("batch_size", &TrainConfig::batch_size, "sequences computed together")
              .between(1, kMostSequences),
          field("accumulate", &TrainConfig::accumulate, "batches whose gradients make one update")
              .between(1, kMostBatches),
          field("checkpoint_every", &TrainConfig::checkpoint_every,
                "steps between checkpoints; 0: one at the end of each epoch")
              .at_least(0),
          field("label_smoothing", &TrainConfig::label_smoothing,
                "share of a target's probability spread over all classes")
              .at_least(0)
              .less_than(1),
      },
      OptimizerConfig::fields, ClippingConfig::fields, ScheduleConfig::fields, EarlyStoppingConfig::fields,
      AveragingConfig::fields);
};

/// Throws ConfigError for values that are impossible, alone or together.
inline void validate(const TrainConfig& config) {
  check_limits(config);
  validate(static_cast<const OptimizerConfig&>(config));
  validate(static_cast<const ScheduleConfig&>(config));
  validate(static_cast<const EarlyStoppingConfig&>(config));
}

}  // namespace recur
