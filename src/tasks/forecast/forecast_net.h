// The network of a forecast: direct, recursive or by segments.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/function_ref.h"
#include "nn/model.h"
#include "nn/segment_rnn.h"
#include "tasks/forecast/window_coder.h"

namespace recur {

class ForecastNet {
 public:
  /// A network for what a coder gives. Throws ConfigError.
  ForecastNet(const WindowCoder& coder, Parameters::Admission admission = {});

  Parameters& parameters() { return model_ ? model_->parameters() : parameters_; }
  void initialise(std::uint64_t seed);
  /// "segments of 48, gru 512".
  std::string description() const;

  /// The outputs that a batch's targets are compared with: [B·horizon, D·outputs], or [steps·B, D·outputs]
  /// of a recursive model.
  Var forward(const Pass& pass, const CodedBatch& batch);
  /// Null for segments.
  Model* model() { return model_.get(); }
  SegmentRnn* segments() { return segments_.get(); }
  std::unique_ptr<Model> take_model() { return std::move(model_); }

  const WindowCoder& coder() const { return coder_; }

 private:
  const WindowCoder& coder_;
  Parameters parameters_;  // of segments
  std::unique_ptr<Model> model_;
  std::unique_ptr<SegmentRnn> segments_;
};

/// Takes the forecast of windows[index].
using ForecastSink = FunctionRef<void(std::size_t index, const WindowForecast& forecast)>;

/// Forecasts of windows, some hundred at a time, each the same alone or among others; `seed` draws the paths
/// of recursive models. They come in the order of the windows.
void forecast_windows(ForecastNet& net, ThreadPool& pool, const ForecastData& data,
                      std::span<const Window> windows, std::uint64_t seed, ForecastSink sink);

}  // namespace recur
