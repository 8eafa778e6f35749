#include "base/utf8.h"

#include <gtest/gtest.h>

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

TEST(Utf8, EncodesEveryLength) {
  for (std::string_view text : {"\0"sv, "\x7F"sv, "\xC2\x80"sv, "\xDF\xBF"sv, "\xE0\xA0\x80"sv,
                                "\xEF\xBF\xBF"sv, "\xF0\x90\x80\x80"sv, "\xF4\x8F\xBF\xBF"sv}) {
    const char* at = text.data();
    std::string again;
    append_utf8(again, next_code_point(at));
    EXPECT_EQ(again, text);
  }
}

}  // namespace
}  // namespace recur
