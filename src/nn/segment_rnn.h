// Forecasting by segments: a recurrent net whose steps are stretches of a series.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "nn/embedding.h"
#include "nn/linear.h"
#include "nn/model_config.h"

namespace recur {

struct SegmentShape {
  Index lookback = 0, horizon = 0;
  Index segment = 0;   ///< steps that make one; divides both
  Index channels = 0;  ///< series that have a vector of their own; 0: none has
  Index outputs = 1;   ///< numbers a step: a point forecast and quantiles
};

/// SegRNN (Lin et al. 2023). Each series by itself: segments of the lookback, embedded by a linear layer and
/// ReLU, go through the recurrent layers; then each segment of the horizon is one step from the state that is
/// left, all of them in parallel, its input the vector of its place beside that of its channel; a linear
/// layer makes `segment` steps of what comes out.
class SegmentRnn {
 public:
  /// Adds its parameters: segment.…, encoder.…, place.…, channel.…, head.…. Throws ConfigError.
  SegmentRnn(const ModelConfig& config, const SegmentShape& shape, Parameters& parameters);

  void initialise(std::uint64_t seed, Parameters& parameters);
  const SegmentShape& shape() const { return shape_; }

  /// x [B, lookback], the channel of each row → [B·horizon/segment, segment·outputs], which is [B, horizon,
  /// outputs].
  Var forward(const Pass& pass, const Tensor& x, const std::vector<std::int32_t>& channels);

 private:
  ModelConfig config_;
  SegmentShape shape_;
  std::optional<Linear> embed_, head_;
  std::optional<Recurrent> encoder_;
  std::optional<Embedding> place_, channel_;
};

}  // namespace recur
