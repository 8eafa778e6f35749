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
  /// What is said against training on it; nothing if that is possible.
  static std::string refusal(const ForecastConfig& config) {
    try {
      ForecastData::for_training(config);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }
  /// Windows to test where one file of times and values goes on after another.
  Index tested(const std::vector<std::string>& before, const std::vector<std::string>& after) {
    const auto table = [](const std::vector<std::string>& times) {
      std::string text = "t,v\n";
      for (std::size_t i = 0; i < times.size(); ++i) text += fmt::format("{},{}\n", times[i], i * i % 7);
      return text;
    };
    ForecastConfig config;
    config.data.train = {write("before.csv", table(before))};
    config.data.test = write("after.csv", table(after));
    config.data.time = "t";
    config.data.lookback = 3;
    config.data.horizon = 1;
    return static_cast<Index>(ForecastData::for_training(config).windows(Part::test).size());
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

TEST_F(ForecastParts, ATestThatCannotBeScoredIsRefused) {
  ForecastConfig config = steps("train.csv", 60, wave);
  config.data.test = steps("test.csv", 5, wave).data.train[0];
  EXPECT_NE(refusal(config).find("test.csv: no series has steps enough to test: 6 (lookback 4, horizon 2), "
                                 "or 2 where it goes on after its training part"),
            std::string::npos)
      << refusal(config);
  config.data.test = steps("gaps.csv", 12, [](Index t) { return t % 9 == 0 ? "1" : "NA"; }).data.train[0];
  config.data.missing = Missing::interpolate;
  EXPECT_NE(refusal(config).find("gaps.csv: none of its 7 windows can be scored"), std::string::npos)
      << refusal(config);
  config.data.test.clear();
  config.data.test_rows = 1;
  EXPECT_NE(refusal(config).find("raise --test-fraction or --test-rows"), std::string::npos)
      << refusal(config);
  config.data.test_rows = 2;
  EXPECT_EQ(refusal(config), "");
}

TEST_F(ForecastParts, OneSeriesInARowGoesOn) {
  ForecastConfig config;
  config.data.train = {write("row.csv", "A,1,2,3,1,2,3,1,2,3,1,2,3,1,2,3\n")};
  config.data.test = write("more.csv", "A,1,2,3\n");
  config.data.layout = SeriesLayout::rows;
  config.data.lookback = 3;
  config.data.horizon = 3;
  EXPECT_EQ(ForecastData::for_training(config).windows(Part::test).size(), 1U);
}

TEST_F(ForecastParts, TimesWithoutAStepGoOnOverGapsThatTrainingHas) {
  const std::vector<std::string> days{"2020-04-06", "2020-04-07", "2020-04-08", "2020-04-09", "2020-04-14",
                                      "2020-04-15", "2020-04-16", "2020-04-17", "2020-04-20", "2020-04-21",
                                      "2020-04-22", "2020-04-23", "2020-04-24", "2020-04-27", "2020-04-28",
                                      "2020-04-29", "2020-04-30"};
  // Friday the first of May is a holiday.
  EXPECT_EQ(tested(days, {"2020-05-04", "2020-05-05"}), 2);
  const std::vector<std::string> uneven{"1", "2.5", "3", "4.1", "5", "7", "8.5", "9", "11", "12", "13.7"};
  EXPECT_EQ(tested(uneven, {"15", "15.5"}), 2);
  // A longer pause is not looked over, and the file reads on by itself.
  EXPECT_EQ(tested(uneven, {"16", "16.5", "17", "18", "19"}), 2);
}

TEST_F(ForecastParts, MessagesNameTheFileThatWasJoined) {
  ForecastConfig config;
  std::string first = "t,v\n", second = first;
  for (int t = 0; t < 60; ++t)
    (t < 40 ? first : second) += fmt::format("{},{}\n", t, t == 50 ? 0 : 1 + t % 3);
  config.data.train = {write("l1.csv", first)};
  config.data.test = write("l2.csv", second);
  config.data.time = "t";
  config.transform.log = true;
  EXPECT_NE(refusal(config).find("l2.csv:12: column 'v' holds 0"), std::string::npos) << refusal(config);
}

TEST_F(ForecastParts, ValuesAreFoundAmongOthersThatBeginAlike) {
  const std::string train = "112112113112112112114";
  const auto warned = [&](const std::string& values) {
    const auto config_of = [&](const char* name, const std::string& all) {
      return steps(name, static_cast<Index>(all.size()),
                   [&](Index t) { return std::string(1, all[static_cast<std::size_t>(t)]); });
    };
    ForecastConfig config = config_of("all.csv", train);
    config.data.test = config_of("some.csv", values).data.train[0];
    const std::vector<std::string> notes = ForecastData::for_training(config).notes();
    return std::any_of(notes.begin(), notes.end(),
                       [](const std::string& note) { return note.starts_with("warning"); });
  };
  EXPECT_TRUE(warned("112112114"));
  EXPECT_TRUE(warned("112113112"));
  EXPECT_FALSE(warned("112112112112"));
  EXPECT_FALSE(warned("1121142"));
}

}  // namespace
}  // namespace recur
