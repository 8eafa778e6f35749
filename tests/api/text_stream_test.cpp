#include "api/text_stream.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "base/file.h"
#include "data/text/corpus.h"
#include "tasks/lm.h"
#include "tests/api/models.h"
#include "tests/base/temporary_folder.h"

namespace recur {
namespace {

class TextStreamTest : public testing::Test {
 protected:
  TextStreamTest() {
    ModelConfig config;
    config.embedding = 6;
    config.hidden_size = {9};
    write_file_atomically(folder_ / "model.safetensors", random_language_model(config, 20).to_bytes());
  }

  TemporaryFolder folder_;
};

TEST_F(TextStreamTest, SurpriseIsThatOfTheWholeText) {
  TextStream stream(Safetensors::read((folder_ / "model.safetensors").string()));
  // The model's characters begin at '!'; the newline behind each line is not among them.
  const std::vector<std::string> lines{"!#\"", "", "$$", "!é("};
  std::string text;
  double sum = 0;
  Index predicted = 0, unknown = 0;
  for (const std::string& line : lines) {
    const TextStream::Line read = stream.read(line);
    const Index counted = read.tokens - (text.empty() ? 1 : 0);  // nothing came before the first
    sum += read.nats.value_or(0) * static_cast<double>(counted);
    predicted += counted;
    unknown += read.unknown;
    text += line;
  }
  EXPECT_EQ(predicted, 6);
  EXPECT_EQ(unknown, 5) << "four newlines and é";
  text.erase(text.find("é"), 2);
  LanguageModel lm = load_language_model(ModelFile::read(folder_ / "model.safetensors"));
  write_file_atomically(folder_ / "text", text);
  ThreadPool pool(1);
  const LmScore score =
      score_tokens(*lm.model, lm.vocabulary, encode_file(folder_ / "text", lm.vocabulary).tokens, 1, pool);
  EXPECT_EQ(score.tokens, predicted);
  EXPECT_NEAR(sum / static_cast<double>(predicted), score.nats, 1e-6);
}

TEST_F(TextStreamTest, GuessesAreTheMostProbableTokensBestFirst) {
  TextStream stream(Safetensors::read((folder_ / "model.safetensors").string()));
  EXPECT_TRUE(stream.read("").next.empty()) << "nothing was read yet";
  const TextStream::Line line = stream.read("!");
  ASSERT_EQ(line.next.size(), 3u);
  EXPECT_FALSE(line.nats.has_value());
  EXPECT_GE(line.next[0].probability, line.next[1].probability);
  EXPECT_GE(line.next[1].probability, line.next[2].probability);
  EXPECT_GT(line.next[0].probability, 1.0 / 20) << "more than an even share";
}

TEST_F(TextStreamTest, SaysWhichLineIsNoText) {
  TextStream stream(Safetensors::read((folder_ / "model.safetensors").string()));
  stream.read("!");
  EXPECT_EQ(message_of<DataError>([&] { stream.read("!\xff"); }),
            "line 2 is not valid UTF-8 at byte 2 (convert it: iconv -t UTF-8)");
}

}  // namespace
}  // namespace recur
