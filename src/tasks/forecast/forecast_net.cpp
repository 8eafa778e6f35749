#include "tasks/forecast/forecast_net.h"

#include "nn/ops.h"

namespace recur {
namespace {

ModelShape shape_of(const WindowCoder& coder) {
  const ForecastModelConfig& model = coder.config().model;
  const Index outputs = coder.row_targets() * coder.outputs();
  if (model.method == Method::recursive || coder.reads_ahead())
    return {.features = coder.features(), .outputs = outputs};
  return {.features = coder.features(), .outputs = coder.config().data.horizon * outputs, .pool = model};
}

}  // namespace

ForecastNet::ForecastNet(const WindowCoder& coder, Parameters::Admission admission)
    : coder_(coder), parameters_(DType::f32, admission) {
  const ForecastConfig& config = coder.config();
  if (config.model.method != Method::segments) {
    model_ = std::make_unique<Model>(config.model, shape_of(coder), DType::f32, std::move(admission));
    return;
  }
  segments_ = std::make_unique<SegmentRnn>(
      config.model,
      SegmentShape{.lookback = config.data.lookback,
                   .horizon = config.data.horizon,
                   .segment = segment_of(config),
                   .channels = config.model.channel_vectors && coder.rows_per_window() > 1
                                   ? coder.rows_per_window()
                                   : 0,
                   .outputs = coder.outputs()},
      parameters_);
}

void ForecastNet::initialise(std::uint64_t seed) {
  if (model_) return model_->initialise(seed);
  segments_->initialise(seed, parameters_);
}

std::string ForecastNet::description() const {
  const ForecastModelConfig& config = coder_.config().model;
  std::string layers;
  for (const Index width : config.hidden_size) layers += (layers.empty() ? "" : ",") + std::to_string(width);
  const std::string text = std::string(to_name(config.method)) + " " + config.cell + " " + layers;
  return segments_ ? text + ", segments of " + std::to_string(segment_of(coder_.config())) : text;
}

Var ForecastNet::forward(const Pass& pass, const CodedBatch& batch) {
  if (segments_) return segments_->forward(pass, batch.lookback, batch.channels);
  const Index count = batch.x.layout->batch();
  const Var y = model_->forward(pass, batch.x, model_->encoder().zero_state(count)).y;
  if (!coder_.reads_ahead()) return y;
  // Of the steps, those of the horizon, row by row.
  std::vector<Index> rows;
  for (Index b = 0; b < count; ++b)
    for (Index t = coder_.config().data.lookback; t < batch.x.layout->steps(); ++t)
      rows.push_back(t * count + b);
  return gather_rows(pass, y, rows);
}

}  // namespace recur
