// What is done to series before a model sees them, against values worked out by hand, and that it is undone.
#include "data/series/transform.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "base/error.h"
#include "base/random.h"

namespace recur {
namespace {

using Values = std::vector<double>;

TEST(Differences, ByHand) {
  const Values x{1, 4, 9, 16, 25, 36};
  const Differences once({1}), twice({1, 1}), seasonal({2, 1});
  EXPECT_EQ(once.of(x)[3], 7);
  EXPECT_EQ(twice.of(x)[3], 2);
  EXPECT_EQ(seasonal.reach(), 3);
  EXPECT_EQ(seasonal.of(x)[4], (25 - 9) - (16 - 4));
  EXPECT_TRUE(std::isnan(seasonal.of(x)[2]));
  EXPECT_EQ(Differences().of(x), x);
  EXPECT_EQ(twice.continued(x, 2, 2), (Values{49, 64}));
  EXPECT_EQ(Differences({3}).continued(x, 0, 4), (Values{16, 25, 36, 16}));
  EXPECT_EQ(Differences().continued(x, 5, 2), (Values{5, 5}));
}

TEST(Differences, AreUndone) {
  Random random(3);
  Values x;
  for (int t = 0; t < 60; ++t) x.push_back(random.normal() + 0.1 * t);
  const std::vector<std::vector<Index>> all{{}, {1}, {7}, {1, 1}, {12, 1}, {3, 5, 1}};
  for (const auto& lags : all) {
    const Differences differences(lags);
    const Values z = differences.of(x);
    for (std::size_t t = static_cast<std::size_t>(differences.reach()); t < x.size(); ++t)
      EXPECT_NEAR(differences.undo(std::span(x).first(t), z[t]), x[t], 1e-12);
  }
}

TEST(Calendar, SaysWhereInItsCycleATimeIs) {
  const auto at = [](const char* text, Cycle cycle) {
    const std::string cell = text;
    Values out;
    append_calendar(*find_time_format(std::span(&cell, 1))->format.parse(text), std::span(&cycle, 1), out);
    const double turn = std::atan2(out[0], out[1]) / (2 * std::numbers::pi);
    return turn < -1e-9 ? turn + 1 : turn;
  };
  EXPECT_NEAR(at("2020-06-15 06:00", Cycle::hour), 0.25, 1e-9);
  EXPECT_NEAR(at("2020-06-15 06:30", Cycle::minute), 0.5, 1e-9);
  EXPECT_NEAR(at("2020-06-14", Cycle::weekday), 0, 1e-9) << "a Sunday";
  EXPECT_NEAR(at("2020-06-17 12:00", Cycle::weekday), 0.5, 1e-9);
  EXPECT_NEAR(at("2020-06-16", Cycle::day), 0.5, 1e-9);
  EXPECT_NEAR(at("2020-07-31", Cycle::month), 0.5, 1e-9);
  EXPECT_NEAR(at("2019-07-03", Cycle::yearday), 0.5, 1e-9);
  EXPECT_NEAR(at("1969-12-31 18:00", Cycle::hour), 0.75, 1e-9);
}

SeriesPanel panel_of(const Values& x) {
  SeriesPanel panel;
  panel.file = "x.csv";
  panel.columns = {"x"};
  panel.targets = 1;
  panel.list.push_back({.columns = {x},
                        .lines = std::vector<Index>(x.size(), 2),
                        .known_steps = static_cast<Index>(x.size())});
  return panel;
}

TEST(Transform, ScalesAreOfTheTrainingPart) {
  const SeriesPanel panel = panel_of({1, 3, 5, 7, 1000});
  const Transform transform({});
  const std::vector<PreparedSeries> prepared{transform.prepare(panel, panel.list[0])};
  std::vector<std::string> notes;
  const Index end = 4;
  const FittedScales scales = transform.fit(panel, prepared, std::span(&end, 1), notes);
  EXPECT_DOUBLE_EQ(scales.inputs[0].offset, 4);
  EXPECT_DOUBLE_EQ(scales.inputs[0].scale, std::sqrt(5.0));
  EXPECT_TRUE(notes.empty());
  const FittedScales again = FittedScales::from_numbers(scales.to_numbers(), 1);
  EXPECT_EQ(again.inputs[0].scale, scales.inputs[0].scale);
  EXPECT_THROW(FittedScales::from_numbers(Values{0, 0, 0, 1}, 1), FormatError);
  EXPECT_THROW(FittedScales::from_numbers(Values{0, 1, 0}, 1), FormatError);
}

TEST(Transform, ScalesAreRelativeToTheSizeOfTheValues) {
  const auto fit = [](const Values& x, const TransformConfig& config, std::vector<std::string>& notes) {
    const SeriesPanel panel = panel_of(x);
    const Transform transform(config);
    const std::vector<PreparedSeries> prepared{transform.prepare(panel, panel.list[0])};
    const Index end = static_cast<Index>(x.size());
    return transform.fit(panel, prepared, std::span(&end, 1), notes);
  };
  std::vector<std::string> notes;
  for (const double unit : {1e-13, 1e-100, 1e100}) {
    const FittedScales scales = fit({1 * unit, 3 * unit, 5 * unit, 7 * unit}, {}, notes);
    EXPECT_NEAR(scales.inputs[0].scale / unit, std::sqrt(5.0), 1e-12) << unit;
    EXPECT_NEAR(scales.original[0].scale / unit, std::sqrt(5.0), 1e-12) << unit;
  }
  EXPECT_TRUE(notes.empty());
  // Differences that only rounding tells apart are of one value.
  EXPECT_EQ(fit({0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7}, {.difference = {1, 1}}, notes).inputs[0].scale, 1);
  EXPECT_TRUE(notes.empty());
  // So small that squares are 0.
  EXPECT_EQ(fit({1e-200, 2e-200}, {}, notes).original[0].scale, 1);
  EXPECT_EQ(notes,
            (std::vector<std::string>{"column 'x' is constant (1e-200 to 2e-200) in its training part: "
                                      "there is nothing to learn from it"}));
}

TEST(Transform, WindowsByHand) {
  const SeriesPanel panel = panel_of({9, 2, 4, 6, 100});
  const auto of = [&](WindowScaling window) {
    const Transform transform({.window = window});
    return transform.of_window(transform.prepare(panel, panel.list[0]), 0, 1, 4, {1, 7});
  };
  EXPECT_EQ(of(WindowScaling::none).offset, 1);
  EXPECT_EQ(of(WindowScaling::last).offset, 6);
  EXPECT_EQ(of(WindowScaling::last).scale, 7);
  EXPECT_EQ(of(WindowScaling::centre).offset, 4);
  EXPECT_EQ(of(WindowScaling::mean).offset, 0);
  EXPECT_DOUBLE_EQ(of(WindowScaling::mean).scale, 4);
  EXPECT_NEAR(of(WindowScaling::standard).scale, std::sqrt(8.0 / 3), 1e-8);
}

TEST(Transform, LogarithmsNeedPositiveValues) {
  const Transform transform({.log = true});
  const SeriesPanel good = panel_of({1, std::exp(1.0)}), bad = panel_of({1, 0});
  EXPECT_DOUBLE_EQ(transform.prepare(good, good.list[0]).levels[0][1], 1);
  EXPECT_DOUBLE_EQ(transform.original(1), std::exp(1.0));
  EXPECT_THROW(transform.prepare(bad, bad.list[0]), DataError);
}

TEST(Transform, RollingMeansAndReach) {
  const Transform transform({.difference = {1}, .lags = {3}, .rolling = {2}});
  const SeriesPanel panel = panel_of({1, 2, 4, 8});
  EXPECT_EQ(transform.reach(), 4);
  const PreparedSeries prepared = transform.prepare(panel, panel.list[0]);
  EXPECT_TRUE(std::isnan(prepared.rolled[0][1]));
  EXPECT_EQ(prepared.rolled[0][2], 1.5);
  EXPECT_EQ(prepared.rolled[0][3], 3);
}

}  // namespace
}  // namespace recur
