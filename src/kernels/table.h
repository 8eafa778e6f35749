// What a backend provides: one struct of functions for products and element-wise work, one for each cell.
//
// Every function is exact about its order of arithmetic: sums over k run from 0 upwards in one chain of fused
// multiply-adds, so a result depends neither on how many rows are computed together nor on the instruction
// set. Sums along a row (norms, softmax) use sixteen partial sums, element j in sum j mod 16, added pairwise
// at the end, on every instruction set.
#pragma once

#include <cstdint>

#include "base/types.h"
#include "kernels/packed.h"
#include "simd/isa.h"

namespace recur {

/// Whether only streams run these kernels: one row at a time, nothing to train. So it is in a program that
/// embeds a model and was built by recur_only_cells.
#ifdef RECUR_CELLS
constexpr bool kOnlyStreams = true;
#else
constexpr bool kOnlyStreams = false;
#endif

/// y[r, c] = start + Σ_k a[r, k]·b[k, c], where start is y itself, the bias, or 0.
template <class T>
struct GemmArgs {
  Index rows = 0;
  const T* a = nullptr;
  Index a_stride = 0;
  Panels<T> b;
  const T* bias = nullptr;
  bool accumulate = false;  ///< start from y
  T* y = nullptr;
  Index y_stride = 0;
};

/// Rows that adjoin in two matrices: `count` rows from `a` and from `b`.
template <class T>
struct RowPair {
  const T* a;
  const T* b;
  Index count;
};

/// y[i, j] += Σ_pairs Σ_r a[r, i]·b[r, j], pairs in their order, rows upwards: the gradient of a weight.
/// Rows i in [first, last) of y only, so that threads can share the work without sharing a sum.
template <class T>
struct OuterArgs {
  const RowPair<T>* pairs = nullptr;
  Index pair_count = 0;
  Index a_stride = 0, b_stride = 0;
  Index columns = 0;
  Index first = 0, last = 0;
  T* y = nullptr;
  Index y_stride = 0;
};

/// One step in time of `rows` sequences of a cell with G gates (Gx of them read x, Gh read h), S states, K
/// taped values.
template <class T>
struct StepArgs {
  Index rows = 0, hidden = 0;
  const T* x = nullptr;  ///< [rows, x.k], or null: `pre` has the input's part
  Index x_stride = 0;
  const T* pre =
      nullptr;  ///< [rows, Gx·H]: bias + W·x where `whole` is false; [rows, G·H] complete where it is true
  Index pre_stride = 0;
  const std::int32_t* pre_rows = nullptr;  ///< [rows]: which row of `pre` each row reads; null: its own
  bool whole = false;
  const T* h = nullptr;  ///< [rows, wh.k]: what enters the product with U
  Index h_stride = 0;
  Panels<T> wx, wh;  ///< stage 0; of cells with one stage all gates
  Panels<T> late_wx, late_wh;
  const T* bias = nullptr;          ///< [G·H]
  const T* unit_weights = nullptr;  ///< [P·H]
  const T* s[4] = {};               ///< states before, [rows, H] each; an h that is not read may be null
  T* s_next[4] = {};  ///< states after; may equal s[i] for i ≥ 1, and for 0 where no product reads h
  Index s_stride[4] = {}, s_next_stride[4] = {};
  T* tape =
      nullptr;  ///< [rows, K·H], null where nothing is to be kept (cells with two stages need it always)
  Index tape_stride = 0;
  T* product = nullptr;  ///< [rows, H]: what stage 0 hands to the product of stage 1
  Index product_stride = 0;
  bool last_first = false;  ///< whether panels are taken from the last to the first: no result depends on it
};

template <class T>
struct StepBackwardArgs {
  Index rows = 0, hidden = 0;
  const T* ds[4] = {};  ///< gradients with respect to the states after, [rows, H]
  Index ds_stride[4] = {};
  T* ds_prev[4] = {};  ///< with respect to the states before (formula only); may equal ds[i]
  Index ds_prev_stride[4] = {};
  const T* s[4] = {};  ///< states before, as in StepArgs
  Index s_stride[4] = {};
  const T* tape = nullptr;
  Index tape_stride = 0;
  const T* unit_weights = nullptr;
  T* da = nullptr;  ///< [rows, G·H]
  Index da_stride = 0;
  T* dp = nullptr;  ///< [rows, P·H], null without unit weights
  Index dp_stride = 0;
  const T* dproduct = nullptr;  ///< early_backward: gradient with respect to the product, [rows, H]
  Index dproduct_stride = 0;
};

/// The kernels of one cell on one instruction set.
template <class T>
struct CellKernels {
  void (*forward)(const StepArgs<T>&) noexcept =
      nullptr;  ///< the product with h, the gates, the new state, in one pass
  void (*early)(const StepArgs<T>&) noexcept = nullptr;  ///< stage 0 of cells with two
  void (*backward)(const StepBackwardArgs<T>&) noexcept = nullptr;
  void (*early_backward)(const StepBackwardArgs<T>&) noexcept = nullptr;  ///< adds to ds_prev
  /// Panels that a step of one row takes at a time, of each stage: how weights for such steps are
  /// interleaved.
  Index panels_of_one_row[2] = {1, 1};
};

enum class Activation { identity, relu, tanh, sigmoid };

/// Layer norm of `rows` rows of `groups` groups of `width` values each: y = (x − mean)/√(var + eps)·gain (+
/// shift).
template <class T>
struct NormArgs {
  Index rows = 0, groups = 1, width = 0;
  const T* x = nullptr;
  Index x_stride = 0;
  const T* gain = nullptr;   ///< [groups·width], null for 1
  const T* shift = nullptr;  ///< [groups·width], null for 0
  T eps = T{0};
  T* y = nullptr;
  Index y_stride = 0;
  bool accumulate = false;  ///< y += instead of y =
  T* normalised = nullptr;  ///< [rows, groups·width], for backward; may be null
  Index normalised_stride = 0;
  T* inverse_std = nullptr;  ///< [rows, groups], for backward; may be null
  Index inverse_std_stride = 0;
};
/// dx = (gain·dy − mean(gain·dy) − x̂·mean(gain·dy·x̂))/std. The gradients of gain and shift are column sums of
/// dy·x̂ and dy.
template <class T>
struct NormBackwardArgs {
  Index rows = 0, groups = 1, width = 0;
  const T* dy = nullptr;
  Index dy_stride = 0;
  const T* gain = nullptr;
  const T* normalised = nullptr;
  Index normalised_stride = 0;
  const T* inverse_std = nullptr;
  Index inverse_std_stride = 0;
  T* dx = nullptr;
  Index dx_stride = 0;
};

/// Cross-entropy of `rows` rows of logits [rows, classes] against a class each, in nats.
template <class T>
struct CrossEntropyArgs {
  Index rows = 0, classes = 0;
  const T* logits = nullptr;
  const std::int32_t* targets = nullptr;
  std::int32_t ignore = -100;        ///< rows with this target count nothing
  const T* class_weights = nullptr;  ///< [classes], null for 1
  T label_smoothing = T{0};
  T* losses = nullptr;         ///< [rows]: weighted loss, 0 for ignored rows
  T* probabilities = nullptr;  ///< [rows, classes], for backward; may be null
};

/// A linear chain over one sequence of `length` ≥ 1 steps, each with one of `tags` tags: the sums over all
/// sequences of tags, in log space (Lafferty et al. 2001; Rabiner 1989, section III.A). Step t is row rows[t]
/// of every [·, tags] matrix. What may not be is kForbidden in `transition`, `start` and `end`.
template <class T>
struct ChainArgs {
  static constexpr T kForbidden = static_cast<T>(-1e30);

