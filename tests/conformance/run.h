// Running a recurrent stack on padded data, and what comes out of it.
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>

#include "base/random.h"
#include "nn/initialise.h"
#include "nn/ops.h"
#include "tests/conformance/options.h"

namespace recur::conformance {

/// A stack with weights drawn from a seed.
template <class T>
struct Stack {
  explicit Stack(const RecurrentConfig& config) : parameters(kDType<T>), layers(config, parameters) {
    Random random(7);
    for (Parameter& p : parameters) {
      for (Index i = 0; i < p.value.size(); ++i)
        p.value.data<T>()[i] =
            static_cast<T>(p.kind == ParameterKind::gain ? 1 + 0.1 * random.normal() : 0.5 * random.normal());
      ++p.version;
    }
  }
  Parameters parameters;
  Recurrent layers;
};

template <class T>
Tensor random_tensor(const Shape& shape, std::uint64_t seed) {
  Random random(seed);
  Tensor t = Tensor::empty(shape, kDType<T>);
  for (Index i = 0; i < t.size(); ++i) t.data<T>()[i] = static_cast<T>(random.normal());
  return t;
}

template <class T>
RecurrentState random_state(const Recurrent& layers, Index batch) {
  RecurrentState state = layers.zero_state(batch);
  std::uint64_t seed = 100;
  for (Var& part : state.parts) part = Var(random_tensor<T>(part.shape(), seed++));
  return state;
}

/// The values of a sequence n of padded [T,N,F] data, steps [from, to).
template <class T>
Tensor sequence(const Tensor& padded, Index n, Index from, Index to) {
  const Index batch = padded.dim(1), width = padded.dim(2);
  Tensor out = Tensor::empty({to - from, 1, width}, kDType<T>);
  for (Index t = from; t < to; ++t)
    std::copy_n(padded.data<T>() + (t * batch + n) * width, width, out.data<T>() + (t - from) * width);
  return out;
}

/// Σ weights ⊙ values, as the last op of a tape: its gradient is exactly `weights`.
template <class T>
Var projected_loss(const Var& values, const Tensor& weights) {
  Tensor sum = Tensor::zeros({1}, kDType<T>);
  for (Index i = 0; i < weights.size(); ++i)
    *sum.data<T>() += weights.data<T>()[i] * values.value.data<T>()[i];
  return record(sum, {&values}, [values, weights](Gradients& g, const Tensor& d) {
    const Tensor dx = g.of(values);
    if (!dx.defined()) return;
    for (Index i = 0; i < weights.size(); ++i) dx.data<T>()[i] += *d.data<T>() * weights.data<T>()[i];
  });
}

template <class T>
bool same_bits(const Tensor& a, const Tensor& b) {
  return a.shape() == b.shape() && std::memcmp(a.raw(), b.raw(), static_cast<std::size_t>(a.bytes())) == 0;
}

}  // namespace recur::conformance
