// Classifiers beside others and beside simple models: what is scored on the same examples is compared, and
// nothing else.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "api/compare.h"
#include "api/train.h"
#include "formats/model_file.h"
#include "tests/tasks/classifiers.h"

namespace recur {
namespace {

TEST_F(Classifiers, TheDataHashTellsPartsAndFeatures) {
  const auto hash = [&](const std::string& names, std::vector<std::string> settings) {
    std::string text = names + "\n";
    for (int i = 0; i < 40; ++i)
      text += std::to_string(i / 2) + "," + std::to_string(i) + ",1," + (i < 20 ? "p\n" : "q\n");
    ThreadPool pool(1);
    settings.insert(settings.end(), {"data.id=id", "data.folds=0"});
    const auto job = task(file("steps.csv", text), settings)->start();
    return job->model_file(pool, {}).data_sha256;
  };
  const std::string plain = hash("id,a,b,label", {"seed=1"});
  EXPECT_EQ(hash("id,a,b,label", {"seed=1"}), plain);
  EXPECT_NE(hash("id,a,c,label", {"seed=1"}), plain);
  EXPECT_NE(hash("id,a,b,label", {"seed=1", "data.valid_fraction=0.5"}), plain);
  // Another seed holds other examples out: they are what the run is scored on, unless there is a test.
  EXPECT_NE(hash("id,a,b,label", {"seed=2"}), plain);
  const std::string test =
      "data.test=" + file("test.csv", "id,a,b,label\n0,1,1,p\n0,2,1,p\n1,30,1,q\n").string();
  EXPECT_EQ(hash("id,a,b,label", {"seed=1", test}), hash("id,a,b,label", {"seed=2", test}));
}

TEST_F(Classifiers, ThatHeldOtherExamplesOutAreNoPairs) {
  const auto data = file("train.tsv", opinions(320));
  for (const char* seed : {"1", "2"})
    train(*task(data, {"train.epochs=1", "seed=" + std::string(seed)}), {.out = run(seed), .threads = 1});
  const nlohmann::json compared = compare({run("1"), run("2")});
  EXPECT_TRUE(compared["differences"].empty()) << compared["differences"];
  EXPECT_EQ(compared["notes"].dump(),
            R"(["the runs read different data, or held other examples out: their scores may not compare"])");
}

TEST_F(Classifiers, OfOtherSeedsAreComparedOnTheSameTest) {
  const auto data = file("train.tsv", opinions(320));
  const std::string test = "data.test=" + file("test.tsv", opinions(40, 1000)).string();
  for (const char* seed : {"1", "2"})
    train(*task(data, {"train.epochs=1", "seed=" + std::string(seed), test}),
          {.out = run(seed), .threads = 1});
  const nlohmann::json compared = compare({run("1"), run("2")});
  EXPECT_TRUE(compared["notes"].empty()) << compared["notes"];
  EXPECT_EQ(compared["differences"][0]["examples"], 40);
}

// What each example of cross-validated runs was scored on last is what they were trained on.
TEST_F(Classifiers, OfFewExamplesAreNotComparedOnTheirTrainingData) {
  const auto data = file("train.tsv", opinions(80));
  for (const char* epochs : {"1", "2"})
    train(*task(data, {"train.epochs=" + std::string(epochs)}), {.out = run(epochs), .threads = 1});
  EXPECT_TRUE(compare({run("1"), run("2")})["differences"].empty());
  const std::string test = "data.test=" + file("test.tsv", opinions(40, 1000)).string();
  for (const char* epochs : {"1", "2"})
    train(*task(data, {"train.epochs=" + std::string(epochs), test}),
          {.out = run(epochs), .force = true, .threads = 1});
  EXPECT_EQ(compare({run("1"), run("2")})["differences"][0]["examples"], 40);
}

// Half of the examples have a label: 150 thirds of a hundredth, added up, are more.
TEST_F(Classifiers, AreBesideTheSameMajorityWhenEvaluated) {
  std::string text = "text,label\n";
  for (int i = 0; i < 300; ++i) text += "a day,cold" + std::string(i % 2 == 0 ? "|wet" : "") + "\n";
  const auto valid = file("valid.csv", "text,label\na day,cold|wet\na day,cold\na day,wet\n");
  const TrainReport report = train(*task(file("train.csv", text), {"data.label_separator=|", "train.epochs=1",
                                                                   "data.valid=" + valid.string()}),
                                   {.out = run("a"), .threads = 1});
  EXPECT_EQ(evaluate(run("a"), valid, 1)["baselines"]["majority"],
            report.json["baselines"]["majority"]["valid"]);
}

}  // namespace
}  // namespace recur
