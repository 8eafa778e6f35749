#include "base/error.h"

#include <gtest/gtest.h>

namespace recur {
namespace {

TEST(Error, CheckFormatsTheMessageAndKeepsTheType) {
  EXPECT_NO_THROW(check<DataError>(true, "never shown {}", 1));
  try {
    check<DataError>(false, "{}:{}: holds '{}', expected a number", "sales.csv", 17, "n/a");
    FAIL() << "check did not throw";
  } catch (const DataError& error) {
    EXPECT_STREQ(error.what(), "sales.csv:17: holds 'n/a', expected a number");
  }
}

TEST(Error, AMessageShowsTextsNumbersAndBraces) {
  const auto message = [](const auto& argument) { return format_message("{}", {argument}); };
  EXPECT_EQ(message(std::string("text")), "text");
  EXPECT_EQ(message('c'), "c");
  EXPECT_EQ(message(true), "true");
  EXPECT_EQ(message(std::uint8_t{200}), "200");
  EXPECT_EQ(message(std::int64_t{-9223372036854775807}), "-9223372036854775807");
  EXPECT_EQ(message(~std::uint64_t{0}), "18446744073709551615");
  EXPECT_EQ(message(0.1F), "0.1");
  EXPECT_EQ(message(0.1), "0.1");
  EXPECT_EQ(message(-1.7976931348623157e308), "-1.7976931348623157e308");
  EXPECT_EQ(format_message("{{{}}} and {{}}: {}", {1, ""}), "{1} and {}: ");
}

}  // namespace
}  // namespace recur
