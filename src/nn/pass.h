// One pass through a model: where it is recorded, who computes it, and what its random masks are drawn from.
#pragma once

#include <string>
#include <string_view>

#include "autograd/tape.h"
#include "base/philox.h"
#include "base/thread_pool.h"
#include "nn/parameters.h"
#include "tensor/finite.h"
#include "tensor/layout.h"

namespace recur {

struct Pass {
  ThreadPool& pool;
  Tape* tape = nullptr;   ///< null: nothing is kept, there is no gradient
  bool training = false;  ///< dropout and zoneout draw masks; otherwise their expectation is used

  // The address of random masks (see base/philox.h): no state and no order.
  std::uint64_t seed = 0;
  std::uint64_t step = 0;  ///< the optimiser step
  Index first_sequence =
      0;  ///< number of the batch's first sequence within the step: not 0 when gradients are accumulated
  Index first_time = 0;  ///< absolute time of the batch's first step: not 0 in truncated backpropagation

  /// Where one is given, it gets the first value that is not finite: "the output of layer 0[7] is inf".
  std::string* not_finite = nullptr;
  /// Looks for it in what a part of the model has computed.
  void look(std::string_view what, const Tensor& values) const {
    if (not_finite != nullptr && not_finite->empty()) *not_finite = first_not_finite(what, values);
  }

  /// A parameter as a value of this pass.
  Var use(Parameter& parameter) const {
    return tape == nullptr ? Var(parameter.value) : tape->leaf(parameter.value, parameter.gradient);
  }
  RandomKey random_key(std::uint32_t layer, std::uint32_t site) const { return {seed, step, layer, site}; }
};

/// A batch of sequences: one row a time step, packed as the layout says.
struct Sequence {
  Var rows;  ///< [layout->rows(), features], or a table [n, features] where there are ids
  LayoutPtr layout;
  /// i32 [layout->rows()]: step r reads row ids[r] of the table. What is computed from a row of it is so
  /// once, not once a step.
  Tensor ids{};
};

}  // namespace recur
