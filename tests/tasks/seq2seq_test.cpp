// Models that write texts for texts, end to end: they learn, say what they saw, and a run gives the same
// bytes however it is repeated or spread over threads.
#include "tasks/seq2seq.h"

#include <gtest/gtest.h>

#include <string>

#include "api/line_model.h"
#include "api/predict.h"
#include "api/train.h"
#include "api/verify.h"
#include "base/error.h"
#include "base/file.h"
#include "base/settings.h"
#include "tests/base/temporary_folder.h"
#include "tests/train/xml_check.h"

namespace recur {
namespace {

/// A tiny language: numbers are said in reverse, and their order is turned.
std::string sentence(int i, bool target) {
  const char* const words[2][6]{{"Eins", "Zwei", "Drei", "Vier", "Fünf", "Sechs"},
                                {"one", "two", "three", "four", "five", "six"}};
  std::vector<int> numbers;
  for (int k = 0, rest = i * 7919 + 13; k < 1 + i % 4; ++k, rest /= 6) numbers.push_back(rest % 6);
  std::string text;
  for (std::size_t k = 0; k < numbers.size(); ++k)
    text += (k == 0 ? "" : " ") + std::string(words[target][numbers[target ? numbers.size() - 1 - k : k]]);
  return text;
}
std::string lines(int count, bool target, int first = 0) {
  std::string text;
  for (int i = first; i < first + count; ++i) text += sentence(i, target) + ".\n";
  return text;
}
std::string table(int count, int first = 0) {
  std::string text;
  for (int i = first; i < first + count; ++i) text += sentence(i, false) + ".\t" + sentence(i, true) + ".\n";
  return text;
}

class Translators : public testing::Test {
 protected:
  std::filesystem::path file(const std::string& name, const std::string& text) const {
    write_file_atomically(folder_ / name, text);
    return folder_ / name;
  }
  std::filesystem::path run(const std::string& name) const { return folder_ / name; }
  std::string bytes(const std::string& name) const { return read_file(run(name) / "model.safetensors"); }

  /// A task with a small model; what is set later wins.
  std::unique_ptr<Task> task(const std::vector<std::string>& settings = {}) const {
    std::unique_ptr<Task> task = find_task("seq2seq").make();
    std::vector<Setting> all;
    for (const char* s : {"model.hidden_size=24", "model.embedding=16", "model.decoder_size=32",
                          "model.attention_size=16", "model.readout=16", "model.dropout=0", "train.epochs=10",
                          "train.batch_size=16", "train.learning_rate=0.01", "decode.beam=3"})
      all.push_back(parse_setting(s));
    all.push_back(parse_setting("data.train=" + file("train.tsv", table(400)).string()));
    for (const std::string& s : settings) all.push_back(parse_setting(s));
    set_options(all, task->options());
    return task;
  }
  TrainReport learn(const std::string& name, const std::vector<std::string>& settings = {},
                    Index threads = 1) const {
    return train(*task(settings), {.out = run(name), .threads = threads});
  }
  std::vector<nlohmann::ordered_json> answers(const std::string& name,
                                              const std::filesystem::path& input) const {
    std::vector<nlohmann::ordered_json> all;
    predict(run(name), input, 1, [&](const nlohmann::ordered_json& answer) { all.push_back(answer); });
    return all;
  }

