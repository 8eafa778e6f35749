// Chunks: what conlleval.pl printed of the same tags, to the last digit; the tags that it does not read.
#include "metrics/chunks.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <sstream>

namespace recur {
namespace {

using Tags = std::vector<std::string>;

std::string percent(double share) {
  char text[16];
  std::snprintf(text, sizeof text, "%6.2f", 100 * share);
  return text;
}

/// "precision:  50.00%; recall: …; FB1: …", as conlleval writes them.
std::string scores(const ClassCounts& counts) {
  return "precision: " + percent(counts.precision()) + "%; recall: " + percent(counts.recall()) +
         "%; FB1: " + percent(counts.f1());
}

TEST(Chunks, ScoreAsConllevalDoes) {
  std::ifstream file(RECUR_SOURCE_DIR "/tests/metrics/conlleval.txt");
  ASSERT_TRUE(file);
  int cases = 0;
  ChunkScore score;
  Tags truth, answer;
  bool output = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("case ")) {
      score = {};
      output = false;
      ++cases;
    } else if (line == "---") {
      output = true;
    } else if (!output && line.empty()) {
      score.add(chunks_of(truth), chunks_of(answer));
      truth.clear(), answer.clear();
    } else if (!output) {
      std::istringstream words(line);
      std::string word, is, said;
      words >> word >> is >> said;
      truth.push_back(is), answer.push_back(said);
    } else if (line.starts_with("accuracy")) {
      EXPECT_NE(line.find(scores(score.all())), line.npos) << line << "\n" << scores(score.all());
    } else if (const std::size_t colon = line.find(": "); line.find("FB1") != line.npos) {
      const std::string type = line.substr(line.find_first_not_of(' '), colon - line.find_first_not_of(' '));
      ASSERT_TRUE(score.by_type().contains(type)) << type;
      EXPECT_NE(line.find(scores(score.by_type().at(type))), line.npos) << line;
    }
  }
  EXPECT_EQ(cases, 4);
}

TEST(Chunks, EndAsTheirTagsSay) {
  const auto of = [](const Tags& tags) { return chunks_of(tags); };
  EXPECT_EQ(of({"S-x", "S-x", "B-x", "E-x", "I-x"}),
            (std::vector<Chunk>{{0, 1, "x"}, {1, 2, "x"}, {2, 4, "x"}, {4, 5, "x"}}));
  EXPECT_EQ(of({"U-x", "B-x", "I-x", "L-x", "O"}), (std::vector<Chunk>{{0, 1, "x"}, {1, 4, "x"}}));
  EXPECT_EQ(of({"B-a-b", "I-a-b"}), (std::vector<Chunk>{{0, 2, "a-b"}}));
  EXPECT_TRUE(of({"O", "O"}).empty());
}

}  // namespace
}  // namespace recur
