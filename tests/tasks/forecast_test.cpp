// Forecasters end to end: they learn what can be learned, undo what was done to the series, and score,
// predict and verify the same whatever surrounds them.
#include "tasks/forecast.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "api/line_model.h"
#include "api/predict.h"
#include "api/train.h"
#include "api/verify.h"
#include "base/error.h"
#include "base/file.h"
#include "base/random.h"
#include "base/settings.h"
#include "tasks/forecast/forecast_data.h"
#include "tasks/forecast/forecast_scores.h"
#include "tasks/forecast/walk_forward.h"
#include "tests/base/temporary_folder.h"

namespace recur {
namespace {

/// Days with a weekly season, a trend and some noise; two columns and a holiday that is known in advance.
std::string days(int count, double noise, bool future = false) {
  Random random(1);
  std::string text = "day,a,b,holiday\n";
  for (int t = 0; t < count; ++t) {
    const int holiday = t % 10 == 3 ? 1 : 0;
    const double season = 3 * std::sin(2 * std::numbers::pi * t / 7);
    const double a = 20 + 0.02 * t + season + 4 * holiday + noise * random.normal(),
                 b = 5 - season + noise * random.normal();
    text += fmt::format("{:04}-{:02}-{:02},", 2000 + t / 336, t / 28 % 12 + 1, t % 28 + 1);
    text += future && t + 3 >= count ? fmt::format(",,{}\n", holiday)
                                     : fmt::format("{:.4f},{:.4f},{}\n", a, b, holiday);
  }
  return text;
}

class Forecasters : public testing::Test {
 protected:
  Forecasters() { write("days.csv", days(400, 0.1)); }

  void write(const std::string& name, const std::string& text) {
    write_file_atomically(folder_.path() / name, text);
  }
  std::filesystem::path path(const std::string& name) const { return folder_.path() / name; }

