// Taggers end to end: they learn, tell what they know, and a run gives the same bytes however it is repeated
// or spread over threads.
#include "tasks/tag.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "api/predict.h"
#include "api/train.h"
#include "api/verify.h"
#include "base/error.h"
#include "base/file.h"
#include "base/settings.h"
#include "tests/base/temporary_folder.h"

namespace recur {
namespace {

/// Sentences of people and places; who is who is seen from the words around them.
std::string news(int count, int first = 0) {
  const char* const names[]{"Ada", "Boole", "Church", "Dijkstra", "Euler"};
  const char* const places[]{"Paris", "New York", "Rome", "San Marino", "Oslo"};
  std::string text;
  for (int i = first; i < first + count; ++i) {
    const std::string name = names[i % 5], place = places[i / 5 % 5];
    text += name + "\tB-PER\n" + (i % 3 == 0 ? "went\tO\n" : "never\tO\nwent\tO\n") + "to\tO\n";
    const std::size_t space = place.find(' ');
    text += place.substr(0, space) + "\tB-LOC\n";
    if (space != place.npos) text += place.substr(space + 1) + "\tI-LOC\n";
    text +=
        std::string(i % 2 == 0 ? "with\tO\n" : "without\tO\n") + names[(i / 2 + 1) % 5] + "\tB-PER\n.\tO\n\n";
  }
  return text;
}

class Taggers : public testing::Test {
 protected:
  std::filesystem::path file(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((folder_ / name).parent_path());
    write_file_atomically(folder_ / name, text);
    return folder_ / name;
  }

  /// A task with a small model; what is set later wins.
  static std::unique_ptr<Task> task(const std::filesystem::path& data,
                                    const std::vector<std::string>& settings = {}) {
    std::unique_ptr<Task> task = find_task("tag").make();
    std::vector<Setting> all;
    for (const char* s :
         {"model.hidden_size=8", "model.embedding=8", "model.char_embedding=4", "model.char_size=6",
          "model.dropout=0.1", "train.epochs=8", "train.batch_size=8", "train.learning_rate=0.02"})
      all.push_back(parse_setting(s));
    all.push_back(parse_setting("data.train=" + data.string()));
    for (const std::string& s : settings) all.push_back(parse_setting(s));
    set_options(all, task->options());
    return task;
  }
  TrainReport learn(const std::string& name, const std::vector<std::string>& settings = {},
                    Index threads = 1) const {
    return train(*task(file("train.txt", news(300)), settings), {.out = run(name), .threads = threads});
  }

  std::vector<nlohmann::ordered_json> answers(const std::string& name,
                                              const std::filesystem::path& input) const {
    std::vector<nlohmann::ordered_json> all;
    predict(run(name), input, 1, [&](const nlohmann::ordered_json& answer) { all.push_back(answer); });
    return all;
  }
  std::string bytes(const std::string& name) const { return read_file(run(name) / "model.safetensors"); }
  std::filesystem::path run(const std::string& name) const { return folder_ / name; }

