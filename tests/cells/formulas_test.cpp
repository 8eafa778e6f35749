// The formulas of every cell: backward against dual numbers, the tables against what the formulas do.
#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "cells/all.h"
#include "tests/cells/formula_check.h"

namespace recur {
namespace {

TEST(Formulas, BackwardIsTheDerivativeOfForward) {
  for (const Cell* cell : all_cells()) expect_gradient(*cell);
}

/// What the check itself would say of a wrong formula.
struct WrongCell {
  static constexpr std::string_view name = "wrong";
  static constexpr std::string_view summary = "";
  static constexpr std::array gates{Gate{"z"}, Gate{"n", From::x}};
  static constexpr Names<1> states{"h"};
  static constexpr Names<2> tape{"z", "n"};
  static constexpr bool reads_h = true;
  template <class V>
  static constexpr Forward<WrongCell, V> forward(std::array<V, 2> a, std::array<V, 1> s) {
    const V z = sigmoid(a[0]);
    return {{s[0] + z * (a[1] - s[0])}, {z, a[1]}};
  }
  template <class V>
  static constexpr Backward<WrongCell, V> backward(std::array<V, 1> ds, std::array<V, 2> tape,
                                                   std::array<V, 1> s) {
    const V z = tape[0], one = V::broadcast(1.000001);
    return {.da = {ds[0] * (tape[1] - s[0]) * z * (one - z), ds[0] * z}, .ds = {ds[0] * (one - z)}, .dp = {}};
  }
};

TEST(Formulas, ADerivativeThatIsOffByAMillionthIsFound) {
  const Cell cell = describe_cell<WrongCell>();
  for (std::uint64_t seed = 1; seed <= 100; ++seed) EXPECT_GT(cell.gradient_error(seed), 1e-9) << seed;
}

template <class... Cells>
void expect_tables(CellList<Cells...>) {
  (expect_table_matches_formula<Cells>(), ...);
}
TEST(Formulas, TablesSayWhatTheFormulasDo) { expect_tables(AllCells{}); }

TEST(Formulas, ParameterCounts) {
  // I = 3, H = 5, R = 5: H·(Gx·I + Gh·R + G + P).
  const std::map<std::string, Index> expected{{"lstm", 5 * (4 * 3 + 4 * 5 + 4)},
                                              {"gru", 5 * (3 * 3 + 3 * 5 + 4)},
                                              {"rnn_tanh", 5 * (3 + 5 + 1)},
                                              {"rnn_relu", 5 * (3 + 5 + 1)},
                                              {"lstm_peephole", 5 * (4 * 3 + 4 * 5 + 4 + 3)},
                                              {"lstm_coupled", 5 * (3 * 3 + 3 * 5 + 3)},
                                              {"gru_reset_before", 5 * (3 * 3 + 3 * 5 + 3)},
                                              {"mingru", 5 * (2 * 3 + 2)},
                                              {"minlstm", 5 * (3 * 3 + 3)}};
  for (const auto& [name, count] : expected)
    EXPECT_EQ(parameter_count(find_cell(name), 3, 5, 5), count) << name;
  // With a projection to R = 2, U has that many columns; the projection itself is the layer's.
  EXPECT_EQ(parameter_count(find_cell("lstm"), 3, 5, 2), 5 * (4 * 3 + 4 * 2 + 4));
}

TEST(Registry, FindsByNameAndListsTheNamesThereAre) {
  EXPECT_EQ(find_cell("gru").name, "gru");
  EXPECT_EQ(all_cells().front()->name, "lstm");
  try {
    find_cell("gnu");
    FAIL() << "found a cell that does not exist";
  } catch (const ConfigError& error) {
    EXPECT_EQ(std::string(error.what()).find("there is no cell 'gnu'; the cells are lstm, gru, rnn_tanh"), 0U)
        << error.what();
  }
}

// Cells are added before main, where nobody catches: who asks for a cell is told. (In a copy of this process,
// whose registry stays as it is.)
TEST(Registry, RefusesToWorkWithTwoCellsOfOneName) {
  EXPECT_EXIT(
      {
        Cell cell = describe_cell<Gru>();
        cell.summary = "another";
        register_cell(cell);
        for (const auto& ask : {+[] { find_cell("lstm"); }, +[] { all_cells(); }}) {
          try {
            ask();
            std::exit(1);
          } catch (const ConfigError& error) {
            std::fprintf(stderr, "%s\n", error.what());
          }
        }
        std::exit(0);
      },
      testing::ExitedWithCode(0),
      "^two cells are called 'gru', .*2014.* and 'another' .*\ntwo cells are called 'gru'");
}

}  // namespace
}  // namespace recur
