// Language models end to end: they learn, and a run gives the same bytes however it is cut, repeated or
// spread over threads.
#include "tasks/lm.h"

#include <gtest/gtest.h>
#include <recur/stream.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <string>
#include <thread>

#include "api/generate.h"
#include "api/text_stream.h"
#include "api/train.h"
#include "api/verify.h"
#include "base/error.h"
#include "base/file.h"
#include "base/settings.h"
#include "data/text/character_count.h"
#include "data/text/corpus.h"
#include "tests/base/temporary_folder.h"
#include "train/metrics_log.h"

namespace recur {
namespace {

/// A text with structure: what comes next follows from the last two characters, most of the time.
std::string text(int lines) {
  std::string out;
  for (int i = 0; i < lines; ++i) {
    out += "the " +
           std::string(i % 3 == 0   ? "cat"
                       : i % 3 == 1 ? "dog"
                                    : "bird") +
           " sat on the " + (i % 5 == 0 ? "mat" : "log") + " and sang " + std::to_string(i % 7) + " songs.\n";
  }
  return out;
}

class LanguageModels : public testing::Test {
 protected:
  LanguageModels() { write_file_atomically(folder_.path() / "text.txt", text(400)); }

  std::unique_ptr<Task> task(const std::vector<std::string>& settings = {}) {
    std::unique_ptr<Task> task = find_task("lm").make();
    std::vector<Setting> all;
    for (const std::string& s :
         {"data.train=" + (folder_.path() / "text.txt").string(), std::string("model.hidden_size=24,16"),
          std::string("model.embedding=12"), std::string("train.epochs=3"), std::string("train.batch_size=8"),
          std::string("data.sequence_length=16"), std::string("train.learning_rate=0.01"),
          std::string("model.dropout=0.1"), std::string("model.recurrent_dropout=0.1"),
          std::string("model.zoneout=0.05")})
      all.push_back(parse_setting(s));
    for (const std::string& s : settings) all.push_back(parse_setting(s));
    set_options(all, task->options());
    return task;
  }

  std::string bytes(const std::string& run) const {
    return read_file(folder_.path() / run / "model.safetensors");
  }
  /// metrics.jsonl without the seconds, which no two runs share.
  std::vector<std::string> metrics(const std::string& name) const {
    std::vector<std::string> lines;
    for (Event event : read_metrics(run(name) / "metrics.jsonl")) {
      std::visit(
          [](auto& e) {
            if constexpr (requires { e.seconds; }) e.seconds = 0;
          },
          event);
      lines.push_back(to_json_line(event));
    }
    return lines;
  }
  std::filesystem::path run(const std::string& name) const { return folder_.path() / name; }