  TemporaryFolder folder_;
};

std::string tags_of(const nlohmann::ordered_json& answer) {
  std::string tags;
  for (const auto& word : answer["words"]) tags += (tags.empty() ? "" : " ") + word["tag"].get<std::string>();
  return tags;
}

TEST_F(Taggers, LearnAndKeepTheirScores) {
  const auto test = file("test.txt", news(40, 1003));
  const TrainReport report = learn("a", {"data.test=" + test.string()}, 2);
  const auto& metrics = report.json["metrics"];
  EXPECT_GE(metrics["test"]["f1_entity"].get<double>(), 0.99);
  EXPECT_EQ(metrics["valid"]["sentences"].get<double>(), 30);
  EXPECT_EQ(metrics["test"]["sentences"].get<double>(), 40);
  EXPECT_LT(metrics["test"]["nats"].get<double>(), 0.1);
  EXPECT_TRUE(report.json["baselines"]["most frequent tag"]["test"].contains("f1_entity"));
  EXPECT_EQ(evaluate(run("a"), test, 1)["metrics"]["test"], metrics["test"]);
}

TEST_F(Taggers, AnswerTextAndColumnsAlike) {
  learn("a");
  const auto said = answers("a", file("new.txt", "Euler never went to New York with Ada.\n\nAda\n"));
  ASSERT_EQ(said.size(), 3U);  // an empty text, too, has an answer
  EXPECT_EQ(tags_of(said[0]), "B-PER O O O B-LOC I-LOC O B-PER O");
  EXPECT_EQ(said[0]["chunks"][1]["text"], "New York");
  EXPECT_EQ(said[0]["chunks"][1]["type"], "LOC");
  EXPECT_EQ(said[1]["words"].size(), 0U);
  // The best sequence is the answer, and others are less likely.
  EXPECT_EQ(said[0]["best"].size(), 3U);
  EXPECT_GT(said[0]["best"][0]["probability"].get<double>(), said[0]["best"][1]["probability"].get<double>());
  EXPECT_EQ(said[0]["best"][0]["tags"][4], "B-LOC");
  EXPECT_LE(said[0]["words"][0]["probability"].get<double>(), 1.000001);

  // How many is a matter of who asks.
  std::vector<nlohmann::ordered_json> more;
  predict(run("a"), file("ada.txt", "Euler never went to New York with Ada.\n"), 1,
          [&](const nlohmann::ordered_json& answer) { more.push_back(answer); },
          {parse_setting("decode.n_best=5")});
  ASSERT_EQ(more[0]["best"].size(), 5U);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(more[0]["best"][i], said[0]["best"][i]);

  const auto columns = answers(
      "a",
      file("columns.txt", "Euler\tx\nnever\tx\nwent\tx\nto\tx\nNew\tx\nYork\tx\nwith\tx\nAda\tx\n.\tx\n"));
  ASSERT_EQ(columns.size(), 1U);
  EXPECT_EQ(columns[0], said[0]) << "alone as in company";
}

TEST_F(Taggers, LearnFromSynonymsAndWordsThatChangePlaces) {
  const std::vector<std::string> settings{
      "data.synonyms=" + file("synonyms.txt", "went never\nwith without\nAda Boole\n").string(),
      "train.word_synonyms=0.4", "train.word_swap=0.3"};
  learn("a", settings);
  learn("b", settings, 2);
  EXPECT_TRUE(bytes("a") == bytes("b"));
  const auto test = file("test.txt", news(40, 1003));
  EXPECT_GE(evaluate(run("a"), test, 1)["metrics"]["test"]["f1_entity"].get<double>(), 0.95);
}

TEST_F(Taggers, EveryKindOfModelIsProved) {
  int number = 0;
  for (const std::vector<std::string>& kind : std::vector<std::vector<std::string>>{
           {},
           {"model.crf=false", "model.chars=lstm", "model.case_embedding=0", "data.scheme=bioes"},
           {"model.chars=none", "data.scheme=none", "model.bidirectional=false", "train.word_dropout=0.1",
            "model.variational_dropout=0.1", "model.dropout=0"}}) {
    const std::string name = "run" + std::to_string(number++);
    std::vector<std::string> settings = kind;
    settings.push_back("train.epochs=2");
    learn(name, settings);
    for (const Check& check : verify(run(name)).checks)
      EXPECT_TRUE(check.holds) << name << ": " << check.promise << ": " << check.detail;
  }
}

TEST_F(Taggers, GiveTheSameBytesOnAnyNumberOfThreadsAndWhenResumed) {
  learn("one", {"train.epochs=3"}, 1);
  learn("two", {"train.epochs=3"}, 2);
  EXPECT_TRUE(bytes("one") == bytes("two"));
  learn("cut", {"train.epochs=1"}, 2);
  train(*task(folder_ / "train.txt", {"train.epochs=3"}), {.out = run("cut"), .resume = true, .threads = 1});
  EXPECT_TRUE(bytes("one") == bytes("cut"));
}

TEST_F(Taggers, StopWhileTheyAreScored) {
  learn("whole", {"train.epochs=2"}, 1);
  Index step = 0, asked_after = -1;
  const TrainReport report =
      train(*task(folder_ / "train.txt", {"train.epochs=2"}),
            {.out = run("cut"),
             .threads = 1,
             .sink =
                 [&](const Event& event) {
                   if (const auto* done = std::get_if<StepDone>(&event)) step = done->step;
                 },
             // Asked a second time after one step: it is being scored.
             .stop_requested = [&] { return std::exchange(asked_after, step) == step; }});
  EXPECT_EQ(report.stopped.reason, StopReason::interrupted);
  EXPECT_EQ(report.stopped.epoch, 0);
  train(*task(folder_ / "train.txt", {"train.epochs=2"}), {.out = run("cut"), .resume = true, .threads = 1});
  EXPECT_TRUE(bytes("whole") == bytes("cut"));
}

TEST_F(Taggers, OfSlotsTellWhatASentenceIsFor) {
  std::string in, out, label;
  for (int i = 0; i < 120; ++i) {
    const bool fly = i % 2 == 0;
    in += std::string(fly ? "fly me to city" : "is it cold in city") + std::to_string(i % 4) + "\n";
    out += fly ? "O O O B-to\n" : "O O O O B-in\n";
    label += fly ? "flight\n" : "weather\n";
  }
  file("slots/seq.in", in);
  file("slots/seq.out", out);
  file("slots/label", label);
  const TrainReport report = train(*task(folder_ / "slots"), {.out = run("a"), .threads = 1});
  EXPECT_EQ(report.json["metrics"]["valid"]["f1_entity"].get<double>(), 1);
  EXPECT_EQ(report.json["metrics"]["valid"]["intent_accuracy"].get<double>(), 1);
  EXPECT_LT(report.json["baselines"]["most frequent tag"]["valid"]["intent_accuracy"].get<double>(), 0.8);
  const auto said = answers("a", file("new.txt", "fly me to city1\n"));
  EXPECT_EQ(said[0]["intent"], "flight");
  // Sentences that are wrong in what they are for alone.
  file("odd/seq.in", "fly me to city1\nfly me to city2\nis it cold in city3\n");
  file("odd/seq.out", "O O O B-to\nO O O B-to\nO O O O B-in\n");
  file("odd/label", "weather\nhotel\nweather\n");
  std::string shown;
  const nlohmann::json odd = evaluate(run("a"), folder_ / "odd", 1);
  for (const auto& table : odd["tables"]) {
    const auto title = table["title"].get<std::string>();
    shown += title + "\n";
    for (const auto& row : table["rows"]) {
      const auto last = row.back().get<std::string>();
      if (title.find("intents") != title.npos) shown += row.front().get<std::string>() + " " + last + "\n";
      if (title.starts_with("furthest")) shown += last + "\n";
    }
  }
  EXPECT_EQ(shown,
            "chunks, odd\nintents, odd\nflight 0\nweather 2\n(not in training) 1\n"
            "most frequent confusions of intents, odd\nweather 1\n(not in training) 1\n"
            "furthest from right, odd (word/tag→answer)\n[weather→flight] fly me to city1\n"
            "[(not in training)→flight] fly me to city2\n");
  EXPECT_EQ(said[0]["words"][3]["tag"], "B-to");
  for (const Check& check : verify(run("a")).checks)
    EXPECT_TRUE(check.holds) << check.promise << check.detail;
}

/// Words of which only the second and third columns tell the tags.
std::string told(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    for (int t = 0; t < 4 + i % 3; ++t) {
      const int a = (i * 7 + t * 5) % 11 % 2, b = (i * 3 + t * 13) % 7 % 2;
      text += "w" + std::to_string((i + t) % 5) + (a == 0 ? " N" : " V") + (b == 0 ? " x" : " y") +
              (a == b ? " SAME" : " OTHER") + "\n";
    }
    text += '\n';
  }
  return text;
}

TEST_F(Taggers, LearnFromFeatureColumns) {
  const auto data = file("told.txt", told(120));
  const std::vector<std::string> settings{"data.feature_columns=2,3", "model.feature_embedding=3",
                                          "data.test=" + file("test.txt", told(20)).string()};
  for (const char* const kind : {"cnn", "lstm", "none"}) {
    std::vector<std::string> all = settings;
    all.push_back(std::string("model.chars=") + kind);
    const TrainReport report = train(*task(data, all), {.out = run(kind), .threads = 1});
    EXPECT_EQ(report.json["metrics"]["test"]["accuracy"].get<double>(), 1) << kind;
    EXPECT_EQ(evaluate(run(kind), folder_ / "test.txt", 1)["metrics"]["test"],
              report.json["metrics"]["test"]);
    for (const Check& check : verify(run(kind)).checks)
      EXPECT_TRUE(check.holds) << kind << check.promise << check.detail;
  }
  // With and without the tags; a value that training never met is no error.
  const auto said = answers("cnn", file("new.txt", "w1 N x SAME\nw1 N y SAME\n\nw1 N x SAME\nw1 Q y SAME\n"));
  ASSERT_EQ(said.size(), 2U);
  EXPECT_EQ(tags_of(said[0]), "SAME OTHER");
  EXPECT_EQ(answers("cnn", file("new.txt", "w1 N x\nw1 N y\n"))[0], said[0]);
  EXPECT_EQ(said[1]["words"].size(), 2U);
  EXPECT_THROW(answers("cnn", file("text.txt", "w1 w2 w3\n")), DataError);
}

TEST_F(Taggers, WithFeatureColumnsResumeToTheSameBytes) {
  const auto data = file("told.txt", told(60));
  const auto with = [&](const char* epochs) {
    return task(data, {"data.feature_columns=2,3", "train.rare_word_dropout=5", epochs});
  };
  train(*with("train.epochs=3"), {.out = run("one"), .threads = 2});
  train(*with("train.epochs=1"), {.out = run("cut"), .threads = 1});
  train(*with("train.epochs=3"), {.out = run("cut"), .resume = true, .threads = 1});
  EXPECT_TRUE(bytes("one") == bytes("cut"));
}

TEST_F(Taggers, LearnWithoutRareWords) {
  // Words that are rare beside the option are never seen: nothing else tells these tags.
  std::string text;
  for (int i = 0; i < 200; ++i) text += "a\tX\nb\tY\n\nb\tY\na\tX\n\n";
  const auto accuracy = [&](const char* a) {
    const TrainReport report = train(*task(file("ab.txt", text), {"model.chars=none", "train.epochs=3", a}),
                                     {.out = run(a), .threads = 1});
    return report.json["metrics"]["valid"]["accuracy"].get<double>();
  };
  EXPECT_EQ(accuracy("train.rare_word_dropout=1"), 1);
  EXPECT_LT(accuracy("train.rare_word_dropout=1e9"), 0.8);
}

TEST_F(Taggers, SayWhatTheyWereGiven) {
  const auto data = file("train.txt", news(100));
  const auto notes = [&](const std::string& test) {
    return task(data, {"data.test=" + file("test.txt", test).string()})->start()->notes();
  };
  EXPECT_EQ(notes("Ada\tB-PER\nrests\tO\n\nx\tB-ORG\ny\tI-ORG\nz\tB-ORG\n").back(),
            "2 tags of the test data do not occur in training, so 3 words cannot be right: B-ORG, I-ORG");
  EXPECT_EQ(notes(news(3)).back(),
            "3 of 3 test sentences stand in the training data too (those of 5 words or more)");
}

TEST_F(Taggers, BeginWithVectors) {
  file("vectors.txt", "ada 1 2 3\neuler 4 5 6\nnowhere 7 8 9\n");
  const auto job = task(file("train.txt", news(100)),
                        {"data.vectors=" + (folder_ / "vectors.txt").string(), "data.tune_vectors=false"})
                       ->start();
  EXPECT_EQ(job->notes().back(), "2 of 18 words have a vector in vectors.txt");
  EXPECT_EQ(job->parameters().find("embedding.weight")->value.dim(1), 3);
}

TEST_F(Taggers, RefuseWhatCannotBe) {
  const auto data = file("train.txt", news(20));
  const auto refusal = [&](const std::vector<std::string>& settings) {
    return message_of<ConfigError>([&] { task(data, settings)->start(); });
  };
  EXPECT_EQ(refusal({"train.label_smoothing=0.1"}),
            "label_smoothing is of tags that are scored alone; with it give --no-crf");
  EXPECT_EQ(refusal({"model.chars=lstm", "model.char_size=5"}),
            "char_size is 5, expected an even number: layers of characters read both ways");
  EXPECT_NE(refusal({"data.tune_vectors=false"}).find("vectors"), std::string::npos);
  EXPECT_EQ(message_of<DataError>(
                [&] { task(file("one.txt", "a\tX\nb\tX\n\nc\tX\n"), {"data.valid_fraction=0.5"})->start(); }),
            (folder_ / "one.txt").string() +
                ": all words have the tag 'X', expected at least two tags (is it the right column?)");
}

}  // namespace
}  // namespace recur
