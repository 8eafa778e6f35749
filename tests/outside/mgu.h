// A cell from outside: the minimal gated unit, with one gate for both what GRU's two do.
#pragma once

#include "cells/cell.h"

namespace outside {

/// f = σ(f̂);  n = tanh(n̂ + U_n(f⊙h));  h′ = (1 − f)⊙h + f⊙n
/// (Zhou, Wu, Zhang, Zhou 2016, "Minimal gated unit for recurrent neural networks", eqs. 6-8)
struct Mgu {
  static constexpr std::string_view name = "mgu";
  static constexpr std::string_view summary =
      "Zhou et al. 2016, Minimal gated unit for recurrent neural networks";
  static constexpr std::array gates{recur::Gate{"f"}, recur::Gate{"n", recur::From::both, 1}};
  static constexpr recur::Names<1> states{"h"};
  static constexpr recur::Names<2> tape{"f", "n"};
  static constexpr bool reads_h = true;

  template <class V>
  static constexpr recur::Early<Mgu, V, 1> early(std::array<V, 1> a, std::array<V, 1> s) {
    const V f = sigmoid(a[0]);
    return {.product = f * s[0], .keep = {f}};
  }
  template <class V>
  static constexpr recur::Forward<Mgu, V> forward(std::array<V, 1> a, std::array<V, 1> keep,
                                                  std::array<V, 1> s) {
    const V f = keep[0], n = tanh(a[0]);
    return {{(V::broadcast(1) - f) * s[0] + f * n}, {f, n}};
  }
  template <class V>
  static constexpr recur::LateBackward<Mgu, V, 1> backward(std::array<V, 1> ds, std::array<V, 2> tape,
                                                           std::array<V, 1> s) {
    const auto [f, n] = tape;
    const V one = V::broadcast(1);
    return {.da = {ds[0] * f * (one - n * n)}, .dkeep = {ds[0] * (n - s[0])}, .ds = {ds[0] * (one - f)}};
  }
  template <class V>
  static constexpr recur::EarlyBackward<Mgu, V, 1> early_backward(V dproduct, std::array<V, 1> dkeep,
                                                                  std::array<V, 2> tape, std::array<V, 1> s) {
    const V f = tape[0];
    return {.da = {(dkeep[0] + dproduct * s[0]) * f * (V::broadcast(1) - f)}, .ds = {dproduct * f}};
  }
};

}  // namespace outside
