// Every operation of a lane type as a function over arrays, so that a test can call any instruction set's.
#pragma once

#include "base/types.h"
#include "simd/math.h"

namespace recur {

struct LaneTable {
  using Unary = void (*)(Index size, const float* x, float* y);
  using Binary = void (*)(Index size, const float* a, const float* b, float* y);

  Index lanes = 0;
  Unary exp, log, tanh, sigmoid, relu, negate, abs, sqrt, positive, exponent, to_exponent;
  Binary add, subtract, multiply, divide, max, min, copy_sign;
  void (*fma)(Index size, const float* a, const float* b, const float* c, float* y);
  /// One vector of sums over `fours` times four bytes, each lane's own of b.
  void (*sum_bytes)(Index fours, const std::int8_t* a, const std::int8_t* b, float* y);
  void (*to_bytes)(Index size, const float* x, std::int8_t* y);
  /// Copies what first(n) lets through of one vector; `n` may be anything.
  void (*copy_first)(Index n, const float* x, float* y);
};

/// A function over arrays that calls F on each vector. `size` is a multiple of the lanes: tails are tested by
/// copy_first and with the kernels.
template <class L, class F>
LaneTable::Unary unary(F) {
  return [](Index size, const float* x, float* y) {
    for (Index j = 0; j < size; j += L::size) F{}(L::load(x + j)).store(y + j);
  };
}
template <class L, class F>
LaneTable::Binary binary(F) {
  return [](Index size, const float* a, const float* b, float* y) {
    for (Index j = 0; j < size; j += L::size) F{}(L::load(a + j), L::load(b + j)).store(y + j);
  };
}

template <class L>
LaneTable make_lane_table() {
  LaneTable t{};
  t.lanes = L::size;
  t.exp = unary<L>([](L a) { return exp(a); });
  t.log = unary<L>([](L a) { return log(a); });
  t.tanh = unary<L>([](L a) { return tanh(a); });
  t.sigmoid = unary<L>([](L a) { return sigmoid(a); });
  t.relu = unary<L>([](L a) { return relu(a); });
  t.negate = unary<L>([](L a) { return -a; });
  t.abs = unary<L>([](L a) { return abs(a); });
  t.sqrt = unary<L>([](L a) { return sqrt(a); });
  t.positive = unary<L>([](L a) { return positive(a); });
  t.exponent = unary<L>([](L a) { return exponent(a); });
  t.to_exponent = unary<L>([](L a) { return to_exponent(a); });
  t.add = binary<L>([](L a, L b) { return a + b; });
  t.subtract = binary<L>([](L a, L b) { return a - b; });
  t.multiply = binary<L>([](L a, L b) { return a * b; });
  t.divide = binary<L>([](L a, L b) { return a / b; });
  t.max = binary<L>([](L a, L b) { return max(a, b); });
  t.min = binary<L>([](L a, L b) { return min(a, b); });
  t.copy_sign = binary<L>([](L a, L b) { return copy_sign(a, b); });
  t.sum_bytes = [](Index fours, const std::int8_t* a, const std::int8_t* b, float* y) {
    typename L::ByteSums sums;
    for (Index i = 0; i < fours; ++i) sums.add(a + 4 * i, b + 4 * i * L::size);
    sums.value(nullptr).store(y);
  };
  t.to_bytes = [](Index size, const float* x, std::int8_t* y) {
    for (Index j = 0; j < size; j += L::size) L::load(x + j).store_bytes(y + j);
  };
  t.fma = [](Index size, const float* a, const float* b, const float* c, float* y) {
    for (Index j = 0; j < size; j += L::size)
      fma(L::load(a + j), L::load(b + j), L::load(c + j)).store(y + j);
  };
  t.copy_first = [](Index n, const float* x, float* y) {
    const auto mask = L::first(n);
    L::load(x, mask).store(y, mask);
  };
  return t;
}

LaneTable scalar_lane_table();
#if defined(__x86_64__)
LaneTable avx2_lane_table();
LaneTable avx512_lane_table();
#elif defined(__aarch64__)
LaneTable neon_lane_table();
#endif

}  // namespace recur
