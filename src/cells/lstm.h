// The long short-term memory: plain, with peepholes, with coupled input and forget gates.
#pragma once

#include "cells/cell.h"

namespace recur {

/// i = σ(î)  f = σ(f̂)  g = tanh(ĝ)  o = σ(ô);  c′ = f⊙c + i⊙g;  h′ = o⊙tanh(c′)
/// (Hochreiter, Schmidhuber 1997; forget gate: Gers, Schmidhuber, Cummins 2000)
struct Lstm {
  static constexpr std::string_view name = "lstm";
  static constexpr std::string_view summary =
      "Hochreiter, Schmidhuber 1997, with the forget gate of Gers et al. 2000";
  static constexpr std::array gates{Gate{"i"}, Gate{"f"}, Gate{"g"}, Gate{"o"}};
  static constexpr Names<2> states{"h", "c"};
  static constexpr Names<5> tape{"i", "f", "g", "o", "tanh_c"};
  static constexpr bool reads_h = false;

  template <class V>
  static constexpr Forward<Lstm, V> forward(std::array<V, 4> a, std::array<V, 2> s) {
    const V i = sigmoid(a[0]), f = sigmoid(a[1]), g = tanh(a[2]), o = sigmoid(a[3]);
    const V c = f * s[1] + i * g;
    const V tanh_c = tanh(c);
    return {{o * tanh_c, c}, {i, f, g, o, tanh_c}};
  }
  template <class V>
  static constexpr Backward<Lstm, V> backward(std::array<V, 2> ds, std::array<V, 5> tape,
                                              std::array<V, 2> s) {
    const auto [i, f, g, o, tanh_c] = tape;
    const V one = V::broadcast(1);
    const V dc = ds[1] + ds[0] * o * (one - tanh_c * tanh_c);
    return {.da = {dc * g * i * (one - i), dc * s[1] * f * (one - f), dc * i * (one - g * g),
                   ds[0] * tanh_c * o * (one - o)},
            .ds = {V::broadcast(0), dc * f},
            .dp = {}};
  }
};

/// As Lstm, but i and f see c, and o sees c′, each through a weight per unit.
/// (Gers, Schmidhuber 2000, "Recurrent nets that time and count")
struct LstmPeephole {
  static constexpr std::string_view name = "lstm_peephole";
  static constexpr std::string_view summary =
      "LSTM with peepholes: Gers, Schmidhuber 2000, Recurrent nets that time and count";
  static constexpr std::array gates{Gate{"i"}, Gate{"f"}, Gate{"g"}, Gate{"o"}};
  static constexpr Names<2> states{"h", "c"};
  static constexpr Names<3> unit_weights{"p_i", "p_f", "p_o"};
  static constexpr Names<6> tape{"i", "f", "g", "o", "c'", "tanh_c"};
  static constexpr bool reads_h = false;

  template <class V>
  static constexpr Forward<LstmPeephole, V> forward(std::array<V, 4> a, std::array<V, 2> s,
                                                    std::array<V, 3> p) {
    const V i = sigmoid(a[0] + p[0] * s[1]), f = sigmoid(a[1] + p[1] * s[1]), g = tanh(a[2]);
    const V c = f * s[1] + i * g;
    const V o = sigmoid(a[3] + p[2] * c);
    const V tanh_c = tanh(c);
    return {{o * tanh_c, c}, {i, f, g, o, c, tanh_c}};
  }
  template <class V>
  static constexpr Backward<LstmPeephole, V> backward(std::array<V, 2> ds, std::array<V, 6> tape,
                                                      std::array<V, 2> s, std::array<V, 3> p) {
    const auto [i, f, g, o, c, tanh_c] = tape;
    const V one = V::broadcast(1);
    const V da_o = ds[0] * tanh_c * o * (one - o);
    const V dc = ds[1] + ds[0] * o * (one - tanh_c * tanh_c) + da_o * p[2];
    const V da_i = dc * g * i * (one - i), da_f = dc * s[1] * f * (one - f);
    return {.da = {da_i, da_f, dc * i * (one - g * g), da_o},
            .ds = {V::broadcast(0), dc * f + da_i * p[0] + da_f * p[1]},
            .dp = {da_i * s[1], da_f * s[1], da_o * c}};
  }
};

/// As Lstm with f = 1 − i.   (Greff et al. 2017, "LSTM: a search space odyssey", CIFG)
struct LstmCoupled {
  static constexpr std::string_view name = "lstm_coupled";
  static constexpr std::string_view summary =
      "LSTM with f = 1 - i: Greff et al. 2017, LSTM: a search space odyssey";
  static constexpr std::array gates{Gate{"i"}, Gate{"g"}, Gate{"o"}};
  static constexpr Names<2> states{"h", "c"};
  static constexpr Names<4> tape{"i", "g", "o", "tanh_c"};
  static constexpr bool reads_h = false;

  template <class V>
  static constexpr Forward<LstmCoupled, V> forward(std::array<V, 3> a, std::array<V, 2> s) {
    const V i = sigmoid(a[0]), g = tanh(a[1]), o = sigmoid(a[2]);
    const V c = (V::broadcast(1) - i) * s[1] + i * g;
    const V tanh_c = tanh(c);
    return {{o * tanh_c, c}, {i, g, o, tanh_c}};
  }
  template <class V>
  static constexpr Backward<LstmCoupled, V> backward(std::array<V, 2> ds, std::array<V, 4> tape,
                                                     std::array<V, 2> s) {
    const auto [i, g, o, tanh_c] = tape;
    const V one = V::broadcast(1);
    const V dc = ds[1] + ds[0] * o * (one - tanh_c * tanh_c);
    return {.da = {dc * (g - s[1]) * i * (one - i), dc * i * (one - g * g), ds[0] * tanh_c * o * (one - o)},
            .ds = {V::broadcast(0), dc * (one - i)},
            .dp = {}};
  }
};

}  // namespace recur
