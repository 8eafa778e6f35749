// Time, written once for every cell: the loop over steps of a packed batch, forwards and backwards.
//
// The batch is cut into slices of sequences and each thread takes a slice through all of time, so no step
// needs a barrier. The input's product for all steps comes first, in one GEMM; the gradients of the weights
// come last, each thread owning rows of them. No result depends on the number of threads, nor on the other
// sequences of the batch.
//
// Letters: rows = rows of the packed batch; I input; H hidden; R recurrent = what the product with U reads:
// H, or the projection's size; G, Gx, Gh gates of the cell, those that read x, those that read h; P per-unit
// weights; K taped values; S states.
#pragma once

#include <vector>

#include "base/thread_pool.h"
#include "kernels/cell_registry.h"
#include "kernels/gate_runs.h"
#include "kernels/table.h"
#include "tensor/layout.h"

namespace recur {

struct ScanShape {
  Index input = 0, hidden = 0;
  Index projection = 0;  ///< 0: none; then the state h has `hidden` units
  bool layer_norm = false;

  Index recurrent() const { return projection > 0 ? projection : hidden; }
};

/// The parameters of one direction of one layer, as they are stored.
template <class T>
struct ScanParameters {
  const T* weight_ih = nullptr;    ///< [Gx·H, I]
  const T* weight_hh = nullptr;    ///< [Gh·H, R]
  const T* bias = nullptr;         ///< [G·H]
  const T* weight_unit = nullptr;  ///< [P, H]
  const T* weight_hr = nullptr;    ///< [R, H], with a projection
  const T* gain_ih = nullptr;      ///< [Gx·H], with layer norm
  const T* gain_hh = nullptr;      ///< [Gh·H], with layer norm
  bool bf16 = false;  ///< whether the matrices hold bfloat16 values: streams read half the bytes then
  /// Not null: the matrices hold whole numbers up to 127 times these, one a row, and are multiplied as bytes
  /// (not in training). [Gx·H], [Gh·H], [R].
  const T *scale_ih = nullptr, *scale_hh = nullptr, *scale_hr = nullptr;
};

/// What packed weights are for.
enum class ScanUse {
  inference,  ///< sequences: the input's product for all steps comes first
  training,   ///< the same, and the gradient
  streaming,  ///< single steps: input and h in one pass over adjoining panels
  steps,      ///< single steps whose input's product comes from elsewhere
};

/// The same, packed for one instruction set: once a model, or once a training step.
template <class T>
class ScanWeights {
 public:
  void pack(const Cell& cell, const ScanShape& shape, const ScanParameters<T>& parameters, ScanUse use,
            PanelLoop each = OnePanelAfterAnother());

  const Cell* cell = nullptr;
  ScanShape shape;
  ScanParameters<T> raw;
  Panels<T> ih;           ///< forward, all gates that read x
  bool whole = false;     ///< whether products come apart from the gates: with layer norm, or of bytes
  Panels<T> hh_whole[2];  ///< forward then, the gates of each stage that read h
  StepPanels<T> step[2];  ///< forward without: each stage, the x part for streaming only
  Panels<T> hr;
  Panels<T> ih_back, hh_back, hr_back;
  std::vector<GateRun> x_runs, h_runs;  ///< gates that adjoin in the table and in weight_ih, weight_hh
  std::vector<GateRun> stage_runs[2];   ///< those of h_runs of each stage

 private:
  AlignedBuffer<T> ih_, hh_whole_[2], hr_, ih_back_, hh_back_, hr_back_;
  AlignedBuffer<std::uint32_t> ih_pairs_, hh_whole_pairs_[2], hr_pairs_;
  AlignedBuffer<std::int8_t> ih_bytes_, hh_whole_bytes_[2], hr_bytes_;
};

/// What one scan reads and writes. Pointers to per-state arrays are null beyond the cell's states.
template <class T>
struct ScanArgs {
  const ScanWeights<T>* weights = nullptr;
  const Layout* layout = nullptr;
  bool reverse = false;
  /// Whether the first step takes the weights from their end. Steps alternate, so that a step begins with
  /// what the one before left in the cache; single steps do if their caller alternates. No result depends on
  /// it.
  bool weights_last_first = false;

