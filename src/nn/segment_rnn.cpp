#include "nn/segment_rnn.h"

#include <algorithm>

#include "base/error.h"
#include "base/flush_to_zero.h"
#include "base/random.h"
#include "nn/dropout.h"
#include "nn/initialise.h"
#include "nn/ops.h"

namespace recur {
namespace {

enum Site : std::uint32_t { kDecoded = 0 };

Tensor ids_of(const std::vector<std::int32_t>& ids) {
  const Tensor t = Tensor::empty({static_cast<Index>(ids.size())}, DType::i32);
  std::copy(ids.begin(), ids.end(), t.data<std::int32_t>());
  return t;
}

/// [B, m·w] to [m·B, w]: row t·B + b is segment t of b.
Tensor segments_of(const Tensor& x, Index width) {
  const Index batch = x.dim(0), steps = x.dim(1) / width;
  const Tensor out = Tensor::empty({steps * batch, width}, x.dtype());
  with_float_type(x.dtype(), [&]<class T>(T) {
    for (Index t = 0; t < steps; ++t)
      for (Index b = 0; b < batch; ++b)
        std::copy_n(x.data<T>() + (b * steps + t) * width, width, out.data<T>() + (t * batch + b) * width);
  });
  return out;
}

}  // namespace

SegmentRnn::SegmentRnn(const ModelConfig& config, const SegmentShape& shape, Parameters& parameters)
    : config_(config), shape_(shape) {
  check<ConfigError>(
      shape.segment > 0 && shape.lookback % shape.segment == 0 && shape.horizon % shape.segment == 0,
      "segment is {}, expected a divisor of both lookback ({}) and horizon ({})", shape.segment,
      shape.lookback, shape.horizon);
  check<ConfigError>(
      !config.bidirectional,
      "forecasting by segments goes on from the state after the last one; set bidirectional to false");
  const Index width = config.hidden_size.front();
  embed_.emplace(parameters, "segment", shape.segment, width);
  encoder_.emplace(config.recurrent(width), parameters, "encoder.");
  const Index of_channel = shape.channels > 0 ? width / 2 : 0;
  place_.emplace(parameters, "place", shape.horizon / shape.segment, width - of_channel);
  if (of_channel > 0) channel_.emplace(parameters, "channel", shape.channels, of_channel);
  head_.emplace(parameters, "head", encoder_->output_size(), shape.segment * shape.outputs);
}

void SegmentRnn::initialise(std::uint64_t seed, Parameters& parameters) {
  Random random(seed, /*stream=*/0);
  initialise_linear(*embed_, config_, random);
  initialise_recurrent(*encoder_, parameters, config_, random, "encoder.");
  initialise_embedding(*place_, config_, random);
  if (channel_) initialise_embedding(*channel_, config_, random);
  initialise_linear(*head_, config_, random);
}

Var SegmentRnn::forward(const Pass& pass, const Tensor& x, const std::vector<std::int32_t>& channels) {
  const FlushToZero flush;
  const Index batch = x.dim(0), places = shape_.horizon / shape_.segment;
  const Var embedded =
      activate(pass, Activation::relu, embed_->forward(pass, segments_of(x, shape_.segment)));
  const LayoutPtr layout = Layout::dense(shape_.lookback / shape_.segment, batch);
  RecurrentState state = encoder_->forward(pass, {embedded, layout}, encoder_->zero_state(batch)).state;

  std::vector<Index> rows;
  std::vector<std::int32_t> place_ids, channel_ids;
  for (Index b = 0; b < batch; ++b)
    for (Index k = 0; k < places; ++k) {
      rows.push_back(b);
      place_ids.push_back(static_cast<std::int32_t>(k));
      channel_ids.push_back(channels[static_cast<std::size_t>(b)]);
    }
  for (Var& part : state.parts) part = gather_rows(pass, part, rows);
  Var input = place_->forward(pass, ids_of(place_ids));
  if (channel_) input = concat(pass, input, channel_->forward(pass, ids_of(channel_ids)));
  const LayoutPtr decoded = Layout::dense(1, batch * places);
  const Var y = encoder_->forward(pass, {input, decoded}, state).y.rows;
  return head_->forward(pass, dropout(pass, y, *decoded, config_.dropout, kOutsideLayers, kDecoded));
}

}  // namespace recur
