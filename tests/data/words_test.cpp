#include <gtest/gtest.h>

#include "data/words/fit_length.h"
#include "data/words/normalise.h"

namespace recur {
namespace {

std::string words(std::string_view text, bool lower = true) { return normalise(text, {.lower_case = lower}); }

TEST(Normalise, FindsWordsAsUnicodeDoes) {
  EXPECT_EQ(words("Don't stop!"), "don't stop !");
  EXPECT_EQ(words("Don\u2019t", false), "Don't");
  EXPECT_EQ(words("It cost $3.50, or 1,000 yen..."), "it cost $ 3.50 , or 1,000 yen . . .");
  EXPECT_EQ(words("a movie.It was"), "a movie . it was");
  EXPECT_EQ(words("snake_case x2 'quoted' rock 'n' roll"), "snake_case x2 ' quoted ' rock ' n ' roll");
  EXPECT_EQ(words("(10/10)"), "( 10 / 10 )");
  EXPECT_EQ(words("well-made"), "well - made");
  EXPECT_EQ(words("3.x and 3."), "3 . x and 3 .");
}

TEST(Normalise, LowersTheCaseOfEveryScript) {
  EXPECT_EQ(words("ÄÖÜ ΑΒΓ ПРИВЕТ"), "äöü αβγ привет");
  EXPECT_EQ(words("ÄÖÜ", false), "ÄÖÜ");
  EXPECT_EQ(lower_case("ÉTÉ"), "été");
}

TEST(Normalise, PartsScriptsThatWriteNoSpaces) {
  EXPECT_EQ(words("我喜欢电影"), "我 喜 欢 电 影");
  EXPECT_EQ(words("これはペンです"), "こ れ は ペン で す");
  EXPECT_EQ(words("한국어 영화"), "한국어 영화");
  EXPECT_EQ(words("สวัสดี"), "ส วั ส ดี");
}

TEST(Normalise, ComposesMarks) {
  EXPECT_EQ(words("cafe\u0301"), "caf\u00e9");
  EXPECT_EQ(words("x\u0332y"), "x\u0332y");  // no composed form: the mark stays in the word
  EXPECT_EQ(words("\u0301a"), "\u0301 a");   // behind nothing: alone
}

TEST(Normalise, TreatsMarkupAndControlCharactersAsWhiteSpace) {
  EXPECT_EQ(words("good<br /><br />bad<BR>ugly<br/>"), "good bad ugly");
  EXPECT_EQ(words("a <b>word</b>"), "a < b > word < / b >");
  EXPECT_EQ(words("a\x01 b\xc2\x85"
                  "c\r\nd\te"),
            "a b c d e");
  EXPECT_EQ(words("so\u00adft zero\u200bwidth \ufeffmark"), "soft zerowidth mark");
}

TEST(Normalise, KeepsSymbolsAsWords) {
  EXPECT_EQ(words("great\U0001F600\U0001F600 \u2764\ufe0f!"), "great \U0001F600 \U0001F600 \u2764 !");
  EXPECT_EQ(words("a+b=c"), "a + b = c");
}

TEST(Normalise, OfNothingIsNothing) {
  EXPECT_EQ(words(""), "");
  EXPECT_EQ(words(" \n "), "");
}

TEST(Normalise, LeavesTextThatIsAlreadyCutAsItIs) {
  const NormaliseOptions options{.segment = Segmentation::space, .lower_case = false};
  EXPECT_EQ(normalise("  it 's  -lrb- Well-made\n", options), "it 's -lrb- Well-made");
}

TEST(Normalise, KeepsEveryVisibleCharacterWhereCharactersAreUnits) {
  const NormaliseOptions options{.level = Level::character, .lower_case = true};
  EXPECT_EQ(normalise("A  b!\n\x02<br />C", options), "a  b!\n  c");
}

TEST(Normalise, LeavesBytesAlone) {
  const std::string bytes = "A\xff\x00<br />";
  EXPECT_EQ(normalise(bytes, {.level = Level::byte}), bytes);
}

TEST(FitLength, KeepsTheEndThatWasAskedFor) {
  const auto fitted = [](Index length, Keep keep) {
    std::vector<std::int32_t> ids{1, 2, 3, 4, 5};
    fit_length(ids, length, keep);
    return ids;
  };
  using Ids = std::vector<std::int32_t>;
  EXPECT_EQ(fitted(3, Keep::head), (Ids{1, 2, 3}));
  EXPECT_EQ(fitted(3, Keep::tail), (Ids{3, 4, 5}));
  EXPECT_EQ(fitted(3, Keep::both), (Ids{1, 2, 5}));
  EXPECT_EQ(fitted(1, Keep::both), Ids{1});
  EXPECT_EQ(fitted(5, Keep::head).size(), 5U);
  EXPECT_EQ(fitted(0, Keep::head).size(), 5U);
}

TEST(FitLength, SaysWhetherItCut) {
  std::vector<std::int32_t> ids{1, 2};
  EXPECT_FALSE(fit_length(ids, 2, Keep::tail));
  EXPECT_TRUE(fit_length(ids, 1, Keep::tail));
}

}  // namespace
}  // namespace recur
