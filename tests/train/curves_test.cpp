#include "train/curves.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/train/runs.h"
#include "tests/train/xml_check.h"

namespace recur {
namespace {

const Series* named(const Panel& panel, const std::string& name) {
  for (const Series& s : panel.series) {
    if (s.name == name) return &s;
  }
  return nullptr;
}

/// Three epochs of 100 steps with everything a run can tell.
History full_run() {
  History h = run_of_epochs({2.5, 2.0, 1.7}, {2.4, 2.0, 2.1});
  h.add(BaselineScored{.baseline = "5-gram", .loss = 2.2});
  for (Index step = 1; step <= 300; ++step) {
    h.add(StepDone{.step = step,
                   .loss = step == 150 ? kNotMeasured : 4.0 / std::sqrt(static_cast<double>(step)),
                   .learning_rate = step < 10 ? 1e-4 : 1e-3,
                   .gradient_norms = {{"embedding", 0.01}, {"head.weight", 10}}});
  }
  for (EpochDone& e : h.epochs)
    e.metrics = {{"bits_per_char", 3}, {"accuracy", 0.4}, {"f1_macro", 0.3}, {"mse", 7}};
  return h;
}

TEST(Curves, ShowLossesMetricsGradientsAndRate) {
  const Figure f = curves_of(full_run());
  EXPECT_EQ(f.title, "lm · gru 64");
  EXPECT_EQ(
      f.subtitle,
      "epoch 2 of 3 is the best: validation loss 2, bits per char 3, accuracy 0.4, f1 macro 0.3, mse 7");
  EXPECT_EQ(f.x_label, "epoch");
  ASSERT_EQ(f.panels.size(), 5u);

  const Panel& loss = f.panels[0];
  EXPECT_EQ(loss.unit, "nats per character");
  ASSERT_EQ(loss.series.size(), 3u);
  EXPECT_EQ(loss.series[0].stroke, Stroke::faint);
  EXPECT_EQ(loss.series[0].x.size(), 300u);
  EXPECT_EQ(named(loss, "training")->x.size(), 150u) << "a mean of two steps each";
  EXPECT_DOUBLE_EQ(named(loss, "training")->y[0], (4.0 + 4.0 / std::sqrt(2.0)) / 2);
  EXPECT_DOUBLE_EQ(named(loss, "training")->y[74], 4.0 / std::sqrt(149.0)) << "NaN is left out of a mean";
  EXPECT_EQ(named(loss, "validation")->x, (std::vector<double>{1, 2, 3}));
  EXPECT_EQ(named(loss, "validation")->y, (std::vector<double>{2.4, 2.0, 2.1}));
  ASSERT_EQ(loss.marks.size(), 1u);
  EXPECT_EQ(loss.marks[0].label, "best: 2 at epoch 2");
  EXPECT_EQ(loss.marks[0].x, 2);
  EXPECT_EQ(loss.levels.at(0).name, "5-gram 2.2");

  EXPECT_EQ(f.panels[1].title, "Metrics");
  EXPECT_TRUE(named(f.panels[1], "accuracy") && named(f.panels[1], "f1_macro"));
  EXPECT_EQ(f.panels[1].series.size(), 2u) << "bits per character are the loss again";
  EXPECT_EQ(f.panels[2].title, "mse");
  EXPECT_TRUE(f.panels[3].log_y);
  EXPECT_NEAR(named(f.panels[3], "head.weight")->y[3], 10, 1e-12);
  EXPECT_EQ(f.panels[4].title, "Learning rate");

  const std::string svg = to_svg(f);
  EXPECT_EQ(xml_problem(svg), "");
  EXPECT_EQ(svg, to_svg(curves_of(full_run())));
}

TEST(Curves, ABaselineToldAgainOnResumingIsOne) {
  History h = full_run();
  h.add(BaselineScored{.baseline = "5-gram", .loss = 2.2});
  EXPECT_EQ(curves_of(h).panels[0].levels.size(), 1u);
}

TEST(Curves, ARunThatHasJustBegun) {
  EXPECT_EQ(xml_problem(to_svg(curves_of({}))), "");
  History h;
  h.add(StepDone{.step = 1, .loss = 4.2});
  const Figure f = curves_of(h);
  EXPECT_EQ(f.x_label, "step") << "nothing said how long an epoch is";
  ASSERT_EQ(f.panels.size(), 1u);
  EXPECT_EQ(f.panels[0].series.at(0).y, std::vector<double>{4.2});
  EXPECT_EQ(xml_problem(to_svg(f)), "");
}

TEST(Curves, FewStepsAreDrawnAsTheyAre) {
  const Panel loss = curves_of(run_of_steps({4, 3, 2})).panels.at(0);
  ASSERT_EQ(loss.series.size(), 1u);
  EXPECT_EQ(loss.series[0].y, (std::vector<double>{4, 3, 2}));
}

TEST(Curves, WithoutStepsEpochsAreDrawn) {
  const Panel loss = curves_of(run_of_epochs({3, 2}, {})).panels.at(0);
  ASSERT_EQ(loss.series.size(), 1u) << "and no validation where there was none";
  EXPECT_EQ(loss.series[0].x, (std::vector<double>{1, 2}));
  EXPECT_TRUE(loss.marks.empty());
}

TEST(Curves, AConstantRateNeedsNoPanel) { EXPECT_EQ(curves_of(run_of_steps({4, 3, 2})).panels.size(), 1u); }

TEST(Curves, ManyStepsStaySmall) {
  std::vector<double> losses(200'000);
  for (std::size_t i = 0; i < losses.size(); ++i) losses[i] = 2 + std::sin(static_cast<double>(i));
  EXPECT_LT(to_svg(curves_of(run_of_steps(losses))).size(), 80'000u);
}

}  // namespace
}  // namespace recur
