// The gated recurrent unit, with the reset after and before the product with h.
#pragma once

#include "cells/cell.h"

namespace recur {

/// r = σ(r̂)  z = σ(ẑ)  n = tanh(n̂ + r⊙m̂);  h′ = (1 − z)⊙n + z⊙h, where n̂ sees x and m̂ sees h.
/// (the form of PyTorch and cuDNN, after Cho et al. 2014, version 3)
struct Gru {
  static constexpr std::string_view name = "gru";
  static constexpr std::string_view summary =
      "Cho et al. 2014, reset after the product (as PyTorch and cuDNN)";
  static constexpr std::array gates{Gate{"r"}, Gate{"z"}, Gate{"n", From::x}, Gate{"m", From::h}};
  static constexpr Names<1> states{"h"};
  static constexpr Names<4> tape{"r", "z", "n", "m"};
  static constexpr bool reads_h = true;

  template <class V>
  static constexpr Forward<Gru, V> forward(std::array<V, 4> a, std::array<V, 1> s) {
    const V r = sigmoid(a[0]), z = sigmoid(a[1]);
    const V n = tanh(a[2] + r * a[3]);
    return {{(V::broadcast(1) - z) * n + z * s[0]}, {r, z, n, a[3]}};
  }
  template <class V>
  static constexpr Backward<Gru, V> backward(std::array<V, 1> ds, std::array<V, 4> tape, std::array<V, 1> s) {
    const auto [r, z, n, m] = tape;
    const V one = V::broadcast(1);
    const V da_n = ds[0] * (one - z) * (one - n * n);
    return {.da = {da_n * m * r * (one - r), ds[0] * (s[0] - n) * z * (one - z), da_n, da_n * r},
            .ds = {ds[0] * z},
            .dp = {}};
  }
};

/// r = σ(r̂)  z = σ(ẑ);  n = tanh(n̂ + U_n(r⊙h));  h′ = (1 − z)⊙n + z⊙h
/// (Cho et al. 2014, "Learning phrase representations using RNN encoder-decoder", with z and 1 − z as in
/// PyTorch; ONNX's default)
struct GruResetBefore {
  static constexpr std::string_view name = "gru_reset_before";
  static constexpr std::string_view summary =
      "Cho et al. 2014, reset before the product (as the paper and ONNX's default)";
  static constexpr std::array gates{Gate{"r"}, Gate{"z"}, Gate{"n", From::both, 1}};
  static constexpr Names<1> states{"h"};
  static constexpr Names<3> tape{"r", "z", "n"};
  static constexpr bool reads_h = true;

  template <class V>
  static constexpr Early<GruResetBefore, V, 2> early(std::array<V, 2> a, std::array<V, 1> s) {
    const V r = sigmoid(a[0]);
    return {.product = r * s[0], .keep = {r, sigmoid(a[1])}};
  }
  template <class V>
  static constexpr Forward<GruResetBefore, V> forward(std::array<V, 1> a, std::array<V, 2> keep,
                                                      std::array<V, 1> s) {
    const auto [r, z] = keep;
    const V n = tanh(a[0]);
    return {{(V::broadcast(1) - z) * n + z * s[0]}, {r, z, n}};
  }
  template <class V>
  static constexpr LateBackward<GruResetBefore, V, 2> backward(std::array<V, 1> ds, std::array<V, 3> tape,
                                                               std::array<V, 1> s) {
    const auto [r, z, n] = tape;
    const V one = V::broadcast(1);
    return {.da = {ds[0] * (one - z) * (one - n * n)},
            .dkeep = {V::broadcast(0), ds[0] * (s[0] - n)},
            .ds = {ds[0] * z}};
  }
  template <class V>
  static constexpr EarlyBackward<GruResetBefore, V, 2> early_backward(V dproduct, std::array<V, 2> dkeep,
                                                                      std::array<V, 3> tape,
                                                                      std::array<V, 1> s) {
    const V r = tape[0], z = tape[1];
    const V one = V::broadcast(1);
    return {.da = {(dkeep[0] + dproduct * s[0]) * r * (one - r), dkeep[1] * z * (one - z)},
            .ds = {dproduct * r}};
  }
};

}  // namespace recur
