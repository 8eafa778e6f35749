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

}  // namespace
}  // namespace recur
