#include "api/series_stream.h"

#include "tasks/forecast/series_stream.h"

namespace recur {

struct ForecastStream::Parts {
  explicit Parts(const Safetensors& model) : stream(load_forecast_model(ModelFile::from(model))) {}
  ThreadPool pool{1};
  SeriesStream stream;
};

ForecastStream::ForecastStream(const Safetensors& model) : parts_(std::make_unique<Parts>(model)) {}
ForecastStream::ForecastStream(ForecastStream&&) noexcept = default;
ForecastStream::~ForecastStream() = default;

void ForecastStream::read(const std::filesystem::path& file,
                          const std::function<void(const nlohmann::ordered_json&)>& answer) {
  parts_->stream.read(file, kLongestLine, parts_->pool, answer);
}

}  // namespace recur
