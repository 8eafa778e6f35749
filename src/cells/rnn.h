// The Elman network with tanh or ReLU.
#pragma once

#include "cells/cell.h"

namespace recur {

/// h′ = tanh(â)   (Elman 1990, "Finding structure in time")
struct RnnTanh {
  static constexpr std::string_view name = "rnn_tanh";
  static constexpr std::string_view summary = "Elman 1990, Finding structure in time";
  static constexpr std::array gates{Gate{"a"}};
  static constexpr Names<1> states{"h"};
  static constexpr Names<1> tape{"h'"};
  static constexpr bool reads_h = false;

  template <class V>
  static constexpr Forward<RnnTanh, V> forward(std::array<V, 1> a, std::array<V, 1>) {
    const V h = tanh(a[0]);
    return {{h}, {h}};
  }
  template <class V>
  static constexpr Backward<RnnTanh, V> backward(std::array<V, 1> ds, std::array<V, 1> tape,
                                                 std::array<V, 1>) {
    const V h = tape[0];
    return {.da = {ds[0] * (V::broadcast(1) - h * h)}, .ds = {V::broadcast(0)}, .dp = {}};
  }
};

/// h′ = max(â, 0)   (Le, Jaitly, Hinton 2015, "A simple way to initialize recurrent networks of rectified
/// linear units")
struct RnnRelu {
  static constexpr std::string_view name = "rnn_relu";
  static constexpr std::string_view summary =
      "Le, Jaitly, Hinton 2015, A simple way to initialize recurrent networks of ReLUs";
  static constexpr std::array gates{Gate{"a"}};
  static constexpr Names<1> states{"h"};
  static constexpr Names<1> tape{"h'"};
  static constexpr bool reads_h = false;

  template <class V>
  static constexpr Forward<RnnRelu, V> forward(std::array<V, 1> a, std::array<V, 1>) {
    const V h = relu(a[0]);
    return {{h}, {h}};
  }
  template <class V>
  static constexpr Backward<RnnRelu, V> backward(std::array<V, 1> ds, std::array<V, 1> tape,
                                                 std::array<V, 1>) {
    return {.da = {ds[0] * positive(tape[0])}, .ds = {V::broadcast(0)}, .dp = {}};
  }
};

}  // namespace recur
