// Dropout on the rows of a batch.
#pragma once

#include "nn/pass.h"

namespace recur {

/// Layer numbers of masks outside the recurrent layers, which number theirs from 0: RandomKey::layer.
inline constexpr std::uint32_t kOutsideLayers = 1U << 30;
/// There, the site of the whole words of a model's first table: far from those that models number from 0.
inline constexpr std::uint32_t kWholeWords = 1U << 16;

/// In training each element of x [rows, width] is 0 with probability p, else x/(1 − p), by a fresh mask at
/// each step (Srivastava et al. 2014); otherwise x itself. Row and time of an element are the layout's;
/// layer and site say which mask it is, no two alike.
Var dropout(const Pass& pass, const Var& x, const Layout& layout, double p, std::uint32_t layer,
            std::uint32_t site);

}  // namespace recur
