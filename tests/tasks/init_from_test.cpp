// Classifiers and taggers that begin with a language model.
#include "tasks/init_from.h"

#include <gtest/gtest.h>

#include "api/train.h"
#include "base/error.h"
#include "base/file.h"
#include "base/settings.h"
#include "data/text/vocabulary.h"
#include "formats/model_file.h"
#include "tasks/task.h"
#include "tests/base/temporary_folder.h"

namespace recur {
namespace {

class InitFrom : public testing::Test {
 protected:
  InitFrom() {
    std::string text, labelled = "text,label\n", tagged;
    for (int i = 0; i < 120; ++i) {
      const std::string animal = i % 3 == 0   ? "cat"
                                 : i % 3 == 1 ? "dog"
                                              : "bird",
                        verb = i % 2 == 0 ? "sat" : "sang";
      text += "the " + animal + " " + verb + " here\n";
      labelled += "The " + animal + " " + verb + " again," + verb + "\n";
      tagged += "The\tDET\n" + animal + "\tNOUN\n" + verb + "\tVERB\n\n";
    }
    for (const auto& [name, content] :
         {std::pair{"text.txt", &text}, {"labelled.csv", &labelled}, {"tagged.txt", &tagged}})
      write_file_atomically(folder_.path() / name, *content);
    train_task("lm", "text.txt", "lm",
               {"data.level=word", "model.tie_weights=true", "model.hidden_size=7,6", "model.embedding=6",
                "train.epochs=2", "data.sequence_length=8", "train.batch_size=4"});
  }

  void train_task(const char* name, const char* data, const std::string& out,
                  std::vector<std::string> settings) {
    const std::unique_ptr<Task> task = find_task(name).make();
    settings.push_back("data.train=" + (folder_.path() / data).string());
    std::vector<Setting> all;
    for (const std::string& s : settings) all.push_back(parse_setting(s));
    set_options(all, task->options());
    notes_.clear();
    train(*task, {.out = folder_.path() / out, .threads = 1, .sink = [&](const Event& event) {
                    if (const auto* note = std::get_if<Notice>(&event)) notes_.push_back(note->text);
                  }});
  }
  std::string from_lm() const { return "data.init_from=" + (folder_.path() / "lm").string(); }
  ModelFile model(const char* run) const {
    return ModelFile::read(folder_.path() / run / "model.safetensors");
  }
  /// Columns [0, width) of a row.
  static std::vector<float> row(const Tensor& t, Index r, Index width) {
    const float* const begin = t.data<float>() + r * t.dim(1);
    return {begin, begin + width};
  }
  bool noted(const std::string& end) const {
    return std::ranges::any_of(notes_, [&](const std::string& note) { return note.ends_with(end); });
  }

  TemporaryFolder folder_;
  std::vector<std::string> notes_;
};

// So small a learning rate leaves the weights as they began.
const std::string kStill = "train.learning_rate=1e-30";

TEST_F(InitFrom, AClassifierTakesItsWordsAndLayers) {
  train_task("classify", "labelled.csv", "classifier",
             {from_lm(), "model.hidden_size=7,6", "model.embedding=99", "train.epochs=1", kStill});
  EXPECT_TRUE(noted("the vectors of 6 of 7 words, and layers 0, 1"));  // not that of "again"
  const ModelFile lm = model("lm"), classifier = model("classifier");
  const Vocabulary known = Vocabulary::from_bytes(Level::word, lm.blob("vocabulary"), ""),
                   words = Vocabulary::from_bytes(Level::word, classifier.blob("vocabulary"), "");
  for (const char* word : {"the", "cat", "sang", "<unk>"})
    EXPECT_EQ(row(*classifier.find("embedding.weight"), words.id(word), 6),
              row(*lm.find("embedding.weight"), known.id(word), 6))
        << word;
  for (const char* name : {"encoder.weight_ih_l0", "encoder.weight_hh_l1"})
    for (Index r = 0; r < 24; ++r)
      EXPECT_EQ(row(*classifier.find(name), r, 6), row(*lm.find(name), r, 6)) << name;
}

TEST_F(InitFrom, ATaggerTakesTheFirstColumnsOfWhatItReadsForwards) {
  train_task("tag", "tagged.txt", "tagger",
             {from_lm(), "model.hidden_size=7,9", "model.char_size=8", "train.epochs=1", kStill});
  EXPECT_TRUE(noted("words, and layers 0 as far as they read forwards"))
      << (notes_.empty() ? "" : notes_.back());
  const ModelFile lm = model("lm"), tagger = model("tagger");
  const Tensor &from = *lm.find("encoder.weight_ih_l0"), &to = *tagger.find("encoder.weight_ih_l0");
  EXPECT_GT(to.dim(1), from.dim(1));
  for (Index r = 0; r < 28; ++r) EXPECT_EQ(row(to, r, 6), row(from, r, 6));
  EXPECT_NE(row(*tagger.find("encoder.weight_ih_l0_reverse"), 0, 6), row(from, 0, 6));
}

TEST_F(InitFrom, WhatDoesNotFitIsRefused) {
  const auto message = [&](std::vector<std::string> settings) -> std::string {
    settings.insert(settings.begin(), {from_lm(), "model.hidden_size=7", "train.epochs=1"});
    try {
      train_task("classify", "labelled.csv", "refused", std::move(settings));
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_NE(message({"model.cell=gru"}).find("its cell is lstm, and this model's gru"), std::string::npos);
  EXPECT_NE(message({"model.hidden_size=8"}).find("its first layer has 7 units"), std::string::npos);
  EXPECT_NE(message({"data.level=char"}).find("reads words, and this model characters"), std::string::npos);
  EXPECT_NE(message({"data.vectors=" + (folder_.path() / "none.txt").string()})
                .find("--vectors and --init-from both say"),
            std::string::npos);
  train_task("classify", "labelled.csv", "classifier", {"model.hidden_size=7", "train.epochs=1"});
  EXPECT_NE(message({"data.init_from=" + (folder_.path() / "classifier").string()})
                .find("is of the task 'classify', and --init-from begins with a language model"),
            std::string::npos);
}

}  // namespace
}  // namespace recur