  Index length = 0, tags = 0;
  const Index* rows = nullptr;
  const T* scores = nullptr;                 ///< of a tag at a step
  const T* transition = nullptr;             ///< [from, to]
  const T* factors = nullptr;                ///< [from, to]: e^(transition − shift), 0 for what may not be
  const T* factors_to = nullptr;             ///< the same, [to, from]
  double shift = 0;                          ///< the largest transition
  const T *start = nullptr, *end = nullptr;  ///< [tags]
  T* alpha = nullptr;                        ///< log of the sum over beginnings, less `scale` of its step
  double* scale = nullptr;                   ///< by row
  double log_sum = 0;                        ///< chain_backward: what chain_forward gave
  T* marginals = nullptr;                    ///< chain_backward: probability of a tag at a step
  /// chain_backward, or null: the probability of going from k to j after a step is onward[k]·factors[k, j]·
  /// ahead[j]; all 0 after the last. (Moves of which all that k allows are less likely than e^−69 beside the
  /// best of any are left out.)
  T *onward = nullptr, *ahead = nullptr;
  T* work = nullptr;  ///< [3·tags]
};

enum class UpdateRule { sgd, rmsprop, adagrad, adam };
/// One optimiser update of `size` values; PyTorch's formulas and defaults. Gradients are multiplied by
/// `scale` first.
template <class T>
struct UpdateArgs {
  UpdateRule rule = UpdateRule::sgd;
  Index size = 0;
  T* value = nullptr;
  const T* gradient = nullptr;
  T* first = nullptr;                 ///< momentum, or Adam's first moment
  T* second = nullptr;                ///< mean or sum of squares
  T scale = T{1}, clip_value = T{0};  ///< clip_value 0: no clipping by value (done after scaling)
  T rate = T{0}, l1 = T{0}, l2 = T{0}, decoupled_decay = T{0};
  T momentum = T{0}, beta2 = T{0}, eps = T{0};
  bool nesterov = false, first_step = false;
  T correction1 = T{1}, correction2 = T{1};  ///< Adam: 1 − βᵗ
};

/// Products and element-wise work on one instruction set.
template <class T>
struct Kernels {
  Isa isa = Isa::scalar;
  Index lanes = 1;
  PanelShape panel_shape;

