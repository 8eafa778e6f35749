#include "data/text/level.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace recur {
namespace {

using namespace std::literals;

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
