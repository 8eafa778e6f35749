#include "api/series_stream.h"

#include "tasks/forecast/series_stream.h"

namespace recur {

struct ForecastStream::Parts {
  explicit Parts(const std::filesystem::path& run)
      : stream(load_forecast_model(ModelFile::read(model_path(run)))) {}
  ThreadPool pool{1};
  SeriesStream stream;
};

bool is_forecaster(const std::filesystem::path& run) {
  return ModelFile::read(model_path(run)).task == "forecast";
}

ForecastStream::ForecastStream(const std::filesystem::path& run) : parts_(std::make_unique<Parts>(run)) {}
ForecastStream::~ForecastStream() = default;

void ForecastStream::read(std::string_view line,
                          const std::function<void(const nlohmann::ordered_json&)>& answer) {
  for (const nlohmann::ordered_json& one : parts_->stream.read(line, parts_->pool)) answer(one);
}

}  // namespace recur
