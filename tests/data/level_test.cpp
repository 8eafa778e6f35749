#include "data/text/level.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace recur {
namespace {

using namespace std::literals;

TEST(Utf8, AcceptsWhatRfc3629Accepts) {
  // The first and the last of each length, and of the range around the surrogates.
  for (std::string_view text :
       {"\0"sv, "\x7F"sv, "\xC2\x80"sv, "\xDF\xBF"sv, "\xE0\xA0\x80"sv, "\xED\x9F\xBF"sv, "\xEE\x80\x80"sv,
        "\xEF\xBF\xBF"sv, "\xF0\x90\x80\x80"sv, "\xF4\x8F\xBF\xBF"sv, ""sv}) {
    EXPECT_EQ(find_invalid_utf8(text), std::nullopt) << ::testing::PrintToString(text);
  }
}

TEST(Utf8, RefusesTheRestAndSaysWhere) {
  const std::string_view bad[] = {"\x80",
                                  "\xBF",
                                  "\xC0\x80",
                                  "\xC1\xBF",
                                  "\xC2",
                                  "\xC2\x41",
                                  "\xE0\x80\x80",
                                  "\xE0\x9F\xBF",
                                  "\xE2\x82",
                                  "\xED\xA0\x80",
                                  "\xED\xBF\xBF",
                                  "\xF0\x80\x80\x80",
                                  "\xF0\x8F\xBF\xBF",
                                  "\xF4\x90\x80\x80",
                                  "\xF5\x80\x80\x80",
                                  "\xFF",
                                  "\xFE",
                                  "\xE2\x82\x41",
                                  "\xF0\x9F\x98"};
  for (std::string_view text : bad) {
    for (const std::string& before : {""s, "é"s, "seventeen letters"s}) {
      for (const std::string& after : {""s, "and more text behind"s}) {
        EXPECT_EQ(find_invalid_utf8(before + std::string(text) + after), before.size())
            << ::testing::PrintToString(text) << " after " << before;
      }
    }
  }
}

TEST(Utf8, DecodesEveryLength) {
  const char* at = "aé€😀\xF4\x8F\xBF\xBF";
  for (char32_t point : {U'a', U'é', U'€', U'😀', U'\U0010FFFF'}) EXPECT_EQ(next_code_point(at), point);
}

TEST(WholeUnits, NeverCutsACharacter) {
  const std::string text = "a€😀é";
  const std::vector<std::size_t> ends{0, 1, 4, 8, 10};
  for (std::size_t size = 0; size <= text.size(); ++size) {
    std::size_t expected = 0;
    for (std::size_t end : ends) expected = end <= size ? end : expected;
    EXPECT_EQ(whole_units(Level::character, std::string_view(text).substr(0, size)), expected) << size;
    EXPECT_EQ(whole_units(Level::byte, std::string_view(text).substr(0, size)), size);
  }
  EXPECT_EQ(whole_units(Level::character, "\x80\x80\x80\x80"), 4U) << "not UTF-8 is for others to refuse";
}

TEST(WholeUnits, NeverCutsAWord) {
  EXPECT_EQ(whole_units(Level::word, "to be or"), 6U);
  EXPECT_EQ(whole_units(Level::word, "to be\n"), 6U);
  EXPECT_EQ(whole_units(Level::word, "tobe"), 0U);
}

TEST(Words, AreWhatWhiteSpaceParts) {
  std::vector<std::string> words;
  for_each_word(" to be,\tor\r\nnot\n\nto  ", [&](std::string_view word) { words.emplace_back(word); });
  EXPECT_EQ(words, (std::vector<std::string>{"to", "be,", "or", "<eos>", "not", "<eos>", "<eos>", "to"}));
}

TEST(CountUnits, CountsTokens) {
  EXPECT_EQ(count_units(Level::byte, "é\n"), 3);
  EXPECT_EQ(count_units(Level::character, "é\n"), 2);
  EXPECT_EQ(count_units(Level::word, "é à\n"), 3);
}

}  // namespace
}  // namespace recur
