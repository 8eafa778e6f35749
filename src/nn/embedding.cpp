#include "nn/embedding.h"

#include "kernels/table.h"
#include "nn/dropout.h"
#include "nn/masks.h"
#include "nn/ops.h"
#include "nn/share.h"

namespace recur {

Embedding::Embedding(Parameters& parameters, const std::string& name, Index vocabulary, Index width,
                     Index padding_idx)
    : weight_(&parameters.add(name + ".weight", ParameterKind::embedding, {vocabulary, width})),
      padding_idx_(padding_idx) {}

Var Embedding::forward(const Pass& pass, const Tensor& ids) const {
  const Index rows = ids.size(), columns = width(), padding = padding_idx_;
  const std::int32_t* const id = ids.data<std::int32_t>();
  for (Index r = 0; r < rows; ++r) RECUR_ASSERT(id[r] >= 0 && id[r] < vocabulary());
  const Var w = pass.use(*weight_);
  Tensor y = Tensor::empty({rows, columns}, w.dtype());
  ThreadPool* const pool = &pass.pool;
  with_float_type(y.dtype(), [&]<class T>(T) {
    const T* const table = w.value.data<T>();
    share(*pool, rows, 256, [&](Index begin, Index end) {
      for (Index r = begin; r < end; ++r)
        std::copy_n(table + id[r] * columns, columns, y.data<T>() + r * columns);
    });
  });
  return record(y, {&w}, [=](Gradients& g, const Tensor& dy) {
    const Tensor dw = g.of(w);
    with_float_type(dy.dtype(), [&]<class T>(T) {
      // Each thread has columns of its own, in whole cache lines: no sum is shared.
      const Kernels<T>& k = kernels<T>();
      const std::int32_t* const row_id = ids.data<std::int32_t>();
      share(*pool, columns, 16, [&](Index begin, Index end) {
        for (Index r = rows - 1; r >= 0; --r)
          if (row_id[r] != padding)
            k.add(end - begin, dy.data<T>() + r * columns + begin,
                  dw.data<T>() + row_id[r] * columns + begin);
      });
    });
  });
}

Var Embedding::table(const Pass& pass) const {
  RECUR_ASSERT(padding_idx_ == kNoPadding);
  return pass.use(*weight_);
}

Var Embedding::forward(const Pass& pass, const Tensor& ids, double p, std::uint32_t table) const {
  const Var y = forward(pass, ids);
  if (!pass.training || p == 0) return y;
  return apply_mask(pass, y,
                    table_mask(pass, pass.random_key(kOutsideLayers, kWholeWords + table), dropout_values(p),
                               ids, width(), y.dtype()));
}

}  // namespace recur
