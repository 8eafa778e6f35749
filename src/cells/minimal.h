// minGRU and minLSTM: gates see only the input, so the recurrence is linear in h.
// (Feng, Tung, Ahmed, Bengio, Hajimirsadeghi 2024, "Were RNNs all we needed?", forms with a linear candidate)
#pragma once

#include "cells/cell.h"

namespace recur {

/// z = σ(ẑ);  h′ = h + z⊙(n̂ − h)
struct MinGru {
  static constexpr std::string_view name = "mingru";
  static constexpr std::string_view summary =
      "Feng et al. 2024, Were RNNs all we needed?, minGRU with a linear candidate";
  static constexpr std::array gates{Gate{"z", From::x}, Gate{"n", From::x}};
  static constexpr Names<1> states{"h"};
  static constexpr Names<2> tape{"z", "n"};
  static constexpr bool reads_h = true;

  template <class V>
  static constexpr Forward<MinGru, V> forward(std::array<V, 2> a, std::array<V, 1> s) {
    const V z = sigmoid(a[0]);
    return {{s[0] + z * (a[1] - s[0])}, {z, a[1]}};
  }
  template <class V>
  static constexpr Backward<MinGru, V> backward(std::array<V, 1> ds, std::array<V, 2> tape,
                                                std::array<V, 1> s) {
    const auto [z, n] = tape;
    const V one = V::broadcast(1);
    return {.da = {ds[0] * (n - s[0]) * z * (one - z), ds[0] * z}, .ds = {ds[0] * (one - z)}, .dp = {}};
  }
};

/// f = σ(f̂)  i = σ(î);  h′ = f/(f+i)⊙h + i/(f+i)⊙ĝ
struct MinLstm {
  static constexpr std::string_view name = "minlstm";
  static constexpr std::string_view summary =
      "Feng et al. 2024, Were RNNs all we needed?, minLSTM with a linear candidate";
  static constexpr std::array gates{Gate{"f", From::x}, Gate{"i", From::x}, Gate{"g", From::x}};
  static constexpr Names<1> states{"h"};
  static constexpr Names<3> tape{"f", "i", "g"};
  static constexpr bool reads_h = true;

  template <class V>
  static constexpr Forward<MinLstm, V> forward(std::array<V, 3> a, std::array<V, 1> s) {
    const V f = sigmoid(a[0]), i = sigmoid(a[1]);
    const V share = f / (f + i);
    return {{share * s[0] + (V::broadcast(1) - share) * a[2]}, {f, i, a[2]}};
  }
  template <class V>
  static constexpr Backward<MinLstm, V> backward(std::array<V, 1> ds, std::array<V, 3> tape,
                                                 std::array<V, 1> s) {
    const auto [f, i, g] = tape;
    const V one = V::broadcast(1);
    const V share = f / (f + i);
    // d share / d f̂ = share·(1 − share)·(1 − f), and with the opposite sign for î.
    const V dshare = ds[0] * (s[0] - g) * share * (one - share);
    return {.da = {dshare * (one - f), -(dshare * (one - i)), ds[0] * (one - share)},
            .ds = {ds[0] * share},
            .dp = {}};
  }
};

}  // namespace recur