  TemporaryFolder folder_;
};

TEST_F(Translators, LearnAndKeepTheirScores) {
  const auto test = file("test.tsv", table(60, 5000));
  const TrainReport report = learn("a", {"data.test=" + test.string()}, 2);
  const auto& metrics = report.json["metrics"];
  EXPECT_GE(metrics["test"]["exact"].get<double>(), 0.9);
  EXPECT_EQ(metrics["valid"]["pairs"].get<double>(), 20);
  EXPECT_EQ(metrics["test"]["pairs"].get<double>(), 60);
  EXPECT_LT(metrics["test"]["nats"].get<double>(), 0.2);
  EXPECT_EQ(report.json["baselines"]["copy of the source"]["test"]["exact"].get<double>(), 0);
  EXPECT_GE(metrics["test"]["bleu"].get<double>(), 90);
  EXPECT_LT(report.json["baselines"]["copy of the source"]["test"]["bleu"].get<double>(), 10);
  const auto& ngram = report.json["baselines"]["5-gram of targets"];
  for (const char* split : {"valid", "test"}) {
    EXPECT_GT(ngram[split]["perplexity"].get<double>(), metrics[split]["perplexity"].get<double>()) << split;
    EXPECT_LT(ngram[split]["perplexity"].get<double>(), 8) << split << ": six numbers, a stop and the end";
    EXPECT_FALSE(ngram[split].contains("bleu")) << "it writes nothing";
  }
  EXPECT_EQ(evaluate(run("a"), test, 1)["metrics"]["test"], metrics["test"]);
  const std::string drawing = read_file(run("a") / "attention.svg");
  EXPECT_EQ(xml_problem(drawing), "");
  EXPECT_NE(drawing.find("&lt;/s&gt;"), std::string::npos) << "the end of a source can be looked at";
  // Two files line by line are the same pairs.
  file("test.de", lines(60, false, 5000));
  const auto both = (folder_ / "test.de").string() + "," + file("test.en", lines(60, true, 5000)).string();
  EXPECT_EQ(evaluate(run("a"), both, 1)["metrics"]["test"], metrics["test"]);
}

#ifdef RECUR_SENTENCEPIECE
TEST_F(Translators, MayReadAndWritePartsOfWords) {
  const auto test = file("test.tsv", table(40, 5000));
  const TrainReport report = learn(
      "a",
      {"data.level=subword", "data.max_vocabulary=40", "data.lower_case=false", "data.test=" + test.string()},
      2);
  EXPECT_GE(report.json["metrics"]["test"]["exact"].get<double>(), 0.8);
  EXPECT_EQ(answers("a", file("new.txt", "Drei.\n"))[0]["text"], "three.") << "the text as it is written";
  EXPECT_TRUE(report.json["baselines"].contains("its first 3 words") ||
              report.json["baselines"].contains("its first 2 words"))
      << report.json["baselines"].dump();
  for (const Check& check : verify(run("a")).checks)
    EXPECT_TRUE(check.holds) << check.promise << check.detail;
}
#endif

TEST_F(Translators, AnswerLinesAndTables) {
  learn("a", {"decode.n_best=2", "decode.show_attention=true"});
  const auto said = answers("a", file("new.txt", "Zwei drei EINS.\n\nSechs .\n"));
  ASSERT_EQ(said.size(), 3U);  // an empty line, too, has an answer
  EXPECT_EQ(said[0]["text"], "one three two .");
  EXPECT_EQ(said[2]["text"], "six .");
  ASSERT_EQ(said[0]["best"].size(), 2U);
  EXPECT_EQ(said[0]["best"][0]["text"], said[0]["text"]);
  EXPECT_GE(said[0]["best"][0]["score"].get<double>(), said[0]["best"][1]["score"].get<double>());
  EXPECT_LT(said[0]["log_probability"].get<double>(), 0);
  const auto& attention = said[0]["attention"];
  EXPECT_EQ(attention["source"], (std::vector<std::string>{"zwei", "drei", "eins", ".", "</s>"}));
  EXPECT_EQ(attention["target"], (std::vector<std::string>{"one", "three", "two", "."}));
  ASSERT_EQ(attention["weights"].size(), 4U);
  for (const auto& row : attention["weights"]) {
    double sum = 0;
    for (const auto& weight : row) sum += weight.get<double>();
    EXPECT_NEAR(sum, 1, 1e-5);
  }
  // The same of a table, whose other columns are not read.
  const auto rows = answers("a", file("new.tsv", "Zwei drei EINS.\tx\nSechs .\ty\n"));
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0], said[0]) << "alone as in company";
}

TEST_F(Translators, EveryKindOfModelIsProved) {
  int number = 0;
  for (const std::vector<std::string>& kind : std::vector<std::vector<std::string>>{
           {"model.attention=dot", "model.decoder_size=48"},
           {"model.attention=general", "model.input_feeding=true", "model.cell=gru", "model.dropout=0.2",
            "model.hidden_size=8,8"},
           {"model.attention=none", "model.bidirectional=false", "model.decoder_size=8,8,8",
            "data.level=char", "train.label_smoothing=0.1", "train.choose_by=bleu"},
           {"data.level=byte", "model.attention_size=4"},
           {"model.input_feeding=true", "model.merge=sum", "model.head=12", "model.cell=lstm_peephole"}}) {
    const std::string name = "run" + std::to_string(number++);
    std::vector<std::string> settings{"train.epochs=2"};
    settings.insert(settings.end(), kind.begin(), kind.end());
    learn(name, settings);
    for (const Check& check : verify(run(name)).checks)
      EXPECT_TRUE(check.holds) << name << ": " << check.promise << ": " << check.detail;
    EXPECT_EQ(answers(name, file("new.txt", "Zwei.\nDrei eins.\n")).size(), 2U);
  }
}

