// The formulas of every cell: backward against dual numbers, what the tables claim against what the formula
// does.
#include <gtest/gtest.h>

#include <string>

#include "cells/all.h"
#include "kernels/cell_registry.h"

namespace recur {
namespace {

TEST(Formulas, BackwardIsTheDerivativeOfForward) {
  for (const Cell* cell : all_cells())
    for (std::uint64_t seed = 1; seed <= 100; ++seed)
      EXPECT_LT(cell->gradient_error(seed), 1e-12) << cell->name << ", seed " << seed;
}

}  // namespace
}  // namespace recur