  TemporaryFolder folder_;
};

TEST_F(LanguageModels, LearnAndKeepTheirScores) {
  const TrainReport report = train(*task({"train.epochs=6"}), {.out = run("a"), .threads = 2});
  const double nats = report.json["metrics"]["valid"]["nats"];
  EXPECT_LT(nats, 0.8);  // a uniform guess costs ln 30 = 3.4
  EXPECT_NEAR(report.json["metrics"]["valid"]["bits_per_char"].get<double>(), nats / std::log(2.0), 1e-12);
  EXPECT_EQ(ModelFile::read(run("a") / "model.safetensors").metrics["valid"]["nats"].get<double>(), nats);
  // What evaluate says of the validation part is what training said.
  const std::string all = read_file(folder_.path() / "text.txt");
  const auto valid = static_cast<std::size_t>(report.json["metrics"]["valid"]["tokens"].get<double>()) + 1;
  write_file_atomically(folder_.path() / "valid.txt", all.substr(all.size() - valid));
  EXPECT_EQ(evaluate(run("a"), folder_.path() / "valid.txt", 2)["metrics"]["test"]["nats"].get<double>(),
            nats);
}

TEST_F(LanguageModels, GiveTheSameBytesWhenRepeatedAndOnAnyNumberOfThreads) {
  train(*task(), {.out = run("one"), .threads = 1});
  train(*task(), {.out = run("again"), .threads = 1});
  train(*task(), {.out = run("two"), .threads = 2});
  train(*task(), {.out = run("three"), .threads = 3});
  EXPECT_TRUE(bytes("one") == bytes("again"));
  EXPECT_TRUE(bytes("one") == bytes("two"));
  EXPECT_TRUE(bytes("one") == bytes("three"));
}

TEST_F(LanguageModels, OfOtherValidationPartsReadOtherData) {
  ThreadPool pool(1);
  const auto hash = [&](const std::string& setting) {
    return task({setting})->start()->model_file(pool, {}).data_sha256;
  };
  EXPECT_NE(hash("data.valid_fraction=0.1"), hash("data.valid_fraction=0.11"));
  EXPECT_EQ(hash("seed=1"), hash("seed=2"));
}

TEST_F(LanguageModels, OfWordsMayBeginWithVectorsOfOthers) {
  write_file_atomically(folder_.path() / "vectors.txt", "cat 1 2 3\nsongs. 4 5 6\nlion 7 8 9\n");
  const auto settings = [&](const char* tune) {
    return std::vector<std::string>{"data.level=word", "train.epochs=1",
                                    "data.vectors=" + (folder_.path() / "vectors.txt").string(),
                                    std::string("data.tune_vectors=") + tune};
  };
  const auto row_of = [&](const std::string& name, const char* word) {
    const ModelFile model = ModelFile::read(run(name) / "model.safetensors");
    const Vocabulary words = Vocabulary::from_bytes(Level::word, model.blob("vocabulary"), "");
    const Tensor& table = model.at("embedding.weight", {words.size(), 3});
    const float* const row = table.data<float>() + words.id(word) * 3;
    return std::vector<float>(row, row + 3);
  };
  std::vector<std::string> notes;
  const EventSink sink = [&](const Event& event) {
    if (const auto* note = std::get_if<Notice>(&event)) notes.push_back(note->text);
  };
  train(*task(settings("false")), {.out = run("frozen"), .threads = 1, .sink = sink});
  EXPECT_EQ(row_of("frozen", "songs."), (std::vector<float>{4, 5, 6}));
  ASSERT_FALSE(notes.empty());
  EXPECT_TRUE(notes.back().starts_with("2 of ") &&
              notes.back().ends_with(" words have a vector in vectors.txt"))
      << notes.back();
  train(*task(settings("true")), {.out = run("tuned"), .threads = 1});
  EXPECT_NE(row_of("tuned", "songs."), (std::vector<float>{4, 5, 6}));
  EXPECT_NEAR(row_of("tuned", "songs.")[0], 4, 1);
  const auto resume = [&](const std::string& setting) {
    train(*task({"data.level=word", "model.embedding=3", setting}),
          {.out = run("frozen"), .resume = true, .threads = 1});
  };
  EXPECT_THROW(resume("data.tune_vectors=false"), ConfigError);
  EXPECT_THROW(resume("data.tune_vectors=true"), ConfigError);
  // The model stands without the file that it began with.
  std::filesystem::remove(folder_.path() / "vectors.txt");
  EXPECT_TRUE(std::isfinite(
      evaluate(run("tuned"), folder_.path() / "text.txt", 1)["metrics"]["test"]["nats"].get<double>()));
}

#ifdef RECUR_SENTENCEPIECE
TEST_F(LanguageModels, OfSubwordsLearnWriteAndRead) {
  std::string last;
  for (const std::string kind : {"unigram", "bpe"}) {
    const std::vector<std::string> settings{"data.level=subword", "data.max_vocabulary=60",
                                            "data.subwords=" + kind, "train.epochs=12",
                                            "train.learning_rate=0.02"};
    const TrainReport report = train(*task(settings), {.out = run(kind), .threads = 2});
    const auto& valid = report.json["metrics"]["valid"];
    // 40 lines, whose first token comes after the end of the line before.
    const std::string all = text(400);
    std::size_t begin = 0;
    for (int line = 0; line < 360; ++line) begin = all.find('\n', begin) + 1;
    const double characters = valid["nats"].get<double>() * valid["tokens"].get<double>() / std::log(2.0) /
                              valid["bits_per_char"].get<double>();
    EXPECT_NEAR(characters, static_cast<double>(all.size() - begin), 0.01);
    EXPECT_LT(valid["bits_per_char"].get<double>(), 0.7) << kind;
    for (const Check& check : verify(run(kind)).checks)
      EXPECT_TRUE(check.holds) << check.promise << check.detail;

    const auto write = [&](const std::string& prompt) {
      return generate({.run = run(kind), .prompt = prompt, .length = 40, .sampling = {.temperature = 0}})
          .text;
    };
    EXPECT_NE(write("").find(" songs.\nthe "), std::string::npos) << write("");
    EXPECT_TRUE(write("the cat sat").starts_with(" on the ")) << write("the cat sat");
    EXPECT_TRUE(write("the cat sat ").starts_with("on the ")) << "the space is there already";
    EXPECT_EQ(generate({.run = run(kind), .prompt = "the cät", .length = 1}).note,
              "1 of 7 prompt characters are not in the vocabulary and were left out: 'ä'");

    TextStream stream(Safetensors::read((run(kind) / "model.safetensors").string()));
    stream.read("the cat sat on the log and sang 1 songs.");
    const auto next = stream.read("the dog sat on the log and sang 1 songs.").next;
    EXPECT_TRUE(next.front().text.starts_with(' ')) << "a line begins with a word";
    EXPECT_FALSE(bytes(kind) == last);
    last = bytes(kind);
  }
}
#endif

TEST_F(LanguageModels, GiveTheSameBytesWhenStoppedAndResumed) {
  train(*task(), {.out = run("whole"), .threads = 1});
  int steps = 0;
  const auto every = [&](int n) { return [&steps, n] { return ++steps % n == 0; }; };
  TrainReport report = train(*task(), {.out = run("parts"), .threads = 1, .stop_requested = every(31)});
  EXPECT_EQ(report.stopped.reason, StopReason::interrupted);
  while (report.stopped.reason == StopReason::interrupted)
    report = train(*task(), {.out = run("parts"), .resume = true, .threads = 2, .stop_requested = every(31)});
  EXPECT_GT(steps, 62);
  EXPECT_TRUE(bytes("whole") == bytes("parts"));
}

TEST_F(LanguageModels, GiveTheSameBytesWhenKilledAtAnyMomentAndResumed) {
  train(*task({"train.checkpoint_every=50"}), {.out = run("whole"), .threads = 1});
  bool finished = false;
  for (int attempt = 0; attempt < 60 && !finished; ++attempt) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      train(*task({"train.checkpoint_every=7"}), {.out = run("killed"), .resume = true, .threads = 1});
      _exit(0);
    }
    // Later and later, so that the run gets on, however slow the machine; anywhere in the work, writing
    // included.
    std::this_thread::sleep_for(std::chrono::milliseconds(20) * std::pow(1.2, attempt));
    kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    finished = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }
  ASSERT_TRUE(finished);
  EXPECT_TRUE(bytes("whole") == bytes("killed"));  // however often a run is saved
  EXPECT_EQ(metrics("whole"), metrics("killed"));
}

