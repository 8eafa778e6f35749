// Cells from outside have the bits of plain loops on every instruction set, as ours have.
#include "tests/cells/formula_check.h"
#include "tests/kernels/step_check.h"
#include "tests/outside/mgu.h"
#include "tests/outside/ugrnn.h"

namespace recur {
namespace {

TEST(OutsideCells, TablesSayWhatTheFormulasDo) {
  expect_table_matches_formula<Ugrnn>();
  expect_table_matches_formula<outside::Mgu>();
}

TEST(OutsideCells, EqualPlainLoopsToTheBit) {
  expect_steps_to_the_bit<Ugrnn>();
  expect_steps_to_the_bit<outside::Mgu>();
}

TEST(OutsideCells, PrintBothStages) {
  std::string text;
  for (const std::string& line : find_cell("mgu").equations()) text += line + "\n";
  EXPECT_EQ(text,
            "f̂ = b_f + W_f·x + U_f·h\n"
            "f = σ(f̂)\n"
            "q = f⊙h\n"
            "n = tanh(b_n + W_n·x + U_n·q)\n"
            "h' = (1 − f)⊙h + f⊙n\n");
}

}  // namespace
}  // namespace recur
