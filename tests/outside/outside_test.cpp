// A cell from outside, added by recur_add_cell, is checked, trained and as fast as the library's own.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <string>
#include <vector>

#include "api/train.h"
#include "base/settings.h"
#include "kernels/cell_registry.h"
#include "tests/base/temporary_folder.h"

namespace recur {
namespace {

TEST(OutsideCell, IsListedAfterTheLibrarysOwn) {
  const auto cells = all_cells();
  EXPECT_GE(std::ranges::find(cells, &find_cell("ugrnn")) - cells.begin(), 9);
  EXPECT_EQ(find_cell("ugrnn").equations().back(), "h' = c + g⊙(h − c)");
}

TEST(OutsideCell, BackwardIsTheDerivativeOfForward) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) EXPECT_LT(find_cell("ugrnn").gradient_error(seed), 1e-12);
}

TEST(OutsideCell, HasFusedKernelsForEveryInstructionSet) {
  for (const Isa isa : supported_isas()) {
    EXPECT_NE(find_cell("ugrnn").kernels<float>(isa).forward, nullptr) << name(isa);
    EXPECT_NE(find_cell("ugrnn").kernels<float>(isa).backward, nullptr) << name(isa);
  }
}

TEST(OutsideCell, LearnsAText) {
  const TemporaryFolder folder;
  {
    std::ofstream text(folder / "text.txt");
    for (int i = 0; i < 400; ++i) text << "the quick brown fox jumps over the lazy dog\n";
  }
  const auto task = find_task("lm").make();
  const auto options = task->options();
  const std::vector<Setting> settings{
      parse_setting("data.train=" + (folder / "text.txt").string()),
      parse_setting("data.sequence_length=32"),
      parse_setting("model.cell=ugrnn"),
      parse_setting("model.embedding=8"),
      parse_setting("model.hidden_size=32"),
      parse_setting("train.batch_size=8"),
      parse_setting("train.epochs=4"),
      parse_setting("train.learning_rate=0.01"),
  };
  set_options(settings, options);
  const TrainReport report = train(*task, {.out = folder / "run", .threads = 1});
  EXPECT_LT(report.json["metrics"]["valid"]["nats"].get<double>(), 0.5) << "a text without surprises";
}

}  // namespace
}  // namespace recur