  std::unique_ptr<Task> task(const std::vector<std::string>& settings = {}) {
    std::unique_ptr<Task> task = find_task("forecast").make();
    std::vector<Setting> all;
    for (const std::string& s : {"data.train=" + path("days.csv").string(), std::string("data.missing=drop"),
                                 std::string("data.lookback=14"), std::string("data.horizon=3"),
                                 std::string("data.test_fraction=0.1"), std::string("model.hidden_size=12"),
                                 std::string("train.epochs=12"), std::string("train.batch_size=16"),
                                 std::string("train.learning_rate=0.01")})
      all.push_back(parse_setting(s));
    for (const std::string& s : settings) all.push_back(parse_setting(s));
    set_options(all, task->options());
    return task;
  }
  nlohmann::json trained(const std::string& run, const std::vector<std::string>& settings) {
    return train(*task(settings), {.out = path(run), .force = true, .threads = 2}).json;
  }
  std::vector<nlohmann::ordered_json> predicted(const std::string& run, const std::string& file) {
    std::vector<nlohmann::ordered_json> answers;
    predict(path(run), path(file), 1,
            [&](const nlohmann::ordered_json& answer) { answers.push_back(answer); });
    return answers;
  }
  std::vector<nlohmann::ordered_json> streamed(const std::string& run, const std::string& file) {
    std::vector<nlohmann::ordered_json> answers;
    std::get<ForecastStream>(open_line_model(path(run)))
        .read(path(file), [&](const nlohmann::ordered_json& answer) { answers.push_back(answer); });
    return answers;
  }
  TemporaryFolder folder_;
};

TEST_F(Forecasters, EveryMethodLearnsPredictsAndVerifies) {
  struct Case {
    const char* name;
    std::vector<std::string> settings;
    double limit;  // of the scaled squared error; the series' variance is 1, persistence 0.8
  };
  const std::vector<Case> cases{
      {"direct", {"data.covariates=none", "data.target=a,b"}, 0.45},
      {"window",
       {"data.covariates=none", "data.target=a,b", "transform.window=last",
        "transform.calendar=weekday,month", "transform.lags=7", "transform.rolling=7"},
       0.45},
      {"known", {"data.target=a,b", "data.known=holiday"}, 0.2},
      {"recursive",
       {"data.target=a,b", "data.known=holiday", "model.method=recursive", "transform.window=centre"},
       0.25},
      {"segments",
       {"data.covariates=none", "data.target=a,b", "model.method=segments", "data.horizon=7",
        "model.segment=7", "model.channel_independent=true", "transform.window=last"},
       0.6},
      {"independent",
       {"data.covariates=none", "data.target=a,b", "model.channel_independent=true", "transform.window=mean",
        "transform.log=true", "transform.difference=7"},
       0.6},
      {"quantiles", {"data.covariates=none", "data.target=a,b", "model.quantiles=0.1,0.9"}, 0.45},
      {"paths",
       {"data.covariates=none", "data.target=a,b", "model.method=recursive", "model.quantiles=0.1,0.5,0.9",
        "model.paths=20"},
       0.45},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(one.name);
    const nlohmann::json report = trained(one.name, one.settings);
    EXPECT_LT(report["metrics"]["test"]["mse_scaled"].get<double>(), one.limit);
    EXPECT_TRUE(report["baselines"].contains("ridge on the lookback"));
    const std::string file =
        one.name == std::string("known") || one.name == std::string("recursive") ? "future.csv" : "days.csv";
    write("future.csv", days(403, 0.1, /*future=*/true));
    const auto answers = predicted(one.name, file);
    ASSERT_EQ(answers.size(), one.name == std::string("segments") ? 14U : 6U);
    EXPECT_EQ(answers[0]["time"], "2001-03-09");
    EXPECT_EQ(answers[0]["series"], "a");
    EXPECT_NEAR(answers[0]["mean"].get<double>(), 27, 4);
    if (report["metrics"]["test"].contains("coverage_80")) {
      EXPECT_GT(report["metrics"]["test"]["coverage_80"].get<double>(), 0.4);
      EXPECT_LE(answers[0]["quantiles"]["0.1"].get<double>(), answers[0]["quantiles"]["0.9"].get<double>());
    }
    const Verification proof = verify(path(one.name));
    for (const Check& check : proof.checks) EXPECT_TRUE(check.holds) << check.promise << ": " << check.detail;
    EXPECT_TRUE(std::filesystem::exists(path(one.name) / "forecast.svg"));
  }
}

TEST_F(Forecasters, TheSameBytesOnAnyNumberOfThreadsAndWhenResumed) {
  const std::vector<std::string> settings{"data.covariates=none", "data.target=a,b", "train.epochs=3",
                                          "data.stride=2", "model.dropout=0.1"};
  const auto bytes = [&](const std::string& run) { return read_file(path(run) / "model.safetensors"); };
  train(*task(settings), {.out = path("one"), .threads = 1});
  train(*task(settings), {.out = path("three"), .threads = 3});
  EXPECT_EQ(bytes("one"), bytes("three"));
  int steps = 0;
  train(*task(settings), {.out = path("cut"), .threads = 2, .stop_requested = [&] { return ++steps == 14; }});
  train(*task(settings), {.out = path("cut"), .resume = true, .threads = 2});
  EXPECT_EQ(bytes("one"), bytes("cut"));
}

TEST_F(Forecasters, StopWhileTheyAreScored) {
  const std::vector<std::string> settings{"data.covariates=none", "data.target=a,b", "train.epochs=2"};
  const auto bytes = [&](const std::string& run) { return read_file(path(run) / "model.safetensors"); };
  train(*task(settings), {.out = path("whole"), .threads = 1});
  Index step = 0, asked_after = -1;
  const TrainReport report =
      train(*task(settings), {.out = path("cut"),
                              .threads = 1,
                              .sink =
                                  [&](const Event& event) {
                                    if (const auto* done = std::get_if<StepDone>(&event)) step = done->step;
                                  },
                              // Asked a second time after one step: it is being scored.
                              .stop_requested = [&] { return std::exchange(asked_after, step) == step; }});
  EXPECT_EQ(report.stopped.reason, StopReason::interrupted);
  EXPECT_EQ(report.stopped.epoch, 0);
  train(*task(settings), {.out = path("cut"), .resume = true, .threads = 1});
  EXPECT_EQ(bytes("whole"), bytes("cut"));
}

TEST_F(Forecasters, ForecastsOfASeriesAloneAreThoseAmongOthers) {
  std::string both = "id,day,v\n", alone = both;
  Random random(5);
  for (int t = 0; t < 120; ++t)
    for (const char* id : {"x", "y", "z"}) {
      const std::string row =
          fmt::format("{},{},{:.3f}\n", id, t, (id[0] - 'w') * (10 + std::sin(t)) + random.uniform());
      both += row;
      if (id[0] == 'y') alone += row;
    }
  write("both.csv", both);
  write("alone.csv", alone);
  for (const char* method : {"direct", "recursive"}) {
    trained("many", {"data.train=" + path("both.csv").string(), "data.id=id", "data.time=day",
                     "transform.window=mean", "train.epochs=2", std::string("model.method=") + method,
                     "model.quantiles=0.2,0.8", "model.paths=10"});
    const auto all = predicted("many", "both.csv"), one = predicted("many", "alone.csv");
    ASSERT_EQ(all.size(), 9U);
    ASSERT_EQ(one.size(), 3U);
    EXPECT_EQ(all[3]["series"], "y");
    EXPECT_EQ(all[3]["time"], "120");
    for (std::size_t h = 0; h < 3; ++h) {
      EXPECT_EQ(all[3 + h]["mean"], one[h]["mean"]) << method;
      EXPECT_EQ(all[3 + h]["quantiles"], one[h]["quantiles"]) << method;
    }
  }
}

TEST_F(Forecasters, AFileThatGoesOnIsJoined) {
  write("train.csv",
        "\"V1\",\"V2\",\"V3\",\"V4\",\"V5\",\"V6\",\"V7\",\"V8\",\"V9\"\n\"A\",1,2,1,2,1,2,1,2\n\"B\",3,4,3,"
        "4,3,4,3,\n");
  write("test.csv", "\"V1\",\"V2\",\"V3\"\n\"A\",1,2\n\"B\",4,3\n");
  const nlohmann::json report =
      trained("rows", {"data.train=" + path("train.csv").string(), "data.test=" + path("test.csv").string(),
                       "data.layout=rows", "data.test_fraction=0", "data.lookback=2", "data.horizon=2",
                       "data.season=2", "train.epochs=1"});
  EXPECT_EQ(report["metrics"]["test"]["windows"], 2);
  // The seasonal naive forecast of both is exact.
  EXPECT_EQ(report["baselines"]["seasonal naive"]["test"]["mae"], 0.0);
  EXPECT_TRUE(report["baselines"].contains("naive2"));
}

TEST_F(Forecasters, ZeroSundaysHaveBaselines) {
  std::string text = "id,v\n";  // the test windows, one a series, begin after a Sunday
  for (int t = 0; t < 143; ++t)
    for (const char* id : {"x", "y"}) text += fmt::format("{},{}\n", id, t % 7 == 6 ? 0 : 5 + t % 7);
  write("sundays.csv", text);
  const nlohmann::json report =
      trained("sundays", {"data.train=" + path("sundays.csv").string(), "data.id=id", "data.season=7",
                          "train.epochs=1", "data.test_rows=3", "data.test_fraction=0"});
  EXPECT_EQ(report["baselines"]["seasonal naive"]["test"]["mse_scaled"], 0.0);
  ASSERT_TRUE(report["baselines"].contains("naive2"));
  EXPECT_TRUE(report["baselines"]["naive2"]["test"].contains("mse_scaled"));
}

TEST_F(Forecasters, WalkForwardScoresEveryTestWindowOnce) {
  const std::vector<std::string> settings{"data.covariates=none", "data.target=a,b", "data.refit=15",
                                          "train.epochs=3"};
  const nlohmann::json report = trained("walk", settings);
  const nlohmann::json& walk = report["metrics"]["walk_forward"];
  EXPECT_EQ(walk["windows"], report["metrics"]["test"]["windows"]);
  EXPECT_EQ(walk["refits"], 3);  // 38 windows
  EXPECT_LT(walk["mse_scaled"].get<double>(), 1.2);
  // Stopped as asked in a refit; resumed, it walks anew.
  Index asked = 0;
  const Index then = report["steps"].get<Index>() + 5;
  const auto stop = [&] { return ++asked == then; };
  TrainReport cut = train(*task(settings), {.out = path("cut"), .threads = 2, .stop_requested = stop});
  EXPECT_EQ(cut.stopped.reason, StopReason::interrupted);
  EXPECT_EQ(asked, then);
  cut = train(*task(settings), {.out = path("cut"), .resume = true, .threads = 2});
  EXPECT_EQ(cut.json["metrics"], report["metrics"]);
}

TEST_F(Forecasters, WalkForwardCountsTrainingsThatDiverge) {
  ForecastConfig config;
  config.data.train = {path("days.csv")};
  config.data.missing = Missing::drop;
  config.data.test_fraction = 0.1;
  config.train.epochs = 2;
  config.train.optimizer = OptimizerKind::sgd;
  config.train.clip_norm = 0;
  config.train.learning_rate = 1e30;
  ThreadPool pool(1);
  const nlohmann::json scores =
      walk_forward(ForecastData::for_training(config), 20, pool, [] { return false; });
  EXPECT_EQ(scores["refits"], 2);
  EXPECT_EQ(scores["diverged"], 2);
  EXPECT_EQ(scores["windows"], 0);
  EXPECT_EQ(scores["left_out"], 40);
}

TEST_F(Forecasters, AStreamSaysWhatPredictSays) {
  for (const char* method : {"direct", "recursive"}) {
    trained("stream", {"data.covariates=none", "data.target=a,b", "train.epochs=2", "transform.window=last",
                       "transform.difference=1", "transform.lags=3", "model.quantiles=0.2,0.8",
                       "model.paths=10", std::string("model.method=") + method});
    const auto expected = predicted("stream", "days.csv");
    const auto answers = streamed("stream", "days.csv");  // whose holiday is not read
    ASSERT_EQ(answers.size(), 800U);
    EXPECT_TRUE(answers[8]["mean"].is_null());
    EXPECT_EQ(answers[8]["waiting"], 13);
    EXPECT_EQ(answers[798]["mean"], expected[0]["mean"]) << method;
    EXPECT_EQ(answers[798]["quantiles"], expected[0]["quantiles"]) << method;
    EXPECT_EQ(answers[799]["series"], "b");
    EXPECT_EQ(answers[798]["time"], expected[0]["time"]);
  }
}

TEST_F(Forecasters, AStreamFindsColumnsByTheirNames) {
  trained("named", {"data.covariates=b", "data.target=a", "data.lookback=3", "train.epochs=1"});
  write("order.csv", "b,\"a\",holiday,day\n1,\"2\",0,2001-01-01\n3,4,0,2001-01-02\n5,6,0,2001-01-03\n");
  write("plain.csv", "2001-01-01,2,1\n2001-01-02,4,3\n2001-01-03,6,5\n");
  const auto named = streamed("named", "order.csv"), plain = streamed("named", "plain.csv");
  ASSERT_EQ(named.size(), 3U);
  EXPECT_EQ(named[2]["time"], "2001-01-04");
  EXPECT_TRUE(named[2]["mean"].is_number());
  EXPECT_EQ(named, plain);
}

TEST_F(Forecasters, AStreamWithoutTimesCountsRows) {
  std::string text = "v\n";
  for (int t = 0; t < 60; ++t) text += fmt::format("{}\n", t % 5);
  write("rows.csv", text);
  trained("rows", {"data.train=" + path("rows.csv").string(), "data.lookback=3", "train.epochs=1"});
  const auto answers = streamed("rows", "rows.csv");
  ASSERT_EQ(answers.size(), 60U);
  EXPECT_EQ(answers[0]["time"], "2");
  EXPECT_EQ(answers[59]["time"], predicted("rows", "rows.csv")[0]["time"]);
}

TEST_F(Forecasters, AStreamGoesOnAsPredictDoes) {
  // Uneven times, a name for the series, and values that are missing.
  std::string text = "shop,t,v\n";
  for (int t = 0; t < 90; ++t)
    text += fmt::format("north,{},{}\n", t + (t < 60 ? 0.2 * (t % 2) : t - 60.0),
                        t % 11 == 4 ? "" : std::to_string(t % 5));
  write("shop.csv", text);
  trained("shop", {"data.train=" + path("shop.csv").string(), "data.lookback=3", "data.id=shop",
                   "data.time=t", "train.epochs=1"});
  const auto expected = predicted("shop", "shop.csv"), answers = streamed("shop", "shop.csv");
  ASSERT_EQ(answers.size(), 90U);
  for (const char* name : {"time", "series", "mean"}) EXPECT_EQ(answers[89][name], expected[0][name]) << name;
  EXPECT_EQ(answers[3]["waiting"], 0);
  EXPECT_EQ(answers[4]["mean"], answers[3]["mean"]) << "nothing was read, and no answer is other";
  write("later.csv", "shop,t,v\nnorth,1,\nnorth,2,1\n");
  const auto later = streamed("shop", "later.csv");
  EXPECT_EQ(later[0]["waiting"], 3);
  EXPECT_TRUE(later[0]["time"].is_null());
  EXPECT_EQ(later[1]["waiting"], 2);
}

TEST_F(Forecasters, AFirstRowWithAnEmptyCellIsNoHeader) {
  std::string text = "a,b\n";
  for (int t = 0; t < 60; ++t) text += fmt::format("{},{}\n", t % 5, t % 3);
  write("ab.csv", text);
  trained("ab", {"data.train=" + path("ab.csv").string(), "data.missing=error", "data.lookback=3",
                 "train.epochs=1"});
  write("empty.csv", "1,\n2,3\n");
  try {
    streamed("ab", "empty.csv");
    ADD_FAILURE() << "nothing was thrown";
  } catch (const DataError& error) {
    EXPECT_NE(std::string(error.what())
                  .find("empty.csv:1: column 2 holds an empty cell, expected a number (a stream has no value "
                        "to fill"),
              std::string::npos)
        << error.what();
  }
}

TEST_F(Forecasters, NoTargetCrossesIntoAnotherPart) {
  ForecastConfig config;
  config.data.train = {path("days.csv")};
  config.data.missing = Missing::drop;
  config.data.lookback = 14;
  config.data.horizon = 3;
  config.data.test_fraction = 0.1;
  config.transform.difference = {7};
  const ForecastData data = ForecastData::for_training(config);
  const SeriesParts& parts = data.parts(0);
  EXPECT_EQ(parts.valid, 324);
  EXPECT_EQ(parts.test, 360);
  EXPECT_EQ(parts.end, 400);
  const auto bounds = [&](Part part) {
    const std::vector<Window> windows = data.windows(part);
    return std::pair(windows.front().origin, windows.back().origin + config.data.horizon);
  };
  EXPECT_EQ(bounds(Part::train), std::pair(Index{21}, parts.valid));
  EXPECT_EQ(bounds(Part::valid), std::pair(parts.valid, parts.test));
  EXPECT_EQ(bounds(Part::test), std::pair(parts.test, parts.end));
  // Every other window, and those between them, are all.
  EXPECT_EQ(data.windows(Part::train, 2, 0).size() + data.windows(Part::train, 2, 1).size(),
            data.windows(Part::train).size());
}

TEST_F(Forecasters, WhatWasFilledInIsNeitherScoredNorKnownBeforehand) {
  std::string text = "v\n";
  for (int t = 0; t < 60; ++t) text += t >= 45 && t < 50 ? "n/a\n" : fmt::format("{}\n", t % 7);
  write("gap.csv", text);
  ForecastConfig config;
  config.data.train = {path("gap.csv")};
  config.data.lookback = 3;
  config.data.horizon = 2;
  config.data.test_rows = 20;
  config.data.valid_rows = 10;
  const auto left_out = [&](Missing missing) {
    config.data.missing = missing;
    const ForecastData data = ForecastData::for_training(config);
    std::vector<Index> origins;
    for (Index o = 40; o <= 58; ++o) origins.push_back(o);
    for (const Window& window : data.windows(Part::test)) std::erase(origins, window.origin);
    return origins;
  };
  EXPECT_EQ(left_out(Missing::interpolate), (std::vector<Index>{45, 46, 47, 48, 49, 50}));
  EXPECT_EQ(left_out(Missing::forward), (std::vector<Index>{45, 46, 47, 48}));

  const ForecastData data = ForecastData::for_training(config);
  ForecastScores scores(data, Part::test);
  scores.add({0, 44}, {.point = {{data.values(0, 0)[44] + 1, 1000}}});
  EXPECT_EQ(scores.metrics()["mae"], 1.0);
  EXPECT_EQ(data.left_out(Part::test), 4);
  EXPECT_EQ(std::count(data.notes().begin(), data.notes().end(),
                       "4 of 28 windows of validation and test are left out: they begin inside an "
                       "interpolated gap, or none of their targets was measured"),
            1);
  EXPECT_EQ(std::count(data.notes().begin(), data.notes().end(),
                       "5 values in the parts for validation and testing were filled in, and are not scored"),
            1);
}

TEST_F(Forecasters, AStrideBeyondTheWindowsLeavesOneInEachEpoch) {
  const std::unique_ptr<TrainingJob> job = task({"data.stride=4000", "data.target=a"})->start();
  const std::vector<std::string> notes = job->notes();
  EXPECT_EQ(std::count(notes.begin(), notes.end(), "stride is 308: no series has more windows to train on"),
            1);
  EXPECT_EQ(job->batches_per_epoch(), 1);
  ThreadPool pool(1);
  for (Index epoch = 0; epoch < 10; ++epoch) {
    const float loss = job->batch(Pass{.pool = pool}, epoch, 0).loss.value.data<float>()[0];
    EXPECT_TRUE(loss > 0 && loss < 100) << epoch << ": " << loss;
  }
}

TEST_F(Forecasters, TimesThatAreTrainedOnAndScoredAreSaidOnce) {
  std::string text = "id,day,v\n";
  for (int t = 0; t < 60; ++t)
    for (const char* id : {"x", "y"}) text += fmt::format("{},{},{}\n", id, t, t % 5);
  write("two.csv", text);
  ForecastConfig config;
  config.data.train = {path("two.csv")};
  config.data.test = path("two.csv");
  config.data.id = "id";
  config.data.time = "day";
  config.data.lookback = 5;
  const ForecastData data = ForecastData::for_training(config);
  std::vector<std::string> warnings;
  for (const std::string& note : data.notes())
    if (note.starts_with("warning")) warnings.push_back(note.substr(note.find(" hold")));
  EXPECT_EQ(warnings, std::vector<std::string>{
                          " hold the same times of 2 series: the model may have seen what it is scored on"});
}

TEST_F(Forecasters, WithoutTimesTheSameValuesAreSaid) {
  std::string text = "v\n", other = "v\n";
  for (int t = 0; t < 60; ++t) {
    text += fmt::format("{}\n", t * t % 31);
    other += fmt::format("{}\n", t * t % 37);
  }
  write("one.csv", text);
  write("other.csv", other);
  const auto warnings = [&](const char* file) {
    ForecastConfig config;
    config.data.train = {path("one.csv")};
    config.data.test = path(file);
    config.data.lookback = 5;
    const ForecastData data = ForecastData::for_training(config);
    return std::count_if(data.notes().begin(), data.notes().end(), [](const std::string& note) {
      return note.find("hold the same values: the model may have seen") != note.npos;
    });
  };
  EXPECT_EQ(warnings("one.csv"), 1);
  EXPECT_EQ(warnings("other.csv"), 0);
}

TEST_F(Forecasters, TheDataHashTellsPartsAndRoles) {
  const auto hash = [&](const std::vector<std::string>& settings) {
    ThreadPool pool(1);
    return task(settings)->start()->model_file(pool, {}).data_sha256;
  };
  const std::string plain = hash({});
  EXPECT_EQ(hash({"model.hidden_size=8"}), plain);
  EXPECT_NE(hash({"data.test_fraction=0.2"}), plain);
  EXPECT_NE(hash({"data.target=a"}), plain);
  EXPECT_NE(hash({"data.target=a,b,holiday"}), hash({"data.target=a,b"}));
}

TEST_F(Forecasters, RefusesWhatCannotBe) {
  const auto refusal = [&](const std::vector<std::string>& settings) {
    try {
      task(settings)->start();
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string("nothing was thrown");
  };
  EXPECT_NE(refusal({"data.lookback=500"}).find("lower --lookback or --horizon"), std::string::npos);
  EXPECT_NE(refusal({"model.method=recursive", "data.target=a"}).find("--covariates none"),
            std::string::npos);
  EXPECT_NE(refusal({"model.method=segments"}).find("channel_independent"), std::string::npos);
  EXPECT_NE(refusal({"transform.calendar=weak"}).find("expected some of"), std::string::npos);
  EXPECT_NE(refusal({"transform.log=true"}).find("expected values above 0"), std::string::npos);
  EXPECT_NE(refusal({"model.quantiles=0.9,0.1"}).find("must rise"), std::string::npos);
  const std::string all = days(400, 0.1), header = all.substr(0, all.find('\n') + 1);
  const std::size_t half = all.find("2000-11-21");
  write("first.csv", all.substr(0, half));
  write("second.csv", header + all.substr(half));
  const std::vector<std::string> files{"data.train=" + path("first.csv").string(),
                                       "data.valid=" + path("second.csv").string()};
  EXPECT_NE(refusal(files).find("whose last 30 rows are to test; give the test part with --test"),
            std::string::npos);
  EXPECT_NE(refusal({"data.train_rows=9223372036854775807"}).find("train_rows is"), std::string::npos);
  EXPECT_NE(refusal({"data.season=9223372036854775807"}).find("season is"), std::string::npos);
  EXPECT_NE(refusal({"data.target=c"}).find("no column 'c'"), std::string::npos);
}

}  // namespace
}  // namespace recur
