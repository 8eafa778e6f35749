// An example as a classifier learns from it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tensor/tensor.h"

namespace recur {

struct Example {
  Tensor input{};                      ///< tokens [T] (i32), or numbers [T, features] (f32)
  std::vector<std::int32_t> labels{};  ///< rising; one, unless there may be any number
  std::string place{};                 ///< "reviews.tsv:17"
  std::string shown{};                 ///< the text, or a few words on the series, for reports
};

}  // namespace recur