TEST_F(LanguageModels, RefuseToResumeWithOtherOptionsOrOtherData) {
  train(*task(), {.out = run("a"), .threads = 1});
  const std::string config = read_file(run("a") / "config.toml");
  EXPECT_THROW(train(*task({"train.learning_rate=0.02"}), {.out = run("a"), .resume = true}), ConfigError);
  EXPECT_TRUE(read_file(run("a") / "config.toml") == config);
  EXPECT_THROW(train(*task(), {.out = run("a")}), ConfigError);  // neither resume nor force
  write_file_atomically(folder_.path() / "text.txt", text(401));
  EXPECT_THROW(train(*task(), {.out = run("a"), .resume = true}), ConfigError);
  write_file_atomically(folder_.path() / "text.txt", text(400));
  write_file_atomically(folder_.path() / "other.txt", text(40));
  EXPECT_THROW(train(*task({"data.valid=" + (folder_.path() / "other.txt").string()}),
                     {.out = run("a"), .resume = true}),
               ConfigError);
}

TEST_F(LanguageModels, ARunThatCannotBeginReplacesNothing) {
  train(*task(), {.out = run("a"), .threads = 1});
  const std::string before = bytes("a");
  EXPECT_THROW(train(*task({"data.train=" + (folder_.path() / "none.txt").string()}),
                     {.out = run("a"), .force = true}),
               IoError);
  EXPECT_THROW(train(*task({"train.min_learning_rate=1"}), {.out = run("a"), .force = true}), ConfigError);
  EXPECT_TRUE(bytes("a") == before);
}

