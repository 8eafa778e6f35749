#include "base/json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "tests/base/temporary_folder.h"

namespace recur {
namespace {

std::string refusal(std::string_view text, int deepest = 2) {
  return message_of<FormatError>([&] { parse_json(text, "it", deepest); });
}

TEST(Json, IsReadToADepth) {
  EXPECT_EQ(parse_json(R"({"a":[1]})", "it", 2)["a"][0], 1);
  EXPECT_EQ(refusal(R"({"a":[{}]})"), "it is nested more than 2 levels deep");
  EXPECT_EQ(refusal(std::string(200'000, '[')), "it is nested more than 2 levels deep");
}

TEST(Json, IsRefusedWhereOthersWouldGuess) {
  EXPECT_EQ(refusal("{"), "it is not valid JSON at its byte 2");
  EXPECT_EQ(refusal(R"({"a":1,"a":2})"), "it has the key \"a\" twice");
  EXPECT_EQ(refusal("[1e999]"), "it holds a number that is out of range");
  EXPECT_EQ(refusal(std::string_view("[]\0", 3)), "it holds a NUL byte, expected JSON");
}

TEST(Json, IsCutInMessages) {
  EXPECT_EQ(shown("é"), "\"\\u00e9\"");
  EXPECT_EQ(shown(std::string(200, 'a')).size(), 83U);
  const nlohmann::json object{{"list", std::vector<int>(1000)}};
  EXPECT_LT(settings_of(object, "")[0].value.describe().size(), 90U);
}

}  // namespace
}  // namespace recur
