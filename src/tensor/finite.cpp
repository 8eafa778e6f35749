#include "tensor/finite.h"

#include <cmath>

namespace recur {

std::string first_not_finite(std::string_view what, const Tensor& values) {
  std::string found;
  with_float_type(values.dtype(), [&]<class T>(T) {
    const T* const v = values.data<T>();
    Index i = 0;
    while (i < values.size() && std::isfinite(v[i])) ++i;
    if (i == values.size()) return;
    // The sign of a NaN says nothing.
    found = std::string(what) + "[" + std::to_string(i) + "] is " +
            (std::isnan(v[i]) ? "nan"
             : v[i] > 0       ? "inf"
                              : "-inf");
  });
  return found;
}

}  // namespace recur