TEST_F(LanguageModels, StopWhenANumberIsNoLongerFinite) {
  const TrainReport report =
      train(*task({"train.learning_rate=1e38", "train.clip_norm=0", "train.optimizer=sgd"}),
            {.out = run("a"), .threads = 1});
  EXPECT_EQ(report.stopped.reason, StopReason::diverged);
  EXPECT_NE(report.stopped.text.find("learning_rate"), std::string::npos) << report.stopped.text;

  // Weights that are finite still, and what comes of them that is not.
  const TrainReport large = train(
      *task({"train.learning_rate=1e30", "train.clip_norm=0", "train.optimizer=sgd", "model.cell=rnn_relu"}),
      {.out = run("b"), .threads = 1});
  EXPECT_NE(large.stopped.text.find("loss is nan; first, the output of layer 0["), std::string::npos)
      << large.stopped.text;
  EXPECT_NE(large.stopped.text.find("clip_norm = 1 (it was off)"), std::string::npos) << large.stopped.text;
}

TEST_F(LanguageModels, OfWordsCountTheCharactersOfTheText) {
  const auto text = folder_.path() / "words.txt";
  write_file_atomically(text, "a b\nc d e\n\nto be or not\n");
  const Vocabulary vocabulary(Level::word, {"<unk>", "<eos>", "a", "b", "c", "d", "e", "to", "be", "or"});
  const CharacterCount characters(vocabulary);
  const Tokens tokens = encode_file(text, vocabulary).tokens;
  std::vector<std::int32_t> ids(static_cast<std::size_t>(tokens.size()));
  tokens.read(0, ids);
  Index count = 0;
  for (std::size_t i = 1; i < ids.size(); ++i) count += characters(ids[i - 1], ids[i]);
  // All 24 characters but "not", which the vocabulary does not have.
  EXPECT_EQ(count, 24 - 3);
}

/// All that keeps a language model of words from learning its text by heart.
const std::vector<std::string> kRegularised{"data.level=word",
                                            "model.tie_weights=true",
                                            "model.embedding=16",
                                            "model.dropout=0",
                                            "model.embedding_dropout=0.1",
                                            "model.variational_dropout=0.2,0.1,0.3",
                                            "model.weight_drop=0.2",
                                            "model.zoneout=0",
                                            "train.l2_activation=2",
                                            "train.l2_change=1",
                                            "train.optimizer=sgd",
                                            "train.learning_rate=20",
                                            "train.average_patience=1",
                                            "train.epochs=8"};

TEST_F(LanguageModels, WithEveryRegularisationGiveTheSameBytesOnThreadsAndResumed) {
  const TrainReport whole = train(*task(kRegularised), {.out = run("whole"), .threads = 1});
  EXPECT_LT(whole.json["metrics"]["valid"]["nats"].get<double>(), std::log(21.0));
  EXPECT_EQ(ModelFile::read(run("whole") / "model.safetensors").find("head.0.weight"), nullptr);
  EXPECT_NE(ModelFile::read(run("whole") / "checkpoint.safetensors").find("average.steps"), nullptr)
      << "the test is to go on after averaging began";
  train(*task(kRegularised), {.out = run("two"), .threads = 2});
  EXPECT_TRUE(bytes("whole") == bytes("two"));
  int steps = 0;
  const auto every = [&](int n) { return [&steps, n] { return ++steps % n == 0; }; };
  TrainReport report =
      train(*task(kRegularised), {.out = run("parts"), .threads = 1, .stop_requested = every(17)});
  while (report.stopped.reason == StopReason::interrupted)
    report = train(*task(kRegularised),
                   {.out = run("parts"), .resume = true, .threads = 2, .stop_requested = every(17)});
  EXPECT_TRUE(bytes("whole") == bytes("parts"));
  EXPECT_TRUE(verify(run("whole")).holds());
}

