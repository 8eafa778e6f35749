// One step of every cell, on every instruction set.
#include "cells/all.h"
#include "tests/kernels/step_check.h"

namespace recur {
namespace {

template <class C>
class Step : public ::testing::Test {};

template <class List>
struct TypesOf;
template <class... Cells>
struct TypesOf<CellList<Cells...>> {
  using Types = ::testing::Types<Cells...>;
};
struct CellName {
  template <class C>
  static std::string GetName(int) {
    return std::string(C::name);
  }
};
TYPED_TEST_SUITE(Step, TypesOf<AllCells>::Types, CellName);

TYPED_TEST(Step, EqualsPlainLoopsToTheBit) { expect_steps_to_the_bit<TypeParam>(); }

// A NaN reaches the state of its own row, all of it, and of no other.
TYPED_TEST(Step, ANanStaysInItsRow) {
  using C = TypeParam;
  const Cell& cell = find_cell(C::name);
  for (const Isa isa : supported_isas()) {
    StepCase<C, float> c({.rows = 7, .hidden = 19, .input = 4, .recurrent = 19});
    c.x(2, 1) = std::numeric_limits<float>::quiet_NaN();
    c.x(4, 3) = std::numeric_limits<float>::infinity();
    c.compute();
    const PackedCell<C, float> packed(c, kernels<float>(isa).lanes);
    expect_step(c, packed, cell.kernels<float>(isa), 0, 7, InputPart::x, false, true, std::string(name(isa)));
    for (Index r = 0; r < 7; ++r)
      for (Index j = 0; j < 19; ++j) {
        EXPECT_TRUE(r != 2 || std::isnan(c.s_next.m[0](r, j))) << j;
        EXPECT_TRUE(r == 2 || r == 4 || !std::isnan(c.s_next.m[0](r, j))) << r << "," << j;
      }
  }
}

TYPED_TEST(Step, NoRowsAreNoWork) {
  using C = TypeParam;
  for_each_kernels([]<class T>(const Kernels<T>& k, const std::string&) {
    StepCase<C, T> c({.rows = 1, .hidden = 3, .input = 2, .recurrent = 3});
    const PackedCell<C, T> packed(c, k.lanes);
    expect_step(c, packed, find_cell(C::name).template kernels<T>(k.isa), 0, 0, InputPart::x, false, true,
                "");
  });
}

}  // namespace
}  // namespace recur
