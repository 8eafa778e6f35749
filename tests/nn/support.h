// What tests of layers share: tensors from numbers, finite differences, and runs that must agree to the bit.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "base/random.h"
#include "nn/pass.h"

namespace recur::test {

template <class T, class From>
Tensor tensor_of(const std::vector<From>& values, const Shape& shape) {
  Tensor t = Tensor::empty(shape, kDType<T>);
  RECUR_ASSERT(t.size() == static_cast<Index>(values.size()));
  for (std::size_t i = 0; i < values.size(); ++i) t.data<T>()[i] = static_cast<T>(values[i]);
  return t;
}

/// The values of a tensor of floats or doubles.
inline std::vector<double> values_of(const Tensor& t) {
  std::vector<double> values;
  with_float_type(t.dtype(), [&]<class T>(T) {
    for (Index i = 0; i < t.size(); ++i) values.push_back(static_cast<double>(t.data<T>()[i]));
  });
  return values;
}

inline void fill_normal(const Tensor& t, Random& random) {
  with_float_type(t.dtype(), [&]<class T>(T) {
    for (Index i = 0; i < t.size(); ++i) t.data<T>()[i] = static_cast<T>(random.normal());
  });
}
inline Tensor normal(const Shape& shape, DType dtype, Random& random) {
  Tensor t = Tensor::empty(shape, dtype);
  fill_normal(t, random);
  return t;
}
inline void fill_normal(Parameters& parameters, Random& random) {
  for (Parameter& p : parameters) {
    fill_normal(p.value, random);
    ++p.version;
  }
}

/// Σ y ⊙ weights: makes a scalar of an output, so that nothing in its gradient cancels.
inline Var project(const Var& y, const Tensor& weights) {
  RECUR_ASSERT(y.value.size() == weights.size());
  Tensor sum = Tensor::zeros({}, y.dtype());
  with_float_type(y.dtype(), [&]<class T>(T) {
    for (Index i = 0; i < weights.size(); ++i) *sum.data<T>() += y.value.data<T>()[i] * weights.data<T>()[i];
  });
  return record(sum, {&y}, [y, weights](Gradients& g, const Tensor& d) {
    const Tensor dy = g.of(y);
    with_float_type(y.dtype(), [&]<class T>(T) {
      for (Index i = 0; i < weights.size(); ++i) dy.data<T>()[i] += *d.data<T>() * weights.data<T>()[i];
    });
  });
}

/// What is under test: inputs to an output of any shape.
using Model = std::function<Var(const Pass&, const std::vector<Var>&)>;

struct Outcome {
  Tensor y;
  std::vector<Tensor> gradients;  // of the inputs, then of the parameters
};

/// Forward and backward with a fixed random projection of the output; `pass` brings pool and mask address.
inline Outcome run(Pass pass, Parameters& parameters, const std::vector<Tensor>& inputs, const Model& model) {
  Tape tape;
  pass.tape = &tape;
  parameters.zero_gradients();
  std::vector<Var> vars;
  for (const Tensor& x : inputs) vars.push_back(tape.leaf(x));
  const Var y = model(pass, vars);
  Random random(99);
  tape.backward(project(y, normal(y.shape(), y.dtype(), random)));
  Outcome out{y.value.clone(), {}};
  for (const Var& x : vars) out.gradients.push_back(tape.gradient(x).clone());
  for (const Parameter& p : parameters) out.gradients.push_back(p.gradient.clone());
  return out;
}

/// Compares every gradient with central differences. In double: the step leaves ten digits.
inline void expect_gradients(Pass pass, Parameters& parameters, const std::vector<Tensor>& inputs,
                             const Model& model, double tolerance = 1e-8) {
  const Outcome analytic = run(pass, parameters, inputs, model);
  const auto loss = [&] {
    pass.tape = nullptr;
    std::vector<Var> vars(inputs.begin(), inputs.end());
    const Var y = model(pass, vars);
    Random random(99);
    return *project(y, normal(y.shape(), y.dtype(), random)).value.data<double>();
  };
  const auto check_all = [&](const Tensor& x, const Tensor& gradient, const std::string& name, auto&& moved) {
    for (Index i = 0; i < x.size(); ++i) {
      double& value = x.data<double>()[i];
      const double start = value, h = 1e-5;
      value = start + h;
      moved();
      const double above = loss();
      value = start - h;
      moved();
      const double below = loss();
      value = start;
      moved();
      const double numeric = (above - below) / (2 * h), found = gradient.data<double>()[i];
      EXPECT_LE(std::abs(found - numeric), tolerance * (1 + std::abs(numeric)))
          << name << "[" << i << "]: found " << found << ", finite differences " << numeric;
    }
  };
  std::size_t k = 0;
  for (const Tensor& x : inputs) {
    check_all(x, analytic.gradients[k], "input " + std::to_string(k), [] {});
    ++k;
  }
  for (Parameter& p : parameters) check_all(p.value, analytic.gradients[k++], p.name, [&] { ++p.version; });
}

inline void expect_same_bits(const Tensor& a, const Tensor& b, const std::string& what) {
  ASSERT_EQ(a.shape(), b.shape()) << what;
  EXPECT_EQ(std::memcmp(a.raw(), b.raw(), static_cast<std::size_t>(a.bytes())), 0) << what;
}

/// Runs with one, two and three threads and expects the same bits of everything.
inline void expect_same_bits_on_threads(Pass pass, Parameters& parameters, const std::vector<Tensor>& inputs,
                                        const Model& model) {
  ThreadPool one(1);
  const auto with = [&](ThreadPool& pool) {
    Pass p{.pool = pool,
           .training = pass.training,
           .seed = pass.seed,
           .step = pass.step,
           .first_sequence = pass.first_sequence,
           .first_time = pass.first_time};
    return run(p, parameters, inputs, model);
  };
  const Outcome expected = with(one);
  for (const Index threads : {2, 3}) {
    ThreadPool pool(threads);
    const Outcome found = with(pool);
    expect_same_bits(found.y, expected.y, "output of " + std::to_string(threads) + " threads");
    for (std::size_t i = 0; i < expected.gradients.size(); ++i)
      expect_same_bits(found.gradients[i], expected.gradients[i],
                       "gradient " + std::to_string(i) + " of " + std::to_string(threads) + " threads");
  }
}

}  // namespace recur::test