TEST_F(LanguageModels, TellTheLossWithoutPenalties) {
  const auto first_loss = [&](const std::string& name, const std::string& setting) {
    train(*task({"train.epochs=1", setting}), {.out = run(name), .threads = 1});
    for (const Event& event : read_metrics(run(name) / "metrics.jsonl"))
      if (const auto* step = std::get_if<StepDone>(&event)) return step->loss;
    return kNotMeasured;
  };
  EXPECT_EQ(first_loss("plain", "train.l2_activation=0"), first_loss("ar", "train.l2_activation=5"));
  EXPECT_NE(bytes("plain"), bytes("ar"));
  first_loss("tar", "train.l2_change=5");
  EXPECT_NE(bytes("plain"), bytes("tar"));
}

TEST_F(LanguageModels, AnswerLinesAsTheyScoreTexts) {
  train(*task({"data.level=word", "train.epochs=1"}), {.out = run("a"), .threads = 1});
  const ModelFile file = ModelFile::read(run("a") / "model.safetensors");
  const auto answers = [&](const std::string& text) {
    write_file_atomically(folder_.path() / "lines.txt", text);
    ThreadPool pool(1);
    std::vector<nlohmann::ordered_json> out;
    task_of(file)->predict(file, folder_.path() / "lines.txt", pool,
                           [&](const nlohmann::ordered_json& answer) { out.push_back(answer); });
    return out;
  };
  // A line alone is a text of one line, however long it is.
  std::string longer;
  for (int i = 0; i < 40; ++i) longer += "the cat sat on the mat ";
  for (const std::string& line : {std::string("the cat sat on the mat"), std::string("the yak"), longer}) {
    const auto one = answers(line + "\n");
    ASSERT_EQ(one.size(), 1U);
    const nlohmann::json score = evaluate(run("a"), folder_.path() / "lines.txt", 1)["metrics"]["test"];
    EXPECT_EQ(one[0]["tokens"].get<double>(), score["tokens"].get<double>());
    EXPECT_EQ(one[0]["unknown"], score["unknown"]);
    EXPECT_NEAR(one[0]["perplexity"].get<double>(), score["perplexity"].get<double>(),
                1e-5 * score["perplexity"].get<double>());
    EXPECT_NEAR(one[0]["log_probability"].get<double>(),
                -score["nats"].get<double>() * score["tokens"].get<double>(), 1e-3);
    double sum = 0, last = 1;
    for (const auto& next : one[0]["next"]) {
      EXPECT_LE(next["probability"].get<double>(), last);
      last = next["probability"].get<double>();
      sum += last;
      EXPECT_NE(next["token"], "<unk>");
    }
    EXPECT_EQ(one[0]["next"].size(), 5U);
    EXPECT_LE(sum, 1);
  }
  const auto two = answers("the cat\nthe cat\n");
  EXPECT_EQ(two[0], two[1]) << "no state goes from line to line";
}

TEST_F(LanguageModels, WithAnAdaptiveSoftmaxGiveTheSameBytesAndScores) {
  const std::vector<std::string> settings{"data.level=word", "model.adaptive_cutoffs=4,9", "train.epochs=4"};
  const TrainReport report = train(*task(settings), {.out = run("one"), .threads = 1});
  train(*task(settings), {.out = run("two"), .threads = 2});
  EXPECT_TRUE(bytes("one") == bytes("two"));
  EXPECT_LT(report.json["metrics"]["valid"]["nats"].get<double>(), 1.5);
  EXPECT_TRUE(verify(run("one")).holds());
  const auto message = [&](std::vector<std::string> more) -> std::string {
    more.insert(more.begin(), settings.begin(), settings.end());
    try {
      train(*task(more), {.out = run("refused"), .force = true, .threads = 1});
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_NE(message({"model.tie_weights=true", "model.embedding=16"}).find("leave out tie_weights"),
            std::string::npos);
  EXPECT_NE(message({"train.label_smoothing=0.1"}).find("leave out label_smoothing"), std::string::npos);
  EXPECT_NE(message({"model.head=8"}).find("leave out head"), std::string::npos);
  EXPECT_NE(message({"model.adaptive_cutoffs=4,99"}).find("stay below the vocabulary, which has"),
            std::string::npos);
  EXPECT_THROW(StreamModel::open((run("one") / "model.safetensors").string()), ConfigError);
}

}  // namespace
}  // namespace recur
