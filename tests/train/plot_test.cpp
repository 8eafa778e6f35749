#include "train/plot.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <regex>

#include "tests/train/xml_check.h"

namespace recur {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

Figure one(Series series) { return {.panels = {{.title = "Loss", .series = {std::move(series)}}}}; }

TEST(XmlCheck, SeesWhatIsWrong) {
  EXPECT_EQ(xml_problem("<a b=\"1\" c=\"&lt;\"><d/>text<e>x</e>\n</a>\n"), "");
  for (const char* bad : {"", "text", "<a>", "<a></b>", "<a><b></a></b>", "<a/><b/>", "<a/>x", "<a b=1/>",
                          "<a b=\"1\" b=\"2\"/>", "<a b=\"<\"/>", "<a>&</a>", "<a>&nbsp;</a>", "<a>]]></a>",
                          "<a b=\"1\"c=\"2\"/>", "<a"}) {
    EXPECT_NE(xml_problem(bad), "") << bad;
  }
}

TEST(Plot, IsWellFormedWhateverItsTextsHold) {
  const std::string nasty = "a<b>&\"c\"'\x01\xff]]>";
  const Figure figure{.title = nasty,
                      .subtitle = nasty,
                      .x_label = nasty,
                      .panels = {{.title = nasty,
                                  .unit = nasty,
                                  .series = {{.name = nasty, .x = {1, 2}, .y = {1, 2}}},
                                  .levels = {{nasty, 1.5}},
                                  .marks = {{1, 1, nasty, 0}}}}};
  EXPECT_EQ(xml_problem(to_svg(figure)), "");
}

TEST(Plot, SameFigureSameBytesAndNothingFromOutside) {
  const Figure figure = one({.name = "a", .x = {1, 2, 3}, .y = {3, 1, 2}});
  const std::string svg = to_svg(figure);
  EXPECT_EQ(svg, to_svg(figure));
  EXPECT_EQ(count(svg, "http"), 1u) << "the namespace, and nothing that a viewer would fetch";
  EXPECT_EQ(count(svg, " id="), 0u) << "two plots on one page must not clash";
}

TEST(Plot, DrawsWhatItIsGiven) {
  const std::string svg = to_svg({.title = "T",
                                  .x_label = "epoch",
                                  .panels = {{.title = "Loss",
                                              .unit = "nats",
                                              .series = {{.name = "train", .x = {0, 10}, .y = {4, 1}},
                                                         {.name = "valid", .x = {0, 10}, .y = {4, 2}}},
                                              .levels = {{"5-gram", 3}},
                                              .marks = {{10, 2, "best 2.000", 1}}}}});
  for (const char* part : {">T</text>", ">epoch</text>", "Loss <tspan class=\"dim\">nats</tspan>", ">train<",
                           ">valid<", ">5-gram<", ">best 2.000<", "class=\"level\"", "class=\"ring\""}) {
    EXPECT_EQ(count(svg, part), 1u) << part;
  }
  EXPECT_EQ(count(svg, " d=\"M"), 2u);
}

TEST(Plot, HigherValuesAreHigherUp) {
  const std::string svg = to_svg(one({.x = {0, 1}, .y = {1, 2}}));
  std::smatch m;
  const std::regex path(" d=\"M([0-9.]+) ([0-9.]+)L([0-9.]+) ([0-9.]+)\"");
  ASSERT_TRUE(std::regex_search(svg, m, path));
  EXPECT_LT(std::stod(m[1]), std::stod(m[3]));
  EXPECT_GT(std::stod(m[2]), std::stod(m[4]));
}

TEST(Plot, AnAxisThatBeginsAlmostAtZeroBeginsThere) {
  const auto has_zero = [](double first) {
    return to_svg(one({.x = {first, 10}, .y = {1, 2}})).find("text-anchor=\"middle\">0<") !=
           std::string::npos;
  };
  EXPECT_TRUE(has_zero(0.1));
  EXPECT_FALSE(has_zero(1));
  EXPECT_FALSE(has_zero(9));
}

TEST(Plot, OnePointIsADot) {
  const std::string svg = to_svg(one({.name = "a", .x = {1}, .y = {2}}));
  EXPECT_EQ(xml_problem(svg), "");
  EXPECT_EQ(count(svg, "class=\"dot\""), 1u);
  EXPECT_EQ(count(svg, " d=\"M"), 0u);
}

TEST(Plot, GapsBreakTheLineAndLonePointsAreDots) {
  const std::string svg = to_svg(one({.x = {1, 2, 3, 4, 5, 6, 7}, .y = {1, 2, nan, 3, INFINITY, 2, 1}}));
  EXPECT_EQ(count(svg, "class=\"dot\""), 1u);
  std::smatch m;
  const std::regex path(" d=\"([^\"]*)\"");
  ASSERT_TRUE(std::regex_search(svg, m, path));
  EXPECT_EQ(count(m[1], "M"), 2u);
  EXPECT_EQ(count(svg, "nan"), 0u);
  EXPECT_EQ(count(svg, "inf"), 0u);
}

TEST(Plot, NothingToShowIsSaid) {
  for (const Series& s : {Series{.name = "a"}, Series{.name = "a", .x = {1, 2}, .y = {nan, nan}}}) {
    const std::string svg = to_svg(one(s));
    EXPECT_EQ(xml_problem(svg), "");
    EXPECT_EQ(count(svg, "no finite values"), 1u);
  }
  EXPECT_EQ(xml_problem(to_svg({})), "");
}

TEST(Plot, NonPositiveValuesAreGapsOnALogAxis) {
  Figure figure = one({.x = {1, 2, 3}, .y = {0.01, 0, 10}});
  EXPECT_EQ(count(to_svg(figure), "class=\"dot\""), 0u);
  figure.panels[0].log_y = true;
  EXPECT_EQ(count(to_svg(figure), "class=\"dot\""), 2u);
}

TEST(Plot, ThousandsOfStepsAreThinnedButExtremesStay) {
  Series s;
  for (int i = 0; i < 100000; ++i) {
    s.x.push_back(i);
    s.y.push_back(i == 54321 ? 100 : std::sin(i * 0.7));
  }
  const std::string svg = to_svg(one(s));
  EXPECT_LT(svg.size(), 60000u);
  const std::regex point("[ML][0-9.]+ ([0-9.]+)");
  double highest = 1e9;  // pixels count downwards
  for (std::sregex_iterator it(svg.begin(), svg.end(), point), end; it != end; ++it) {
    highest = std::min(highest, std::stod((*it)[1]));
  }
  EXPECT_LT(highest, 80) << "the one peak reaches the top of the panel";
}

TEST(Plot, OutliersOfAFaintSeriesDoNotStretchTheAxis) {
  Series s{.stroke = Stroke::faint};
  for (int i = 0; i < 1000; ++i) {
    s.x.push_back(i);
    s.y.push_back(i == 500 ? 1e9 : 1 + i % 2);
  }
  EXPECT_NE(to_svg(one(s)).find(">1.5<"), std::string::npos);
  s.stroke = Stroke::line;
  EXPECT_EQ(to_svg(one(s)).find(">1.5<"), std::string::npos);
}

TEST(Plot, LabelsAtTheSameHeightAreSpreadInsideThePanel) {
  Panel panel{.title = "Gradient norm", .height = 100};
  for (int i = 0; i < 12; ++i)
    panel.series.push_back({.name = "layer" + std::to_string(i), .x = {0, 1}, .y = {1, 2}});
  const std::string svg = to_svg({.panels = {panel}});
  std::vector<double> ys;
  const std::regex label(" y=\"([0-9.]+)\" text-anchor=\"start\">layer");
  for (std::sregex_iterator it(svg.begin(), svg.end(), label), end; it != end; ++it)
    ys.push_back(std::stod((*it)[1]));
  ASSERT_EQ(ys.size(), 12u);
  for (std::size_t i = 1; i < ys.size(); ++i) EXPECT_GE(ys[i] - ys[i - 1], 15.9);
  std::smatch m;
  ASSERT_TRUE(std::regex_search(svg, m, std::regex(" height=\"([0-9]+)\"")));
  EXPECT_LT(ys.back(), std::stod(m[1]));
}

TEST(Plot, ColoursBeyondThePaletteAreDashed) {
  Series s{.name = "a", .x = {0, 1}, .y = {1, 2}};
  EXPECT_EQ(count(to_svg(one(s)), "stroke-dasharray=\""), 0u);
  s.colour = 8;
  EXPECT_EQ(count(to_svg(one(s)), "stroke-dasharray=\""), 2u) << "the line and its sample";
}

}  // namespace
}  // namespace recur
