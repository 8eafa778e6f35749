#include "nn/dropout.h"

#include "nn/masks.h"
#include "nn/ops.h"

namespace recur {

Var dropout(const Pass& pass, const Var& x, const Layout& layout, double p, std::uint32_t layer,
            std::uint32_t site) {
  if (!pass.training || p == 0) return x;
  return apply_mask(
      pass, x,
      step_mask(pass, pass.random_key(layer, site), dropout_values(p), layout, x.shape()[1], x.dtype()));
}

}  // namespace recur
