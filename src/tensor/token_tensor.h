// Tokens as a tensor.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "tensor/tensor.h"

namespace recur {

/// i32 [size].
inline Tensor token_tensor(std::span<const std::int32_t> ids) {
  Tensor t = Tensor::empty({static_cast<Index>(ids.size())}, DType::i32);
  std::copy(ids.begin(), ids.end(), t.data<std::int32_t>());
  return t;
}

}  // namespace recur
