// Rows taken apart and put together: values, and gradients by finite differences.
#include "nn/ops.h"

#include <gtest/gtest.h>

#include "tests/nn/support.h"

namespace recur {
namespace {

using test::expect_gradients;
using test::normal;
using test::values_of;

ThreadPool pool(2);

TEST(Ops, SlicesAndStacksOfRowsAreWhatTheyWere) {
  Random random(1);
  const Tensor x = normal({5, 3}, DType::f32, random);
  const Pass pass{.pool = pool};
  const Var back =
      stack_rows(pass, {slice_rows(pass, x, 0, 2), slice_rows(pass, x, 2, 2), slice_rows(pass, x, 2, 5)});
  EXPECT_EQ(values_of(back.value), values_of(x));
}

TEST(Ops, GradientsOfSlicesAndStacks) {
  Random random(2);
  Parameters parameters(DType::f64);
  const std::vector<Tensor> inputs{normal({4, 3}, DType::f64, random), normal({2, 3}, DType::f64, random)};
  expect_gradients(Pass{.pool = pool}, parameters, inputs, [](const Pass& pass, const std::vector<Var>& x) {
    // Rows that are taken twice, and some that nobody takes.
    const Var some = slice_rows(pass, x[0], 1, 3);
    return stack_rows(pass, {multiply(pass, some, x[1]), some, slice_rows(pass, some, 0, 1)});
  });
}

}  // namespace
}  // namespace recur
