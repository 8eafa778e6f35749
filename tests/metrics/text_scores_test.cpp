// BLEU, chrF and ROUGE beside what sacreBLEU and rouge_score say (text_scores.py made the file).
#include <gtest/gtest.h>
#include <recur/version.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "base/utf8.h"
#include "metrics/bleu.h"
#include "metrics/bleu_tokens.h"
#include "metrics/chrf.h"
#include "metrics/code_points.h"
#include "metrics/rouge.h"

namespace recur {
namespace {

using Json = nlohmann::json;
using Strings = std::vector<std::string>;

const Json& golden() {
  static const Json json = [] {
    std::ifstream file(RECUR_SOURCE_DIR "/tests/metrics/text_scores.json");
    return Json::parse(file);
  }();
  return json;
}

std::string utf8(std::u32string_view text) {
  std::string bytes;
  for (const char32_t c : text) append_utf8(bytes, c);
  return bytes;
}

BleuTokens tokens_named(const std::string& name) {
  return name == "13a"    ? BleuTokens::mteval_13a
         : name == "intl" ? BleuTokens::international
                          : BleuTokens::none;
}

const std::string kVersion = std::string("|version:recur-") + version();

TEST(TextScores, LowerCaseIsPythons) {
  for (std::size_t i = 0; i < golden()["lines"].size(); ++i) {
    const std::string line = golden()["lines"][i], expected = golden()["lower"][i];
    EXPECT_EQ(utf8(lower_case(code_points(line))), expected) << line;
  }
}

TEST(TextScores, WordsOfBleuAreSacrebleus) {
  for (const auto& [name, expected] : golden()["tokens"].items())
    for (std::size_t i = 0; i < golden()["lines"].size(); ++i) {
      std::string line = golden()["lines"][i];
      while (!line.empty() && line.back() == ' ') line.pop_back();
      if (line.ends_with("-\n")) line.pop_back();
      const std::u32string text = bleu_tokens(code_points(line), tokens_named(name));
      Strings words;
      for (const auto word : split_words(text)) words.push_back(utf8(word));
      EXPECT_EQ(words, expected[i].get<Strings>()) << name << ": " << line;
    }
}

TEST(TextScores, BleuIsSacrebleusToTheLastDigit) {
  for (const Json& corpus : golden()["corpora"])
    for (const Json& expected : corpus["bleu"]) {
      const BleuOptions options{tokens_named(expected["options"]["tokenize"]),
                                expected["options"]["lowercase"]};
      BleuCounts all;
      Index references = -1;
      for (std::size_t i = 0; i < corpus["hypotheses"].size(); ++i) {
        const auto refs = corpus["references"][i].get<Strings>();
        const BleuCounts counts = bleu_counts(corpus["hypotheses"][i].get<std::string>(), refs, options);
        const double sentence = expected["sentences"][i];
        EXPECT_NEAR(bleu(counts, true).score, sentence, 1e-11) << i << ": " << corpus["hypotheses"][i];
        all.add(counts);
        references = references == -1 || references == std::ssize(refs) ? std::ssize(refs) : 0;
      }
      const std::string signature = bleu_signature(options, references);
      ASSERT_TRUE(signature.ends_with(kVersion));
      EXPECT_EQ(bleu(all).describe(signature.substr(0, signature.size() - kVersion.size())),
                expected["line"].get<std::string>());
      EXPECT_NEAR(bleu(all).score, expected["score"].get<double>(), 1e-11);
    }
}

TEST(TextScores, ChrfIsSacrebleus) {
  for (const Json& corpus : golden()["corpora"])
    for (const Json& expected : corpus["chrf"]) {
      const ChrfOptions options{expected["options"]["word_order"] == 2, expected["options"]["lowercase"]};
      ChrfCounts all;
      Index references = -1;
      for (std::size_t i = 0; i < corpus["hypotheses"].size(); ++i) {
        const auto refs = corpus["references"][i].get<Strings>();
        const ChrfCounts counts = chrf_counts(corpus["hypotheses"][i].get<std::string>(), refs, options);
        EXPECT_NEAR(chrf(counts), expected["sentences"][i].get<double>(), 1e-11) << corpus["hypotheses"][i];
        all.add(counts);
        references = references == -1 || references == std::ssize(refs) ? std::ssize(refs) : 0;
      }
      EXPECT_NEAR(chrf(all), expected["score"].get<double>(), 1e-11);
      EXPECT_EQ(chrf_signature(options, references), expected["signature"].get<std::string>() + kVersion);
    }
}

TEST(TextScores, RougeIsGooglesWithoutStemming) {
  for (const Json& corpus : golden()["corpora"])
    for (std::size_t i = 0; i < corpus["hypotheses"].size(); ++i) {
      const Rouge found =
          rouge(corpus["hypotheses"][i].get<std::string>(), corpus["references"][i].get<Strings>());
      const Json& expected = corpus["rouge"][i];
      EXPECT_NEAR(found.rouge_1, expected[0].get<double>(), 1e-14) << corpus["hypotheses"][i];
      EXPECT_NEAR(found.rouge_2, expected[1].get<double>(), 1e-14);
      EXPECT_NEAR(found.rouge_l, expected[2].get<double>(), 1e-14);
    }
}

TEST(TextScores, OfNothingAreZero) {
  EXPECT_EQ(bleu({}).score, 0);
  EXPECT_EQ(chrf({}), 0);
  EXPECT_EQ(rouge("", Strings{"a"}).rouge_l, 0);
  EXPECT_EQ(bleu({}).describe("x"),
            "BLEU|x = 0.00 0.0/0.0/0.0/0.0 (BP = 1.000 ratio = 0.000 hyp_len = 0 ref_len = 0)");
}

}  // namespace
}  // namespace recur
