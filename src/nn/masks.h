// Random masks of dropout and zoneout: pure functions of where an element is, so that they depend on no
// order.
#pragma once

#include "nn/pass.h"

namespace recur {

/// What a mask of p is made of: `dropped` with probability p, else `kept`.
struct MaskValues {
  double p, dropped, kept;
};
/// Dropout: 0 or 1/(1 − p).
inline MaskValues dropout_values(double p) { return {p, 0.0, 1.0 / (1.0 - p)}; }
/// Zoneout: 1 where the state stays.
inline MaskValues zoneout_values(double p) { return {p, 1.0, 0.0}; }

/// A mask for every row of a packed batch, [rows, width]: element (t, sequence, unit).
Tensor step_mask(const Pass& pass, RandomKey key, MaskValues values, const Layout& layout, Index width,
                 DType dtype);

/// A mask for every sequence, [N, width] by position in the layout: element (sequence, unit).
Tensor sequence_mask(const Pass& pass, RandomKey key, MaskValues values, const Layout& layout, Index width,
                     DType dtype);

/// A mask for every entry of a matrix of weights: element (row, column), one for all sequences of a batch.
Tensor matrix_mask(const Pass& pass, RandomKey key, MaskValues values, const Shape& shape, DType dtype);

/// A mask for every row of a table, spread over the rows that are read of it: [ids, width], each row of one
/// value, which depends on the id alone. One for all sequences of a batch.
Tensor table_mask(const Pass& pass, RandomKey key, MaskValues values, const Tensor& ids, Index width,
                  DType dtype);

}  // namespace recur