TEST_F(Translators, GiveTheSameBytesOnAnyNumberOfThreadsAndWhenResumed) {
  for (const char* const feeding : {"model.input_feeding=false", "model.input_feeding=true"}) {
    const std::string mark(feeding, 20, 1);
    const std::vector<std::string> settings{feeding, "model.dropout=0.2", "train.epochs=3",
                                            "train.scheduled_sampling=0.3"};
    learn("one" + mark, settings, 1);
    learn("two" + mark, settings, 2);
    EXPECT_TRUE(bytes("one" + mark) == bytes("two" + mark)) << feeding;
    Index step = 0;
    train(*task(settings), {.out = run("cut" + mark),
                            .threads = 2,
                            .sink =
                                [&](const Event& event) {
                                  if (const auto* done = std::get_if<StepDone>(&event)) step = done->step;
                                },
                            .stop_requested = [&] { return step == 40; }});
    train(*task(settings), {.out = run("cut" + mark), .resume = true, .threads = 1});
    EXPECT_TRUE(bytes("one" + mark) == bytes("cut" + mark)) << feeding;
  }
}

TEST_F(Translators, StopWhileTheyAreScored) {
  learn("whole", {"train.epochs=2"});
  Index step = 0, asked_after = -1;
  const TrainReport report =
      train(*task({"train.epochs=2"}),
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
  train(*task({"train.epochs=2"}), {.out = run("cut"), .resume = true, .threads = 1});
  EXPECT_TRUE(bytes("whole") == bytes("cut"));
}

TEST_F(Translators, RefuseWhatCannotBe) {
  const auto refusal = [&](const std::vector<std::string>& settings) -> std::string {
    try {
      learn("none", settings);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  const auto expect = [&](const std::vector<std::string>& settings, const std::string& said) {
    const std::string found = refusal(settings);
    EXPECT_NE(found.find(said), std::string::npos) << found;
  };
  const std::string de = file("a.de", lines(12, false)).string(), en = file("a.en", lines(9, true)).string();
  expect({"data.train=" + de + "," + en}, "a.de:10: this line has no partner: ");
  expect({"data.train=" + de + "," + en}, "a.de has 12 lines and ");
  expect({"data.train=" + en + "," + de}, "a.de:10: this line has no partner: ");
  expect({"data.train=" + de}, "its rows have one column, expected a source and a target");
  expect({"data.train=" + de + "," + en + "," + de}, "3 files were given");
  expect({"data.train=" + file("empty.tsv", "").string()}, "empty.tsv: ");
  expect({"data.target_column=3"}, "no column '3'");
  expect({"data.target_column=1"}, "cannot hold both source and target");
  expect({"model.attention=none", "model.input_feeding=true"}, "input_feeding hands on what the decoder saw");
  expect({"model.attention=dot"}, "they are 32 and 48 wide");
  expect({"data.min_count=1000"}, "lower --min-count (1000)");
  expect({"decode.beam=2", "decode.n_best=3"}, "n_best");
}

TEST_F(Translators, TargetsOfEqualSourcesAreAllRight) {
  learn("a", {"data.many_references=true", "data.segment=13a"});
  // Each source twice: once with what the model writes, once with nonsense.
  std::string twice;
  for (const auto& answer : answers("a", file("some.txt", lines(20, false, 40))))
    twice += answer["text"].get<std::string>() + "\n";
  std::string pairs;
  for (std::size_t i = 0, at = 0; i < 20; ++i) {
    const std::size_t end = twice.find('\n', at);
    const std::string source = sentence(static_cast<int>(i) + 40, false) + ".\t";
    pairs += source + "six six six\n" + source + twice.substr(at, end - at) + "\n";
    at = end + 1;
  }
  const auto metrics = evaluate(run("a"), file("pairs.tsv", pairs), 1)["metrics"]["test"];
  EXPECT_NEAR(metrics["bleu"].get<double>(), 100, 1e-9);
  EXPECT_EQ(metrics["exact"].get<double>(), 1);
}

TEST_F(Translators, AnswersCanBeLookedForInAnotherWay) {
  learn("a", {"train.epochs=2"});
  const auto input = file("new.txt", "Eins zwei drei vier.\n");
  const auto with = [&](const std::vector<std::string>& settings) {
    std::vector<Setting> anew;
    for (const std::string& s : settings) anew.push_back(parse_setting(s));
    nlohmann::ordered_json said;
    predict(
        run("a"), input, 1, [&](const nlohmann::ordered_json& answer) { said = answer; }, anew);
    return said;
  };
  EXPECT_EQ(with({"decode.beam=4", "decode.n_best=4"})["best"].size(), 4U);
  EXPECT_EQ(with({"decode.max_length=1"})["text"].get<std::string>().find(' '), std::string::npos);
  // Drawn: by the seed alone, and with as many of the likeliest tokens as there may be.
  const auto drawn = [&](const char* seed, const char* temperature) {
    return with({"decode.temperature=" + std::string(temperature), "decode.draw=" + std::string(seed),
                 "decode.show_attention=true", "decode.min_length=2", "decode.max_length=6"});
  };
  EXPECT_EQ(drawn("1", "2"), drawn("1", "2"));
  EXPECT_NE(drawn("1", "2")["text"], drawn("2", "2")["text"]);
  EXPECT_EQ(drawn("1", "2")["attention"]["weights"].size(), drawn("1", "2")["attention"]["target"].size());
  EXPECT_EQ(drawn("1", "0.001")["text"],
            with({"decode.beam=1", "decode.min_length=2", "decode.max_length=6"})["text"]);
  EXPECT_THROW(with({"decode.temperature=1", "decode.n_best=2"}), ConfigError);
  EXPECT_THROW(with({"decode.beam=1", "decode.n_best=2"}), ConfigError);
  EXPECT_THROW(with({"model.embedding=3"}), ConfigError);
}

TEST_F(Translators, SayHowBleuWasCounted) {
  const auto title = [](const TrainReport& report) {
    return report.json["tables"][0]["title"].get<std::string>();
  };
  EXPECT_NE(title(learn("words", {"train.epochs=1"})).find("tok:none"), std::string::npos);
  EXPECT_NE(title(learn("characters", {"train.epochs=1", "data.level=char"})).find("tok:13a"),
            std::string::npos);
}

TEST_F(Translators, RememberWhatWasSaid) {
  const char* const colours[]{"red", "blue", "green"};
  std::string talk;
  for (int i = 0; i < 300; ++i) {
    const std::string colour = colours[i % 3];
    talk += colour + "\tok\nok\twhich one\nwhich one\t" + colour + "\n";
  }
  const auto table = file("talk.tsv", talk);
  learn("a", {"data.train=" + table.string(), "data.valid=" + table.string(), "data.turns=3",
              "train.epochs=4", "decode.beam=1"});
  ChatStream stream = std::get<ChatStream>(open_line_model(run("a")));
  const auto said = [&](const std::string& line) { return stream.answer(line)["text"].get<std::string>(); };
  for (const char* colour : {"blue", "red", "green"}) {
    static_cast<void>(said(""));  // begins anew
    EXPECT_EQ(said(colour), "ok");
    EXPECT_EQ(said("Which one"), colour);
  }
  EXPECT_THROW(said("\xff"), DataError);
}

TEST_F(Translators, CutWhatIsLongAndSaySo) {
  std::vector<std::string> notes;
  train(*task({"data.max_source_length=2", "data.max_target_length=3", "train.epochs=1"}),
        {.out = run("cut"), .threads = 1, .sink = [&](const Event& event) {
           if (const auto* notice = std::get_if<Notice>(&event)) notes.push_back(notice->text);
         }});
  int told = 0;
  for (const std::string& note : notes)
    told += note == "of 400 pairs 300 sources were cut to 2 words and 200 targets to 3 words";
  EXPECT_EQ(told, 1) << notes.back();
}

}  // namespace
}  // namespace recur
