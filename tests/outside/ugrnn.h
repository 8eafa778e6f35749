// The update-gate RNN, as a user would write a cell that the library lacks.
#pragma once

#include "cells/cell.h"

/// g = σ(ĝ)  c = tanh(ĉ);  h′ = g⊙h + (1 − g)⊙c
struct Ugrnn {
  static constexpr std::string_view name = "ugrnn";
  static constexpr std::string_view summary =
      "Collins, Sohl-Dickstein, Sussillo 2017, Capacity and Trainability";
  static constexpr std::array gates{recur::Gate{"g"}, recur::Gate{"c"}};
  static constexpr recur::Names<1> states{"h"};
  static constexpr recur::Names<2> tape{"g", "c"};
  static constexpr bool reads_h = true;

  template <class V>
  static constexpr recur::Forward<Ugrnn, V> forward(std::array<V, 2> a, std::array<V, 1> s) {
    const V g = sigmoid(a[0]), c = tanh(a[1]);
    return {{c + g * (s[0] - c)}, {g, c}};
  }
  template <class V>
  static constexpr recur::Backward<Ugrnn, V> backward(std::array<V, 1> ds, std::array<V, 2> tape,
                                                      std::array<V, 1> s) {
    const auto [g, c] = tape;
    const V one = V::broadcast(1);
    return {.da = {ds[0] * (s[0] - c) * g * (one - g), ds[0] * (one - g) * (one - c * c)},
            .ds = {ds[0] * g},
            .dp = {}};
  }
};
