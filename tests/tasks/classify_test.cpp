// Classifiers end to end: they learn, tell what they know, and a run gives the same bytes however it is cut,
// repeated or spread over threads.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <sstream>
#include <string>

#include "api/train.h"
#include "api/verify.h"
#include "base/error.h"
#include "data/text/vocabulary.h"
#include "tasks/classify/cross_validation.h"
#include "tasks/classify/score.h"
#include "tests/tasks/classifiers.h"

namespace recur {
namespace {

TEST_F(Classifiers, OfTextsLearnAndKeepTheirScores) {
  const auto test = file("test.tsv", opinions(60, 1000));
  const TrainReport report = train(*task(file("train.tsv", opinions(400)), {"data.test=" + test.string()}),
                                   {.out = run("a"), .threads = 2});
  const auto& metrics = report.json["metrics"];
  EXPECT_EQ(metrics["test"]["accuracy"].get<double>(), 1);
  EXPECT_EQ(metrics["valid"]["examples"].get<double>(), 40);
  EXPECT_EQ(metrics["train"]["examples"].get<double>(), 360);
  EXPECT_LT(metrics["test"]["nats"].get<double>(), 0.1);
  EXPECT_EQ(report.json["baselines"]["majority"]["test"]["accuracy"].get<double>(), 0.5);
  EXPECT_EQ(report.json["baselines"]["n-gram regression"]["test"]["accuracy"].get<double>(), 1);
  const nlohmann::json again = evaluate(run("a"), test, 1);
  EXPECT_EQ(again["metrics"]["test"], metrics["test"]);
  // A file on its own is compared with the majority of the training examples.
  EXPECT_EQ(again["baselines"]["majority"], report.json["baselines"]["majority"]["test"]);
  EXPECT_EQ(again["tables"][0]["title"],
            "beside simple models, test.tsv: the model is 50.0 points ahead of the best of them, majority");
}

TEST_F(Classifiers, AnswerWithProbabilities) {
  train(*task(file("train.tsv", opinions(400))), {.out = run("a"), .threads = 1});
  const auto said = answers("a", file("new.txt", "what a wonderful day\nan awful song\n\n"));
  ASSERT_EQ(said.size(), 3U);  // an empty text, too, has an answer
  EXPECT_EQ(said[0]["label"], "good");
  EXPECT_EQ(said[1]["label"], "bad");
  for (const auto& answer : said) {
    const double bad = answer["probabilities"]["bad"], good = answer["probabilities"]["good"];
    EXPECT_NEAR(bad + good, 1, 1e-6);
    EXPECT_EQ(answer["probability"].get<double>(), std::max(bad, good));
  }
  // Alone as in company.
  EXPECT_EQ(answers("a", file("one.txt", "an awful song\n"))[0], said[1]);
}

TEST_F(Classifiers, GiveTheSameBytesOnAnyNumberOfThreadsAndWhenResumed) {
  const auto data = file("train.tsv", opinions(330));
  train(*task(data), {.out = run("one"), .threads = 1});
  train(*task(data), {.out = run("two"), .threads = 2});
  EXPECT_TRUE(bytes("one") == bytes("two"));
  int steps = 0;
  const auto stop = [&] { return ++steps % 50 == 0; };
  TrainReport report = train(*task(data), {.out = run("parts"), .threads = 1, .stop_requested = stop});
  while (report.stopped.reason == StopReason::interrupted)
    report = train(*task(data), {.out = run("parts"), .resume = true, .threads = 2, .stop_requested = stop});
  EXPECT_GT(steps, 100);
  EXPECT_TRUE(bytes("one") == bytes("parts"));
}

TEST_F(Classifiers, OfFewExamplesAreCrossValidated) {
  const auto data = file("train.tsv", opinions(80));
  const TrainReport report = train(*task(data), {.out = run("a"), .threads = 1});
  EXPECT_EQ(report.json["metrics"]["train"]["examples"].get<double>(), 80);  // nothing is held out
  EXPECT_GT(report.json["metrics"]["valid"]["accuracy"].get<double>(), 0.9);
  EXPECT_EQ(report.json["baselines"]["majority"]["valid"]["accuracy"].get<double>(), 0.5);
  // Stopped as asked: in a fold (an epoch has 10 steps, a fold's 8), then in the second epoch. A resumed run
  // computes the same scores anew.
  int asked = 0;
  TrainReport parts =
      train(*task(data), {.out = run("b"), .threads = 1, .stop_requested = [&] { return ++asked == 25; }});
  EXPECT_EQ(parts.stopped.reason, StopReason::interrupted);
  EXPECT_EQ(parts.stopped.step, 10);
  EXPECT_EQ(asked, 25);
  bool stop = false;
  parts = train(*task(data), {.out = run("b"),
                              .resume = true,
                              .threads = 1,
                              .sink =
                                  [&](const Event& event) {
                                    const auto* const done = std::get_if<StepDone>(&event);
                                    stop = stop || (done != nullptr && done->step == 15);
                                  },
                              .stop_requested = [&] { return stop; }});
  EXPECT_EQ(parts.stopped.reason, StopReason::interrupted);
  EXPECT_EQ(parts.stopped.step, 15);
  parts = train(*task(data), {.out = run("b"), .resume = true, .threads = 1});
  EXPECT_TRUE(bytes("a") == bytes("b"));
  EXPECT_EQ(parts.json["metrics"], report.json["metrics"]);
}

TEST_F(Classifiers, AFoldThatDivergesMakesItsEpochsNoCandidates) {
  ClassifyConfig config;
  config.seed = std::numeric_limits<Index>::max();  // and the folds have seeds of their own
  config.data.train = {file("train.tsv", opinions(20))};
  config.data.folds = 2;
  config.model.hidden_size = {4};
  config.model.embedding = 4;
  config.train.epochs = 2;
  config.train.batch_size = 2;
  ThreadPool pool(1);
  const ClassifyData data = read_classify_data(config);
  for (const Score& score : cross_validate(config, data, pool, [] { return false; }))
    EXPECT_LT(score.loss, 10);
  config.train.optimizer = OptimizerKind::sgd;
  config.train.learning_rate = std::numeric_limits<double>::infinity();
  for (const Score& score : cross_validate(config, data, pool, [] { return false; }))
    EXPECT_FALSE(std::isfinite(score.loss));
}

TEST_F(Classifiers, MayGiveAnyNumberOfLabels) {
  const char* const words[]{"rain", "wind", "rain and wind", "rain and wind and snow"};
  const char* const labels[]{"wet", "rough", "wet|rough", "wet|rough|cold"};
  std::string text = "text,label\n";
  for (int i = 0; i < 400; ++i)
    text += "on day " + std::to_string(i) + " there was " + words[i % 4] + "," + labels[i % 4] + "\n";
  const TrainReport report = train(
      *task(file("train.csv", text), {"data.label_separator=|", "train.tune_threshold=f1", "train.epochs=8"}),
      {.out = run("a"), .threads = 1});
  EXPECT_EQ(report.json["metrics"]["valid"]["accuracy"].get<double>(), 1);
  EXPECT_EQ(report.json["metrics"]["valid"]["f1_micro"].get<double>(), 1);
  EXPECT_EQ(report.json["each"]["metric"], "f1_micro");
  EXPECT_EQ(report.json["tables"][0]["columns"][1], "f1_micro");
  const auto said = answers("a", file("new.txt", "on day 9 there was rain and wind\n"));
  EXPECT_EQ(said[0]["labels"].dump(), R"(["rough","wet"])");
  EXPECT_LT(said[0]["probabilities"]["cold"].get<double>(), 0.5);
}

TEST_F(Classifiers, LearnToDoWithoutSomeWords) {
  const auto data = file("train.tsv", opinions(400));
  train(*task(data, {"train.word_dropout=0.3"}), {.out = run("a"), .threads = 1});
  train(*task(data, {"train.word_dropout=0.3"}), {.out = run("b"), .threads = 2});
  train(*task(data), {.out = run("without"), .threads = 1});
  EXPECT_TRUE(bytes("a") == bytes("b"));
  EXPECT_FALSE(bytes("a") == bytes("without"));
  const auto test =
      file("test.tsv", "text\tlabel\nquux zyzzy xyzzy was wonderful\tgood\nplugh foo bar awful\tbad\n");
  EXPECT_EQ(evaluate(run("a"), test, 1)["metrics"]["test"]["accuracy"].get<double>(), 1);
  EXPECT_NE(refusal<ConfigError>([&] {
              notes(data, {"data.level=byte", "train.word_dropout=0.3"});
            }).find("bytes"),
            std::string::npos);
}

TEST_F(Classifiers, LearnFromSynonymsAndWordsThatChangePlaces) {
  const auto data = file("train.tsv", opinions(400));
  const std::string synonyms =
      "data.synonyms=" + file("synonyms.txt", "Great lovely unheard\nfilm\tbook\tmotion picture\n").string();
  const std::vector<std::string> settings{synonyms, "train.word_synonyms=0.5", "train.word_swap=0.2"};
  train(*task(data, settings), {.out = run("a"), .threads = 1});
  train(*task(data, settings), {.out = run("b"), .threads = 2});
  train(*task(data, {synonyms, "train.word_synonyms=0.5"}), {.out = run("unswapped"), .threads = 1});
  train(*task(data, {"train.word_swap=0.2"}), {.out = run("swapped"), .threads = 1});
  EXPECT_TRUE(bytes("a") == bytes("b"));
  EXPECT_FALSE(bytes("a") == bytes("unswapped"));
  EXPECT_FALSE(bytes("a") == bytes("swapped"));
  EXPECT_EQ(bytes("a").find("synonyms.txt"), std::string::npos) << "no path is kept";
  EXPECT_EQ(evaluate(run("a"), file("test.tsv", opinions(40, 1000)), 1)["metrics"]["test"]["accuracy"]
                .get<double>(),
            1);
  EXPECT_EQ(notes(data, settings).back(), "4 words have synonyms in synonyms.txt");

  EXPECT_EQ(refusal<ConfigError>([&] {
              notes(data, {synonyms, "data.level=char"});
            }),
            "--synonyms are of words, and the model reads characters");
  EXPECT_EQ(refusal<ConfigError>([&] {
              notes(data, {"train.word_swap=0.1", "data.level=byte"});
            }),
            "word_swap lets words change places, and the model reads bytes");
}

#ifdef RECUR_SENTENCEPIECE
TEST_F(Classifiers, MayReadPartsOfWords) {
  const auto data = file("train.tsv", opinions(400));
  for (const std::string kind : {"unigram", "bpe"}) {
    const TrainReport report =
        train(*task(data, {"data.level=subword", "data.max_vocabulary=100", "data.subwords=" + kind}),
              {.out = run(kind), .threads = 2});
    EXPECT_EQ(report.json["metrics"]["valid"]["accuracy"].get<double>(), 1);
    for (const Check& check : verify(run(kind)).checks)
      EXPECT_TRUE(check.holds) << check.promise << check.detail;
  }
}
#endif

TEST_F(Classifiers, MayBeginWithShortExamples) {
  std::string text = "text\tlabel\n";
  for (int i = 0; i < 400; ++i) {
    std::string words = i % 2 == 0 ? "lovely" : "awful";
    for (int w = 0; w < i % 7; ++w) words += " day";
    text += words + "\t" + (i % 2 == 0 ? "good" : "bad") + "\n";
  }
  const auto data = file("train.tsv", text);
  const TrainReport report = train(*task(data, {"train.curriculum=2"}), {.out = run("short"), .threads = 1});
  EXPECT_EQ(report.json["metrics"]["valid"]["accuracy"].get<double>(), 1);
  train(*task(data), {.out = run("mixed"), .threads = 1});
  EXPECT_FALSE(bytes("short") == bytes("mixed"));
}

TEST_F(Classifiers, TuneTheirThresholdOnValidation) {
  // One in five is good, and the model is hardly trained: 0.5 would find none of them.
  std::string text = "text\tlabel\n";
  for (int i = 0; i < 400; ++i)
    text +=
        std::string(i % 5 == 0 ? "a lovely" : "an awful") + " day\t" + (i % 5 == 0 ? "good" : "bad") + "\n";
  const auto data = file("train.tsv", text);
  const std::vector<std::string> settings{"train.epochs=1", "train.learning_rate=0.001"};
  std::vector<std::string> tuned = settings;
  tuned.emplace_back("train.tune_threshold=f1");
  const TrainReport plain = train(*task(data, settings), {.out = run("plain"), .threads = 1});
  const TrainReport report = train(*task(data, tuned), {.out = run("tuned"), .threads = 1});
  EXPECT_EQ(plain.json["metrics"]["valid"]["accuracy"].get<double>(), 0.8);
  EXPECT_EQ(report.json["metrics"]["valid"]["accuracy"].get<double>(), 1);
  EXPECT_EQ(answers("tuned", file("new.txt", "a lovely day\n"))[0]["label"], "good");
  const auto title = [](const TrainReport& run) { return run.json["tables"][0]["title"].get<std::string>(); };
  EXPECT_TRUE(title(report).ends_with(" (but its thresholds were tuned on these examples)")) << title(report);
  EXPECT_FALSE(title(plain).ends_with(")")) << title(plain);
}

TEST_F(Classifiers, ALeadThatMayBeChanceIsSaidToBe) {
  // Of 100 examples the baseline has 50 right, and the model these but the first 2, and `more` of the others.
  const auto verdict = [](int more) {
    std::vector<double> right(100), own(100);
    for (int i = 0; i < 50; ++i) right[static_cast<std::size_t>(i)] = 1;
    for (int i = 2; i < 50 + more; ++i) own[static_cast<std::size_t>(i)] = 1;
    return verdict_on("test", (48 + more) / 100.0, {.metric = "accuracy", .values = own},
                      {{"uniform", 0.3, std::vector<double>(100, 0.3)}, {"majority", 0.5, right}})
        .title;
  };
  const std::string title = "beside simple models, test: the model is ";
  EXPECT_EQ(verdict(30), title + "28.0 points ahead of the best of them, majority");
  EXPECT_EQ(verdict(4), title + "2.0 points ahead of the best of them, majority, which may be chance");
  EXPECT_EQ(verdict(2), title + "no better: majority is as good");
  EXPECT_EQ(verdict(1), title + "NOT better: majority is 1.0 points ahead, which may be chance");
}

TEST_F(Classifiers, OfManyLabelsAreJudgedByTheMeanOfEachExamplesPartInF1) {
  std::vector<Example> examples(4);
  const std::vector<std::vector<std::int32_t>> labels{{0, 1}, {2}, {}, {1}}, answers{{0, 1, 2}, {2}, {}, {0}};
  ClassificationScore counts(3);
  for (std::size_t i = 0; i < examples.size(); ++i) {
    examples[i].labels = labels[i];
    counts.add(labels[i], answers[i]);
  }
  const ScorePerExample each = each_of(answers, examples, /*many_labels=*/true);
  EXPECT_EQ(each.metric, "f1_micro");
  double mean = 0;
  for (const double v : each.values) mean += v / 4;
  EXPECT_NEAR(mean, counts.f1_micro(), 1e-12);
  // What one example more of a kind does to F1, to first order: F = 6/9, n = 4, d = 5, mean(d) = 9/4.
  EXPECT_NEAR(each.values[0], 6.0 / 9 + (4 - 6.0 / 9 * 5) / (9.0 / 4), 1e-12);
  EXPECT_NEAR(each.values[2], 6.0 / 9, 1e-12);  // it has no labels and gets none
  EXPECT_EQ(each_of({}, {}, true).values.size(), 0U);
}

TEST_F(Classifiers, WeighRareClassesIfAsked) {
  std::string text = "text\tlabel\n";
  for (int i = 0; i < 400; ++i)
    text +=
        std::string(i % 10 == 0 ? "a lovely" : "an awful") + " day\t" + (i % 10 == 0 ? "good" : "bad") + "\n";
  const auto data = file("train.tsv", text);
  std::vector<std::string> settings{"train.epochs=1", "train.learning_rate=0.005"};
  const TrainReport plain = train(*task(data, settings), {.out = run("plain"), .threads = 1});
  settings.emplace_back("train.class_weights=balanced");
  const TrainReport even = train(*task(data, settings), {.out = run("even"), .threads = 1});
  EXPECT_LT(plain.json["metrics"]["valid"]["f1_macro"].get<double>(), 0.6);
  EXPECT_EQ(even.json["metrics"]["valid"]["f1_macro"].get<double>(), 1);
}

TEST_F(Classifiers, SayWhatIsRemarkableAboutTheData) {
  const std::string train = opinions(320) + "odd one\tugly\n";
  const auto data = file("train.tsv", train);
  const auto test = file("test.tsv", opinions(3, 318));
  const auto said = notes(data, {"data.test=" + test.string(), "data.max_length=5", "data.keep=both"});
  ASSERT_EQ(said.size(), 3U);
  EXPECT_EQ(said[0], "1 of 3 classes has a single training example: ugly");
  EXPECT_EQ(said[1],
            "2 of 3 test examples stand in the training data too: their score says less than it seems");
  EXPECT_EQ(said[2], "323 of 324 texts were longer than 5 words; their middles were left out (keep = both)");
}

TEST_F(Classifiers, SayWhichFeaturesAndNamesOfLabelsTellNothing) {
  std::string text = "a,b,c,label\n";
  for (int i = 0; i < 320; ++i) text += std::to_string(i % 7) + ",,5," + (i % 2 == 0 ? "up\n" : "down\n");
  std::string rows = "id,time," + text.substr(0, text.find('\n') + 1);
  std::istringstream lines(text.substr(text.find('\n') + 1));
  int n = 0;
  for (std::string line; std::getline(lines, line); ++n)
    rows += std::to_string(n / 2 * 2 + n % 2) + ",0," + line + "\n";
  const auto said =
      notes(file("f.csv", rows), {"data.id=id", "data.missing=mean", "data.label_map=up=rise,dwon=fall"});
  ASSERT_GE(said.size(), 3U);
  EXPECT_EQ(said[0], "label_map's 'dwon=fall' renames nothing: the training data has the labels down, rise");
  EXPECT_EQ(said[1], "1 of 3 features have no value in the training data: b");
  EXPECT_EQ(said[2], "1 of 3 features are constant in the training data: c");
}

TEST_F(Classifiers, RefuseDataThatCannotBeLearnedFrom) {
  EXPECT_TRUE(refusal<DataError>([&] {
                notes(file("empty.tsv", "text\tlabel\n\tx\n\ty\n"));
              }).ends_with("empty.tsv: no training text holds any words (is it the right column?)"));
  EXPECT_TRUE(
      refusal<DataError>([&] { notes(file("one.tsv", "text\tlabel\na\tx\nb\tx\n")); })
          .ends_with("one.tsv: all examples have the label 'x', expected at least two classes (is it the "
                     "right column?)"));
  EXPECT_TRUE(
      refusal<DataError>([&] {
        notes(file("t.tsv", opinions(20)), {"data.test=" + file("u.tsv", "text\tlabel\na\tbda\n").string()});
      }).ends_with("u.tsv:2: label 'bda' does not stand in the training data (its labels are: bad, good)"));
  EXPECT_TRUE(
      refusal<DataError>([&] { notes(file("single.tsv", "text\tlabel\na\tx\n"), {"data.multi_label=true"}); })
          .ends_with("single.tsv: holds a single example, expected at least two, or others to validate on "
                     "(give a file with --valid)"));
  std::string keys = "text\tlabel\n";
  for (int i = 0; i < 400; ++i) keys += "a\tkey" + std::to_string(i % 300) + "\n";
  EXPECT_TRUE(
      refusal<DataError>([&] { notes(file("keys.tsv", keys)); })
          .ends_with(
              "keys.tsv: 300 different labels among 380 training examples, expected at least two examples of "
              "a label on average (is it the right column?)"));
  EXPECT_TRUE(refusal<ConfigError>([&] {
                notes(file("t.tsv", opinions(20)), {"train.tune_threshold=f1"});
              }).starts_with("tune_threshold needs validation examples"));
  EXPECT_EQ(refusal<ConfigError>([&] { notes(""); }),
            "there is nothing to train on; give examples with --data FILE");
}

TEST_F(Classifiers, BeginWithVectorsOfOthers) {
  const auto vectors = file("vectors.txt", "good 1 2 3\nwonderful 4 5 6\nlovely 7 8 9\n");
  const auto settings = [&](const char* tune) {
    return std::vector<std::string>{"data.vectors=" + vectors.string(),
                                    std::string("data.tune_vectors=") + tune, "train.epochs=1"};
  };
  const auto row_of = [&](const std::string& name, const char* word) {
    const ModelFile model = ModelFile::read(run(name) / "model.safetensors");
    const Vocabulary words = Vocabulary::from_bytes(Level::word, model.blob("vocabulary"), "");
    const Tensor& table = model.at("embedding.weight", {words.size(), 3});
    const float* const row = table.data<float>() + words.id(word) * 3;
    return std::vector<float>(row, row + 3);
  };
  const auto data = file("train.tsv", opinions(320));
  train(*task(data, settings("false")), {.out = run("frozen"), .threads = 1});
  EXPECT_EQ(row_of("frozen", "wonderful"), (std::vector<float>{4, 5, 6}));
  train(*task(data, settings("true")), {.out = run("tuned"), .threads = 1});
  EXPECT_NE(row_of("tuned", "wonderful"), (std::vector<float>{4, 5, 6}));
  EXPECT_NEAR(row_of("tuned", "wonderful")[0], 4, 1);
}

TEST_F(Classifiers, WhoseVectorsStayAsTheyAreAreResumedWithThem) {
  const auto data = file("train.tsv", opinions(320));
  const std::string vectors = "data.vectors=" + file("vectors.txt", "good 1 2 3\nlovely 7 8 9\n").string();
  train(*task(data, {vectors, "data.tune_vectors=false", "train.epochs=1"}), {.out = run("a"), .threads = 1});
  const auto resume = [&](const std::vector<std::string>& settings) {
    return refusal<ConfigError>(
        [&] { train(*task(data, settings), {.out = run("a"), .resume = true, .threads = 1}); });
  };
  EXPECT_EQ(
      resume({"model.embedding=3", "data.tune_vectors=false"}),
      "--no-tune-vectors leaves vectors as they are, and none are given; give them with --vectors FILE");
  EXPECT_NE(resume({"model.embedding=3"}).find("was made with data.tune_vectors = false"), std::string::npos);
  EXPECT_EQ(resume({vectors, "data.tune_vectors=false"}), "nothing was thrown");
}

TEST_F(Classifiers, ReadVectorsOnceForAllFolds) {
  ClassifyConfig config;
  config.data.train = {file("train.tsv", opinions(20))};
  config.data.vectors = file("vectors.txt", "good 1 2 3\nlovely 7 8 9\n");
  config.data.folds = 2;
  config.model.hidden_size = {4};
  config.model.embedding = 3;
  config.train.epochs = 1;
  ThreadPool pool(1);
  const ClassifyData data = read_classify_data(config);
  std::filesystem::remove(config.data.vectors);
  const auto score = [&] { return cross_validate(config, data, pool, [] { return false; }).front().loss; };
  const double loss = score();
  EXPECT_EQ(score(), loss);
  config.data.vectors.clear();
  EXPECT_NE(cross_validate(config, read_classify_data(config), pool, [] { return false; }).front().loss,
            loss);
}

/// Series of two features: one rises or falls, which is the class; the other is noise around a large number.
std::string series(int count, int first, const char* classes) {
  std::string text =
      std::string("@problemName trend\n@timeStamps false\n@missing true\n@univariate false\n") +
      "@dimensions 2\n@equalLength false\n@classLabel true " + classes + "\n@data\n";
  for (int i = first; i < first + count; ++i) {
    const bool up = i % 2 == 0;
    const int steps = 6 + i % 5;
    for (int feature = 0; feature < 2; ++feature) {
      for (int t = 0; t < steps; ++t) {
        const int noise = (i * 7 + t * 13 + feature * 5) % 11;
        const int value = feature == 1 ? 1000 + noise : 10 * (up ? t : -t) + noise;
        text += (t == 0 ? "" : ",") + (t == 3 && i % 4 == 1 ? std::string("?") : std::to_string(value));
      }
      text += ":";
    }
    text += up ? "up\n" : "down\n";
  }
  return text;
}

TEST_F(Classifiers, OfSeriesLearnAndKeepTheirScaling) {
  const auto data = file("train.ts", series(320, 0, "up down")),
             test = file("test.ts", series(40, 320, "up down"));
  const std::vector<std::string> settings{"data.missing=interpolate", "data.test=" + test.string()};
  const TrainReport report = train(*task(data, settings), {.out = run("a"), .threads = 2});
  EXPECT_EQ(report.json["metrics"]["test"]["accuracy"].get<double>(), 1);
  EXPECT_EQ(evaluate(run("a"), test, 1)["metrics"]["test"], report.json["metrics"]["test"]);
  EXPECT_EQ(report.json["baselines"]["regression on statistics"]["test"]["accuracy"].get<double>(), 1);
  EXPECT_TRUE(report.json["baselines"].contains("nearest centroid"));
  const auto said = answers("a", test);
  ASSERT_EQ(said.size(), 40U);
  EXPECT_EQ(said[0]["label"], "up");
  EXPECT_EQ(said[1]["label"], "down");
  // The scaler is fitted on the training data: the second feature lies around 1005.
  const ModelFile model = ModelFile::read(run("a") / "model.safetensors");
  EXPECT_NEAR(model.at("pipeline.shift", {2}).data<float>()[1], 1005, 1);
}

TEST_F(Classifiers, OfSeriesRefuseWhatTheyWereNotTrainedFor) {
  const auto data = file("train.ts", series(320, 0, "up down"));
  EXPECT_TRUE(refusal<DataError>([&] {
                notes(data);
              }).ends_with("2 of 14 values are missing (--missing interpolate, forward or mean fills them)"));
  train(*task(data, {"data.missing=mean", "train.epochs=1"}), {.out = run("a"), .threads = 1});
  const auto narrow = file("narrow.ts",
                           "@problemName x\n@timeStamps false\n@missing false\n@univariate true\n"
                           "@equalLength false\n@classLabel true up down\n@data\n1,2,3:up\n");
  EXPECT_NE(refusal<DataError>([&] { evaluate(run("a"), narrow, 1); }).find("a step has 1 value ("),
            std::string::npos);
}

TEST_F(Classifiers, OfSeriesKnowTheirFeaturesByName) {
  // An id a series of three steps: x climbs or falls, y does neither.
  const auto table = [](const std::string& header, int series) {
    std::string text = "id," + header + ",label\n";
    for (int i = 0; i < series; ++i)
      for (int t = 0; t < 3; ++t)
        text += std::to_string(i) + "," + std::to_string(i % 2 == 0 ? t : -t) + "," + std::to_string(i % 5) +
                (i % 2 == 0 ? ",up\n" : ",down\n");
    return text;
  };
  const auto data = file("train.csv", table("x,y", 40));
  const std::vector<std::string> settings{"data.id=id", "train.epochs=1", "data.folds=0"};
  train(*task(data, settings), {.out = run("a"), .threads = 1});
  EXPECT_NO_THROW(evaluate(run("a"), file("same.csv", table("x,y", 4)), 1));
  EXPECT_NE(refusal<DataError>([&] {
              evaluate(run("a"), file("other.csv", table("y,x", 4)), 1);
            }).find("the features of a step are y, x, expected x, y"),
            std::string::npos);
}

}  // namespace
}  // namespace recur
