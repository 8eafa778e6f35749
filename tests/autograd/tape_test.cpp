#include "autograd/tape.h"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>

namespace recur {
namespace {

Tensor scalar(float value) {
  Tensor t = Tensor::empty({1});
  *t.data<float>() = value;
  return t;
}

TEST(Tape, AnOpThatThrowsIsForgottenToo) {
  const auto held = std::make_shared<int>(0);
  Tape tape;
  const Var x = tape.leaf(scalar(1));
  const Var y = record(scalar(1), {&x}, [held](Gradients&, const Tensor&) { ++*held; });
  const Var z = record(scalar(1), {&y}, [held, y](Gradients& g, const Tensor&) {
    g.of(y);
    throw std::runtime_error("no");
  });
  EXPECT_EQ(held.use_count(), 3);
  EXPECT_THROW(tape.backward(z), std::runtime_error);
  EXPECT_EQ(held.use_count(), 2);
  tape.clear();
  EXPECT_EQ(held.use_count(), 1);
  EXPECT_EQ(*held, 0);
}

TEST(Tape, SubnormalsAreZeroOnTheWayBack) {
#if defined(__x86_64__) || defined(__aarch64__)
  Tape tape;
  const Var x = tape.leaf(scalar(1));
  const Var y = record(scalar(1), {&x}, [x](Gradients& g, const Tensor& dy) {
    const volatile float small = 1e-20F;
    *g.of(x).data<float>() += *dy.data<float>() * small * small;
  });
  tape.backward(y);
  EXPECT_EQ(*tape.gradient(x).data<float>(), 0.0F);
#endif
}

}  // namespace
}  // namespace recur
