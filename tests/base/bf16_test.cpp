#include "base/bf16.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace recur {
namespace {

float rounded(float x) { return from_bf16(to_bf16(x)); }

TEST(Bf16, RoundsToTheNearestAndToEvenBetween) {
  EXPECT_EQ(rounded(1.0F), 1.0F);
  EXPECT_EQ(rounded(-2.5F), -2.5F);
  EXPECT_EQ(rounded(1.0F + 0x1p-9F), 1.0F);            // nearer to 1 than to 1 + 2⁻⁷
  EXPECT_EQ(rounded(1.0F + 0x1p-8F), 1.0F);            // half way, 1 is even
  EXPECT_EQ(rounded(1.0F + 0x3p-8F), 1.0F + 0x4p-8F);  // half way, the upper one is even
  EXPECT_EQ(rounded(1.0F + 0x1p-8F + 0x1p-20F), 1.0F + 0x1p-7F);
  EXPECT_TRUE(std::signbit(rounded(-0.0F)));
}

TEST(Bf16, KeepsWhatIsNoNumber) {
  const float infinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(rounded(infinity), infinity);
  EXPECT_EQ(rounded(std::numeric_limits<float>::max()), infinity);
  EXPECT_TRUE(std::isnan(rounded(std::numeric_limits<float>::quiet_NaN())));
  EXPECT_TRUE(std::isnan(rounded(std::bit_cast<float>(0x7F800001U))));  // its upper half is that of infinity
}

}  // namespace
}  // namespace recur
