// ln Σ e^x of rows of logits.
#pragma once

#include <algorithm>
#include <array>

#include "kernels/table.h"

namespace recur {

/// sums[r] = ln Σ_c e^logits[r, c] of logits [rows, classes]; the softmax of each row, too, unless
/// `probabilities` is null.
template <class T>
void log_sums(Index rows, Index classes, const T* logits, T* sums, T* probabilities = nullptr) {
  constexpr Index kRows = 64;
  constexpr std::array<std::int32_t, kRows> first{};
  for (Index begin = 0; begin < rows; begin += kRows) {
    const Index count = std::min(kRows, rows - begin);
    // The loss of class 0 is ln Σ e^x − x_0.
    kernels<T>().cross_entropy(
        {.rows = count,
         .classes = classes,
         .logits = logits + begin * classes,
         .targets = first.data(),
         .losses = sums + begin,
         .probabilities = probabilities == nullptr ? nullptr : probabilities + begin * classes});
    for (Index r = begin; r < begin + count; ++r) sums[r] += logits[r * classes];
  }
}

}  // namespace recur