  const T* x = nullptr;       ///< [rows, I], or a table
  const T* initial[4] = {};   ///< [N, R] for h, [N, H] for the others; in the layout's positions
  const T* h_mask = nullptr;  ///< [N, R] by position: recurrent dropout, one mask a sequence; null for none
  const T* zoneout_mask[4] = {};  ///< [rows, R or H]: 1 where the state stays; null for none
  T zoneout[4] = {};  ///< without a mask: the expectation, s = p·before + (1 − p)·after; 0 for none

  T* y = nullptr;          ///< [rows, R]: h after each step
  T* final_state[4] = {};  ///< [N, R] or [N, H], by position

  /// Not null: x is a table of `table_rows` rows and row r of the batch reads its row ids[r]; so does `pre`,
  /// which is a table then, too. Not with layer norm. (A NaN in a row that nobody reads reaches dweight_ih:
  /// it is multiplied by 0.)
  const std::int32_t* ids = nullptr;
  Index table_rows = 0;

  // Kept for the gradient. Each may be null in inference where marked.
  /// [rows, Gx·H]: the input's part of the pre-activations; null: streaming. May be the tape itself, since
  /// each step loads what it needs of a unit before it writes over it, if tape_stride is above 0.
  T* pre = nullptr;
  T* tape = nullptr;  ///< [rows, K·H]; null in inference
  /// tape_stride(): rows of the tape have room for the gradient of the pre-activations, which is written over
  /// it: a third of the memory, most of which then stays in the cache. 0: rows adjoin, gradients lie apart.
  Index tape_stride = 0;
  T* states[4] = {};                ///< [rows, H] for states 1…; null: updated in place (not with zoneout)
  T* h_entering = nullptr;          ///< [rows, R]: h ⊙ mask, with recurrent dropout
  T* product = nullptr;             ///< [rows, H]: of cells with two stages; null in inference
  T* unprojected = nullptr;         ///< [rows, H]: h before the projection; null in inference
  T* norm_x = nullptr;              ///< [rows, Gx·H] normalised W·x; null in inference
  T* norm_x_inverse_std = nullptr;  ///< [rows, Gx]
  T* norm_h = nullptr;              ///< [rows, Gh·H]
  T* norm_h_inverse_std = nullptr;  ///< [rows, Gh]
};

/// Gradients of a scan. Outputs are added to, except where said; those that are null are left out.
template <class T>
struct ScanBackwardArgs {
  const T* dy = nullptr;    ///< [rows, R], or null
  const T* dfinal[4] = {};  ///< [N, ·], or null
  T* dx = nullptr;          ///< [rows, I], or of the table [table_rows, I]
  T* dinitial[4] = {};      ///< [N, ·]
  T* dweight_ih = nullptr;
  T* dweight_hh = nullptr;
  T* dbias = nullptr;
  T* dweight_unit = nullptr;
  T* dweight_hr = nullptr;
  T* dgain_ih = nullptr;
  T* dgain_hh = nullptr;
};

/// ScanArgs::tape_stride for training with these weights; 0 where the arrays must stay apart.
template <class T>
Index tape_stride(const ScanWeights<T>& weights);

/// Values of scratch that a scan of these rows needs.
template <class T>
Index scan_workspace(const ScanArgs<T>& args);
template <class T>
Index scan_backward_workspace(const ScanArgs<T>& args);

/// Runs all of time. `workspace` has scan_workspace() values.
template <class T>
void scan_forward(const ScanArgs<T>& args, T* workspace, ThreadPool& pool);

/// The two halves of it on the caller's thread, without a lock or an allocation, for streams: the input's
/// part of the pre-activations, `pre`; and the steps, which read it (or x, where `pre` is null). Final states
/// may be written over the initial ones. Subnormals are the caller's affair. `workspace` as for scan_forward.
template <class T>
void scan_inputs(const ScanArgs<T>& args, T* workspace) noexcept;
template <class T>
void scan_steps(const ScanArgs<T>& args, T* workspace) noexcept;

/// Goes back through all of time; `args` as they were in scan_forward, with everything kept.
/// Uses norm_x, norm_h, and a tape with a tape_stride, as scratch once they have been read.
template <class T>
void scan_backward(const ScanArgs<T>& args, const ScanBackwardArgs<T>& back, T* workspace, ThreadPool& pool);

}  // namespace recur
