// The series of a forecaster: its parts, what was missing in them, files that are joined.
#include "tasks/forecast/forecast_data.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "base/error.h"
#include "base/file.h"
#include "tasks/forecast/forecast_job.h"
#include "tasks/forecast/forecast_scores.h"
#include "tasks/forecast/walk_forward.h"
#include "tests/base/temporary_folder.h"

namespace recur {
namespace {

class ForecastParts : public testing::Test {
 protected:
  /// A file of one column of as many steps; the configuration that trains on it.
  ForecastConfig steps(const std::string& name, Index count, const std::function<std::string(Index)>& cell) {
    std::string text = "v\n";
    for (Index t = 0; t < count; ++t) text += cell(t) + "\n";
    ForecastConfig config;
    config.data.train = {write(name, text)};
    config.data.lookback = 4;
    config.data.horizon = 2;
    config.data.season = 1;
    config.model.hidden_size = {4};
    config.train.epochs = 1;
    return config;
  }
  std::filesystem::path write(const std::string& name, const std::string& text) {
    write_file_atomically(folder_.path() / name, text);
    return folder_.path() / name;
  }
  TemporaryFolder folder_;
};

std::string wave(Index t) { return fmt::format("{:.4f}", std::sin(static_cast<double>(t * t % 17))); }

TEST_F(ForecastParts, AnInterpolatedGapTellsTrainingNothingOfWhatIsBehindIt) {
  // The gap ends where validation begins.
  const auto data = [&](const char* name, double later) {
    ForecastConfig config = steps(name, 240, [&](Index t) {
      return t >= 150 && t < 180 ? "NA" : t >= 180 ? fmt::format("{}", later + (t % 5)) : wave(t);
    });
    config.data.missing = Missing::interpolate;
    config.data.valid_rows = 30;
    config.data.test_rows = 30;
    return ForecastData::for_training(config);
  };
  const ForecastData low = data("low.csv", 0), high = data("high.csv", 1000);
  EXPECT_EQ(low.scales().to_numbers(), high.scales().to_numbers());
  EXPECT_EQ(low.deviation(0, 0), high.deviation(0, 0));
  EXPECT_EQ(low.windows(Part::train).back().origin, 148);
  EXPECT_EQ(low.windows(Part::valid).size(), 28U) << "but for that which begins inside the gap";
  // What ends before is for training as before.
  EXPECT_EQ(low.moved(1, 5).windows(Part::train).back().origin, 179);
}

TEST_F(ForecastParts, TheLossThatStopsTrainingIsThatOfWhatWasMeasured) {
  ForecastConfig config = steps("holes.csv", 120, [&](Index t) {
    return t == 90 || t == 95 || t == 96 || t == 97 ? "NA" : fmt::format("{}", 1000 + t % 7);
  });
  config.data.missing = Missing::zero;
  config.data.valid_rows = 40;
  const ForecastData data = ForecastData::for_training(config);
  const auto job = make_forecast_job(data);
  ThreadPool pool(1);
  const std::vector<Window> windows = data.windows(Part::valid);
  ForecastScores scores(data, Part::valid);
  forecast_windows(job->forecaster().net, pool, data, windows, 1,
                   [&](std::size_t i, const WindowForecast& forecast) { scores.add(windows[i], forecast); });
  EXPECT_NEAR(job->validate(pool).loss, scores.mse_scaled(), 1e-4 * scores.mse_scaled());
}

TEST_F(ForecastParts, TheDataHashTellsWhatWasFilledIn) {
  const auto hash = [&](const char* cell) {
    ForecastConfig config =
        steps("hash.csv", 60, [&](Index t) { return t == 7 ? cell : fmt::format("{}", t); });
    config.data.missing = Missing::interpolate;
    ThreadPool pool(1);
    return make_forecast_job(ForecastData::for_training(config))->model_file(pool, {}).data_sha256;
  };
  EXPECT_NE(hash("7"), hash("NA"));
}

TEST_F(ForecastParts, AFoldWithoutAFairWindowValidatesOnWhatIsBefore) {
  ForecastConfig config =
      steps("gap.csv", 150, [&](Index t) { return t >= 100 && t < 130 ? "NA" : wave(t); });
  config.data.missing = Missing::interpolate;
  config.data.valid_rows = 10;
  config.data.test_rows = 60;
  const ForecastData data = ForecastData::for_training(config);
  ThreadPool pool(1);
  const nlohmann::json scores = walk_forward(data, 10, pool, [] { return false; });
  EXPECT_EQ(scores["windows"], data.windows(Part::test).size());
  EXPECT_FALSE(scores.contains("diverged")) << scores;
  EXPECT_FALSE(data.moved(40, 10).windows(Part::valid).empty());
  EXPECT_EQ(data.moved(40, 10).windows(Part::train).back().origin, 88);
}

}  // namespace
}  // namespace recur
