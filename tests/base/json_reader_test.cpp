#include "base/json_reader.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "tests/base/temporary_folder.h"

namespace recur {
namespace {

using Kind = JsonValue::Kind;

std::string refusal(std::string_view document, int deepest = 2) {
  return message_of<FormatError>([&] { read_json(document, "it", deepest); });
}

TEST(JsonReader, ReadsValuesOfEveryKind) {
  const std::string document = R"( {"a": [1, -2.5e3, true, false, null], "b":"x", "":{}} )";
  const JsonValue value = read_json(document, "it", 2);
  EXPECT_EQ(value.keys, (std::vector<std::string>{"a", "b", ""}));
  EXPECT_EQ(value.find("c"), nullptr);
  EXPECT_EQ(value.items[0].find("a"), nullptr);
  const JsonValue& list = *value.find("a");
  EXPECT_EQ(list.source, "[1, -2.5e3, true, false, null]");
  EXPECT_EQ(list.items[0].integer(), 1);
  EXPECT_EQ(list.items[1].integer(), std::nullopt);
  EXPECT_EQ(std::get<double>(option_value(list.items[1], "").data), -2500);
  EXPECT_TRUE(std::get<bool>(option_value(list.items[2], "").data));
  EXPECT_FALSE(std::get<bool>(option_value(list.items[3], "").data));
  EXPECT_EQ(list.items[4].kind, Kind::null);
  EXPECT_EQ(value.find("b")->text, "x");
  EXPECT_EQ(value.find("")->kind, Kind::object);
  EXPECT_EQ(message_of<ConfigError>([&] { option_value(value, "it"); }).substr(0, 9), "it is {\"a");
}

TEST(JsonReader, ReadsEveryEscape) {
  EXPECT_EQ(read_json(R"("\"\\\/\b\f\n\r\t\u00e9\u20AC\ud83d\ude00é")", "it", 1).text, "\"\\/\b\f\n\r\té€😀é");
  for (const char* bad : {R"("\x")", R"("\u12g4")", R"("\ud83d")", R"("\ud83dx")", R"("\ud83dA")",
                          R"("\ude00")", "\"\n\"", "\"", "\"\\", "\"\\u12"})
    EXPECT_NE(refusal(bad), "") << bad;
}

TEST(JsonReader, RefusesWhatIsNotJson) {
  for (const char* bad :
       {"",         " ",          "{",     "[",         "[1",    "[1,",  "[1,]",        "[,1]",     "{\"a\"}",
        "{\"a\":}", "{\"a\":1,}", "{a:1}", "{1:2}",     "tru",   "nul",  "True",        "01",       "-",
        "+1",       ".5",         "1.",    "1e",        "1e+",   "0x1",  "NaN",         "Infinity", "--1",
        "1 2",      "'a'",        "[1}",   "{\"a\":1]", "// no", "\xFF", "\"\xC0\x80\""})
    EXPECT_NE(refusal(bad).find("not valid JSON at its byte"), std::string::npos) << bad;
  EXPECT_EQ(refusal("{"), "it is not valid JSON at its byte 2");
  EXPECT_EQ(refusal("[1e999]"), "it holds a number that is out of range");
  EXPECT_EQ(refusal(std::string_view("[]\0", 3)), "it holds a NUL byte, expected JSON");
  EXPECT_EQ(refusal(R"({"a":1,"b":2,"a":3})"), "it has the key \"a\" twice");
}

TEST(JsonReader, ReadsAMillionValuesAndNoMore) {
  std::string zeros = "[0";
  for (int i = 0; i < 999'998; ++i) zeros += ",0";
  EXPECT_EQ(read_json(zeros + "]", "it", 1).items.size(), 999'999U);  // the list is a value, too
  EXPECT_EQ(refusal(zeros + ",0]"), "it holds more than 1000000 values");
}

TEST(JsonReader, ReadsToADepth) {
  EXPECT_EQ(refusal(R"({"a":[{}]})"), "it is nested more than 2 levels deep");
  EXPECT_EQ(refusal(std::string(200'000, '[')), "it is nested more than 2 levels deep");
}

TEST(JsonReader, ShowsOneShortLineOfAscii) {
  EXPECT_EQ(read_json("[\n1,\"é\"]", "it", 1).shown(), "[ 1,\"\\u00e9\"]");
  EXPECT_EQ(shown_name("a\nb\"\\é😀\x01"), "a\\nb\\\"\\\\\\u00e9\\ud83d\\ude00\\u0001");
  EXPECT_EQ(shown_name(std::string(200, 'a')).size(), 83U);
}

}  // namespace
}  // namespace recur
