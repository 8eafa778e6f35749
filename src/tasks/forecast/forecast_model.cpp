#include "tasks/forecast/forecast_model.h"

#include <cstring>

#include "base/error.h"
#include "base/json.h"
#include "simd/isa.h"
#include "tasks/file_config.h"
#include "tasks/model_network.h"
#include "train/weights.h"

namespace recur {
namespace {

Index count(const std::vector<std::string>& names) {
  return names == std::vector<std::string>{"none"} ? 0 : static_cast<Index>(names.size());
}

/// Segments as `verify` sees them: sequences [lookback, channels].
class SegmentNetwork final : public TrainedNetwork {
 public:
  explicit SegmentNetwork(std::unique_ptr<ForecastModel> model) : model_(std::move(model)) {}

  std::vector<Tensor> run(ThreadPool& pool, const std::vector<Tensor>& sequences) override {
    const Index n = static_cast<Index>(sequences.size()), channels = this->channels();
    RECUR_ASSERT(n > 0);
    const Tensor x = Tensor::empty({n * channels, lookback()});
    std::vector<std::int32_t> ids;
    for (Index i = 0; i < n; ++i)
      for (Index c = 0; c < channels; ++c) {
        ids.push_back(static_cast<std::int32_t>(c));
        for (Index t = 0; t < lookback(); ++t)
          x.data<float>()[(i * channels + c) * lookback() + t] =
              sequences[static_cast<std::size_t>(i)].data<float>()[t * channels + c];
      }
    const Tensor y = model_->net.segments()->forward(Pass{.pool = pool}, x, ids).value;
    const Index rows = y.dim(0) / n;
    std::vector<Tensor> out;
    for (Index i = 0; i < n; ++i) out.push_back(y.rows(i * rows, (i + 1) * rows));
    return out;
  }
  void check_input(const Tensor& sequence, const std::string& where) const override {
    check<FormatError>(sequence.dtype() == DType::f32 && sequence.shape() == (Shape{lookback(), channels()}),
                       "{}: the golden inputs have shape {}, expected [{}, {}]", where,
                       sequence.shape().to_string(), lookback(), channels());
  }
  Tensor random_input(Random& random, Index) const override {
    const Tensor x = Tensor::empty({lookback(), channels()});
    for (Index i = 0; i < x.size(); ++i) x.data<float>()[i] = static_cast<float>(random.normal());
    return x;
  }

 private:
  Index lookback() const { return model_->config.data.lookback; }
  Index channels() const { return model_->coder.rows_per_window(); }
  std::unique_ptr<ForecastModel> model_;
};

/// The first row of a coded window (segments: all of its channels) as a sequence that `verify` replays.
void add_golden(ForecastModel& model, ThreadPool& pool, const ForecastData& data, const Window& window,
                ModelFile& file) {
  const CodedBatch batch = model.coder.encode(data, std::span(&window, 1), /*training=*/false);
  const Pass pass{.pool = pool};
  if (model.net.segments() != nullptr) {
    const Index channels = batch.lookback.dim(0), steps = batch.lookback.dim(1);
    const Tensor x = Tensor::empty({steps, channels});
    for (Index c = 0; c < channels; ++c)
      for (Index t = 0; t < steps; ++t)
        x.data<float>()[t * channels + c] = batch.lookback.data<float>()[c * steps + t];
    file.tensors.push_back({"golden.inputs", x});
    file.tensors.push_back({"golden.outputs", model.net.forward(pass, batch).value});
    return;
  }
  const Index rows = batch.x.layout->batch(), steps = batch.x.layout->steps(),
              features = model.coder.features();
  const Tensor x = Tensor::empty({steps, features});
  for (Index t = 0; t < steps; ++t)
    std::copy_n(batch.x.rows.value.data<float>() + t * rows * features, features,
                x.data<float>() + t * features);
  Model& net = *model.net.model();
  const ModelOutput y =
      net.forward(pass, Sequence{Var(x), Layout::dense(steps, 1)}, net.encoder().zero_state(1));
  file.tensors.push_back({"golden.inputs", x});
  file.tensors.push_back({"golden.outputs", y.y.value});
}

}  // namespace

ForecastModel::ForecastModel(const ForecastConfig& config_, const FittedScales& scales_, Index targets,
                             Index covariates, Index known, Parameters::Admission admission)
    : config(config_),
      scales(scales_),
      transform(config.transform),
      coder(config, transform, scales, targets, covariates, known),
      net(coder, std::move(admission)) {}

ModelFile to_file(ForecastModel& model, ThreadPool& pool, const ForecastData& data, const Window& golden) {
  ModelFile file{.task = "forecast",
                 .config = config_for_file(options_of(model.config), {"train", "valid", "test"})};
  // What is not pooled can be streamed, and a stream asks whether it is.
  if (model.net.segments() != nullptr || !model.net.model()->shape().pool) {
    file.config["model"].erase("pool");
    file.config["model"].erase("attention_size");
  }
  file.isa = name(current_isa());
  append_weights(model.net.parameters(), file.tensors);
  const std::vector<double> numbers = model.scales.to_numbers();
  std::vector<std::uint8_t>& bytes = file.blobs["scales"];
  bytes.resize(numbers.size() * sizeof(double));
  std::memcpy(bytes.data(), numbers.data(), bytes.size());
  add_golden(model, pool, data, golden, file);
  return file;
}

std::unique_ptr<ForecastModel> load_forecast_model(const ModelFile& file) {
  ForecastConfig config;
  read_config(file, "forecast", "a forecaster (forecast)", options_of(config));
  const bool rows = config.data.layout == SeriesLayout::rows;
  const Index targets = rows ? 1 : static_cast<Index>(config.data.target.size());
  const Index covariates = rows ? 0 : count(config.data.covariates), known = count(config.data.known);
  check<FormatError>(targets > 0, "{}: forecasts no column; the file was changed after training", file.where);
  const std::vector<std::uint8_t>& bytes = file.blob("scales");
  std::vector<double> numbers(bytes.size() / sizeof(double));
  std::memcpy(numbers.data(), bytes.data(), numbers.size() * sizeof(double));
  std::unique_ptr<ForecastModel> model;
  try {
    const FittedScales scales = FittedScales::from_numbers(numbers, targets + covariates + known);
    model = std::make_unique<ForecastModel>(config, scales, targets, covariates, known, admission_of(file));
  } catch (const Error& error) {
    fail<FormatError>("{}: {}", file.where, error.what());
  }
  load_weights(file, model->net.parameters());
  return model;
}

std::unique_ptr<TrainedNetwork> make_forecast_network(std::unique_ptr<ForecastModel> model) {
  if (model->net.segments() != nullptr) return std::make_unique<SegmentNetwork>(std::move(model));
  return std::make_unique<ModelNetwork>(model->net.take_model());
}

}  // namespace recur
