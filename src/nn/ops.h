// Element-wise operations on values of the tape, and those that rearrange rows.
#pragma once

#include <vector>

#include "kernels/table.h"
#include "nn/pass.h"

namespace recur {

/// y = x ⊙ mask, the mask a constant of x's shape.
Var apply_mask(const Pass& pass, const Var& x, const Tensor& mask);
/// y = a + b, of one shape.
Var add(const Pass& pass, const Var& a, const Var& b);
/// y = a ⊙ b, of one shape.
Var multiply(const Pass& pass, const Var& a, const Var& b);
/// y = factor·x.
Var scale(const Pass& pass, const Var& x, double factor);
/// y = f(x).
Var activate(const Pass& pass, Activation f, const Var& x);
/// y [rows, A + B] = a [rows, A] beside b [rows, B].
Var concat(const Pass& pass, const Var& a, const Var& b);
/// y[i] = x[rows[i]] for x [R, ·]; a row may be taken often or never.
Var gather_rows(const Pass& pass, const Var& x, const std::vector<Index>& rows);
/// y = rows [first, last) of x, sharing its values.
Var slice_rows(const Pass& pass, const Var& x, Index first, Index last);
/// y = the rows of all parts, one part behind the other; of one width.
Var stack_rows(const Pass& pass, const std::vector<Var>& parts);
/// y[i] = x[i + n] − x[i], of rows x [R, ·] to [R − n, ·]: with n the sequences of a dense batch, what
/// changes from step to step. REQUIRES: 0 < n < R.
Var steps_between(const Pass& pass, const Var& x, Index n);
/// y [rows, ·] = mask of each row's sequence: spreads [N, ·] by position over the packed rows of a layout (a
/// constant).
Tensor spread_over_time(const Tensor& by_position, const Layout& layout);

/// Packs padded values [T, N, F] into rows [rows, F] as the layout says; what lies past the end of a sequence
/// is not read.
Tensor pack_rows(const Tensor& padded, const Layout& layout);
/// The reverse, [rows, F] to [layout.steps(), N, F]: zero past the end of a sequence.
Tensor unpack_rows(const Tensor& rows, const Layout& layout);

}  // namespace recur
