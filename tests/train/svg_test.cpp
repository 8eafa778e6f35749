#include "train/svg.h"

#include <gtest/gtest.h>

namespace recur {
namespace {

TEST(Svg, TextIsEscaped) {
  EXPECT_EQ(xml_text("a<b> & \"c's\""), "a&lt;b&gt; &amp; &quot;c&#39;s&quot;");
  EXPECT_EQ(xml_text("naïve 数 😀\n\t"), "naïve 数 😀\n\t");
}

TEST(Svg, WhatXmlCannotHoldIsReplaced) {
  EXPECT_EQ(xml_text(std::string_view("a\0b", 3)), "a\uFFFDb");
  EXPECT_EQ(xml_text("\x01\x1b\x7f"), "\uFFFD\uFFFD\uFFFD");
  EXPECT_EQ(xml_text("\xff|"), "\uFFFD|");
  EXPECT_EQ(xml_text("\xc3"), "\uFFFD") << "cut short";
  EXPECT_EQ(xml_text("\xc3|"), "\uFFFD|");
  EXPECT_EQ(xml_text("\xc0\xaf"), "\uFFFD\uFFFD") << "overlong";
  EXPECT_EQ(xml_text("\xe0\x80\xaf"), "\uFFFD\uFFFD\uFFFD") << "overlong";
  EXPECT_EQ(xml_text("\xed\xa0\x80"), "\uFFFD\uFFFD\uFFFD") << "surrogate";
  EXPECT_EQ(xml_text("\xef\xbf\xbf"), "\uFFFD\uFFFD\uFFFD") << "U+FFFF is no XML character";
  EXPECT_EQ(xml_text("\xf4\x90\x80\x80"), "\uFFFD\uFFFD\uFFFD\uFFFD") << "beyond U+10FFFF";
}

TEST(Svg, NumbersAreShort) {
  EXPECT_EQ(svg_number(12), "12");
  EXPECT_EQ(svg_number(12.25), "12.2");
  EXPECT_EQ(svg_number(-0.04), "0");
  EXPECT_EQ(svg_number(-3.5), "-3.5");
}

TEST(Svg, LongNamesLoseTheirMiddle) {
  EXPECT_EQ(shortened("short", 12, 100), "short");
  const std::string cut = shortened("encoder.0.recurrent.weight_hh", 12, 100);
  EXPECT_LE(text_width(cut, 12), 100);
  EXPECT_GT(text_width(cut, 12), 80);
  EXPECT_TRUE(cut.starts_with("enc"));
  EXPECT_TRUE(cut.ends_with("_hh"));
  EXPECT_NE(cut.find("…"), std::string::npos);
  EXPECT_EQ(shortened("数数数数数数", 10, 30), "数…数") << "never half a character";
  EXPECT_EQ(shortened("anything", 12, 0), "…");
}

}  // namespace
}  // namespace recur
