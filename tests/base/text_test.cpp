#include "base/text.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>

namespace recur {
namespace {

TEST(Suggest, FindsTheNearestWord) {
  constexpr std::array<std::string_view, 5> verbs{"train", "evaluate", "generate", "stream", "verify"};
  EXPECT_EQ(suggest("tarin", verbs), "train");
  EXPECT_EQ(suggest("evalute", verbs), "evaluate");
  EXPECT_EQ(suggest("steam", verbs), "stream");
  EXPECT_EQ(suggest("gen", verbs), "generate");
  EXPECT_EQ(suggest("serve", verbs), std::nullopt);
  EXPECT_EQ(suggest("", verbs), std::nullopt);
  EXPECT_EQ(suggest("x", {}), std::nullopt);
  EXPECT_EQ(did_you_mean("generat", verbs), "; did you mean 'generate'?");
  EXPECT_EQ(did_you_mean("banana", verbs), "");
}

TEST(Text, ThingsAreCounted) {
  EXPECT_EQ(counted(0, "epoch"), "0 epochs");
  EXPECT_EQ(counted(1, "epoch"), "1 epoch");
  EXPECT_EQ(counted(12345, "step"), "12,345 steps");
  EXPECT_EQ(hex('\xE9'), "0xE9");
}

TEST(Number, ShortestTextReadsBack) {
  EXPECT_EQ(shortest(0.001), "0.001");
  EXPECT_EQ(shortest(1e-4), "1e-4");
  EXPECT_EQ(shortest(1e-10), "1e-10");
  EXPECT_EQ(shortest(2.5e20), "2.5e20");
  EXPECT_EQ(shortest(42.0), "42");
  EXPECT_EQ(shortest(0.1F), "0.1");
  for (const double x : {0.1, 1.0 / 3, 5e-324, 1.7976931348623157e308, -0.0, 1e5, 100000000000000000000.0}) {
    EXPECT_EQ(parse_number(shortest(x)), x);
  }
}

TEST(Number, OnlyAWholeTextIsANumber) {
  EXPECT_EQ(parse_integer("-12"), -12);
  for (const char* text : {"", " 1", "1 ", "1.0", "1e3", "0x10", "9223372036854775808"}) {
    EXPECT_EQ(parse_integer(text), std::nullopt) << text;
  }
  EXPECT_EQ(parse_number("1e-3"), 1e-3);
  for (const char* text : {"", "1e", "1,5", "1e999", "abc"})
    EXPECT_EQ(parse_number(text), std::nullopt) << text;
}

TEST(Format, SizesTimesAndCounts) {
  EXPECT_EQ(format_bytes(0), "0 bytes");
  EXPECT_EQ(format_bytes(1), "1 byte");
  EXPECT_EQ(format_bytes(1023), "1023 bytes");
  EXPECT_EQ(format_bytes(3 * 1024 * 1024 + 200'000), "3.2 MiB");
  EXPECT_EQ(format_bytes(1024 * 1024 - 1), "1.0 MiB");
  EXPECT_EQ(format_seconds(0), "0 s");
  EXPECT_EQ(format_seconds(3.4e-8), "34 ns");
  EXPECT_EQ(format_seconds(3.4e-4), "340 µs");
  EXPECT_EQ(format_seconds(0.012), "12 ms");
  EXPECT_EQ(format_seconds(2.5), "2.5 s");
  EXPECT_EQ(format_seconds(59.97), "1 min 00 s");
  EXPECT_EQ(format_seconds(247), "4 min 07 s");
  EXPECT_EQ(format_seconds(3600 + 119), "1 h 02 min");
  EXPECT_EQ(format_seconds(std::numeric_limits<double>::infinity()), "unknown");
  EXPECT_EQ(format_count(7), "7");
  EXPECT_EQ(format_count(123), "123");
  EXPECT_EQ(format_count(1'234'567), "1,234,567");
  EXPECT_EQ(format_count(-1'234), "-1,234");
}

TEST(Text, LongTextsAreCutBetweenCharacters) {
  EXPECT_EQ(shortened(std::string(80, 'a')), std::string(80, 'a'));
  EXPECT_EQ(shortened(std::string(81, 'a')), std::string(80, 'a') + "...");
  EXPECT_EQ(shortened(std::string(79, 'a') + "éé"), std::string(79, 'a') + "...");
}

}  // namespace
}  // namespace recur