  void (*gemm)(const GemmArgs<T>&) noexcept = nullptr;
  void (*outer)(const OuterArgs<T>&) noexcept = nullptr;
  /// y[c] += Σ_pairs Σ_r a[r, c], for columns [first, last): the gradient of a bias. RowPair::b is not read.
  void (*column_sum)(const OuterArgs<T>&) noexcept = nullptr;

  void (*activate)(Activation, Index size, const T* x, T* y) noexcept = nullptr;
  /// dx += dy·f′, from the output y.
  void (*activate_backward)(Activation, Index size, const T* y, const T* dy, T* dx) noexcept = nullptr;
  void (*add)(Index size, const T* x, T* y) noexcept = nullptr;                       ///< y += x
  void (*scale)(Index size, T factor, const T* x, T* y) noexcept = nullptr;           ///< y = factor·x
  void (*multiply)(Index size, const T* a, const T* b, T* y) noexcept = nullptr;      ///< y = a·b
  void (*multiply_add)(Index size, const T* a, const T* b, T* y) noexcept = nullptr;  ///< y += a·b
  /// y = m·a + (1 − m)·b: zoneout, with m the mask (or the expectation) of what stays.
  void (*blend)(Index size, const T* m, const T* a, const T* b, T* y) noexcept = nullptr;
  double (*sum_of_squares)(Index size, const T* x) noexcept = nullptr;
  /// y[r] = Σ_j a[r, j]·x[j], each a sum along a row.
  void (*dots)(Index rows, Index size, const T* a, Index a_stride, const T* x, T* y) noexcept = nullptr;
  /// y[j] += Σ_r w[r]·a[r, j], rows upwards in one chain.
  void (*add_rows)(Index rows, Index size, const T* w, const T* a, Index a_stride, T* y) noexcept = nullptr;

  void (*norm)(const NormArgs<T>&) noexcept = nullptr;
  void (*norm_backward)(const NormBackwardArgs<T>&) noexcept = nullptr;  ///< dx +=
  void (*cross_entropy)(const CrossEntropyArgs<T>&) noexcept = nullptr;
  /// Fills alpha and scale; returns the log of the sum over all sequences of tags.
  double (*chain_forward)(const ChainArgs<T>&) noexcept = nullptr;
  /// After chain_forward: fills marginals, onward and ahead.
  void (*chain_backward)(const ChainArgs<T>&) noexcept = nullptr;
  void (*update)(const UpdateArgs<T>&) noexcept = nullptr;
};

/// The kernels for `isa`; for double the scalar ones only. REQUIRES: this machine supports it.
template <class T>
const Kernels<T>& kernels(Isa isa = current_isa());

}  // namespace recur
