#include <algorithm>
#include <cstring>

#include "kernels/gate_runs.h"
#include "kernels/scan_parts.h"
#include "kernels/scan_step.h"

namespace recur {
namespace {

template <class T>
void copy_rows(const T* from, Index from_stride, T* to, Index to_stride, Index rows, Index width) {
  for (Index r = 0; r < rows; ++r)
    std::memcpy(to + r * to_stride, from + r * from_stride, static_cast<std::size_t>(width) * sizeof(T));
}

/// What the arguments of all steps have in common.
template <class T>
StepArgs<T> step_arguments(const ScanWeights<T>& w, Index rows) {
  StepArgs<T> s{.rows = rows, .hidden = w.shape.hidden};
  s.bias = w.raw.bias;
  s.unit_weights = w.raw.weight_unit;
  s.wx = w.step[0].x;
  s.wh = w.step[0].h;
  s.late_wx = w.step[1].x;
  s.late_wh = w.step[1].h;
  s.x_stride = w.shape.input;
  s.pre_stride = w.cell->x_gates() * w.shape.hidden;
  s.tape_stride = static_cast<Index>(w.cell->tape.size()) * w.shape.hidden;
  s.h_stride = s.s_stride[0] = w.shape.recurrent();
  s.s_next_stride[0] = w.shape.hidden;
  for (std::size_t i = 1; i < w.cell->states.size(); ++i) s.s_stride[i] = s.s_next_stride[i] = w.shape.hidden;
  return s;
}

/// Distance of rows of `pre`.
template <class T>
Index pre_stride(const ScanArgs<T>& a) {
  return a.pre == a.tape && a.tape_stride > 0 ? a.tape_stride
                                              : a.weights->cell->x_gates() * a.weights->shape.hidden;
}

/// A forward scan of one slice.
template <class T>
class ForwardSlice {
 public:
  ForwardSlice(const ScanArgs<T>& args, const SliceSteps& steps, T* scratch)
      : a_(args),
        w_(*args.weights),
        cell_(*w_.cell),
        k_(kernels<T>()),
        steps_(steps),
        hidden_(w_.shape.hidden),
        recurrent_(w_.shape.recurrent()),
        states_(static_cast<Index>(cell_.states.size())),
        gates_(static_cast<Index>(cell_.gates.size())) {
    const Index n = steps.sequences();
    const auto take = [&](bool wanted, Index width) {
      T* const p = wanted ? scratch : nullptr;
      if (wanted) scratch += n * width;
      return p;
    };
    for (Index i = 1; i < states_; ++i) running_[i] = take(a_.states[i] == nullptr, hidden_);
    early_tape_ = take(cell_.staged && a_.tape == nullptr, static_cast<Index>(cell_.tape.size()) * hidden_);
    product_ = take(cell_.staged && a_.product == nullptr, hidden_);
    unprojected_ = take(w_.shape.projection > 0 && a_.unprojected == nullptr, hidden_);
    entering_ = take(a_.h_mask != nullptr && a_.h_entering == nullptr, recurrent_);
    whole_ = take(w_.whole, gates_ * hidden_);
    products_ = take(w_.whole, cell_.h_gates() * hidden_);
  }

  static Index scratch(const ScanArgs<T>& a) {
    const Cell& cell = *a.weights->cell;
    const ScanShape& s = a.weights->shape;
    const Index per_sequence =
        static_cast<Index>(cell.states.size() + cell.tape.size() + cell.gates.size()) * s.hidden +
        2 * s.hidden + s.recurrent() + cell.h_gates() * s.hidden;
    return a.layout->batch() * per_sequence;
  }

  void run() {
    for (Index i = 1; i < states_; ++i)
      if (running_[i] != nullptr)
        copy_rows(a_.initial[i] + steps_.first() * hidden_, hidden_, running_[i], hidden_, steps_.sequences(),
                  hidden_);
    for (Index k = 0; k < steps_.count(); ++k) {
      const SliceStep step = steps_[k];
      last_first_ = a_.weights_last_first != (k % 2 != 0);
      part(step, 0, step.carried, a_.y + step.before * recurrent_, step.before);
      part(step, step.carried, step.rows - step.carried,
           a_.initial[0] + (steps_.first() + step.carried) * recurrent_, -1);
    }
    finish();
  }

 private:
  /// Rows [from, from + rows) of a step, whose h before lies at `h` and other states at packed row `before`
  /// (-1: initial).
  void part(const SliceStep& step, Index from, Index rows, const T* h, Index before) {
    if (rows == 0) return;
    const Index row = step.row + from, position = steps_.first() + from;
    StepArgs<T> s = step_arguments(w_, rows);
    s.last_first = last_first_;
    if (a_.tape_stride > 0) s.tape_stride = a_.tape_stride;
    if (a_.pre != nullptr) {
      s.pre_stride = pre_stride(a_);
      s.pre = a_.ids != nullptr ? a_.pre : a_.pre + row * s.pre_stride;
      s.pre_rows = a_.ids != nullptr ? a_.ids + row : nullptr;
    } else {
      s.x = a_.x + row * s.x_stride;
    }
    s.h = h;
    if (a_.h_mask != nullptr) {
      T* const entering =
          a_.h_entering != nullptr ? a_.h_entering + row * recurrent_ : entering_ + from * recurrent_;
      k_.multiply(rows * recurrent_, h, a_.h_mask + position * recurrent_, entering);
      s.h = entering;
    }
    if (w_.whole) {
      begin_whole(s, rows);
      add_products(0, s.h, s.h_stride, row, rows);
    }

    s.s[0] = h;
    const bool projects = w_.shape.projection > 0;
    T* const y = a_.y + row * recurrent_;
    s.s_next[0] = !projects ? y : a_.unprojected != nullptr ? a_.unprojected + row * hidden_ : unprojected_;
    for (Index i = 1; i < states_; ++i) {
      s.s_next[i] = running_[i] != nullptr ? running_[i] + from * hidden_ : a_.states[i] + row * hidden_;
      s.s[i] = running_[i] != nullptr ? running_[i] + from * hidden_
               : before >= 0          ? a_.states[i] + before * hidden_
                                      : a_.initial[i] + position * hidden_;
    }
    s.tape = a_.tape != nullptr ? a_.tape + row * s.tape_stride : early_tape_;
    if (cell_.staged) {
      s.product = a_.product != nullptr ? a_.product + row * hidden_ : product_;
      s.product_stride = hidden_;
      cell_.template kernels<T>().early(s);
      if (a_.h_mask != nullptr)
        k_.multiply(rows * hidden_, s.product, a_.h_mask + position * recurrent_, s.product);
      if (w_.whole) add_products(1, s.product, hidden_, row, rows);
    }
    cell_.template kernels<T>().forward(s);

    if (projects)
      k_.gemm(
          {.rows = rows, .a = s.s_next[0], .a_stride = hidden_, .b = w_.hr, .y = y, .y_stride = recurrent_});
    for (Index i = 0; i < states_; ++i) zone_out(i, row, rows, s.s[i], i == 0 ? y : s.s_next[i]);
  }

  /// Where products come apart the pre-activations are made whole before the gates: here the bias and what
  /// comes of W·x, which `pre` holds already.
  void begin_whole(StepArgs<T>& s, Index rows) {
    const Index G = gates_ * hidden_;
    for (Index g = 0; g < gates_; ++g)
      if (!cell_.gates[static_cast<std::size_t>(g)].reads_x())
        copy_rows(s.bias + g * hidden_, 0, whole_ + g * hidden_, G, rows, hidden_);
    for (const GateRun& run : w_.x_runs)
      for (Index r = 0; r < rows; ++r)
        copy_rows(s.pre + (s.pre_rows != nullptr ? s.pre_rows[r] : r) * s.pre_stride + run.rank * hidden_, 0,
                  whole_ + r * G + run.table * hidden_, 0, 1, run.count * hidden_);
    s.pre = whole_;
    s.pre_rows = nullptr;
    s.pre_stride = G;
    s.whole = true;
  }

  /// Adds U·h, or LN(U·h), for the gates of a stage.
  void add_products(int stage, const T* h, Index stride, Index row, Index rows) {
    const std::vector<GateRun>& runs = w_.stage_runs[stage];
    if (runs.empty()) return;
    const Index G = gates_ * hidden_, Gh = cell_.h_gates() * hidden_;
    T* const products = products_ + runs.front().rank * hidden_;
    k_.gemm(
        {.rows = rows, .a = h, .a_stride = stride, .b = w_.hh_whole[stage], .y = products, .y_stride = Gh});
    for (const GateRun& run : runs) {
      if (!w_.shape.layer_norm) {
        for (Index r = 0; r < rows; ++r)
          k_.add(run.count * hidden_, products_ + r * Gh + run.rank * hidden_,
                 whole_ + r * G + run.table * hidden_);
        continue;
      }
      NormArgs<T> n{.rows = rows, .groups = run.count, .width = hidden_};
      n.x = products_ + run.rank * hidden_;
      n.x_stride = Gh;
      n.gain = w_.raw.gain_hh + run.rank * hidden_;
      n.eps = T(1e-5);
      n.y = whole_ + run.table * hidden_;
      n.y_stride = G;
      n.accumulate = true;
      if (a_.norm_h != nullptr) {
        n.normalised = a_.norm_h + row * Gh + run.rank * hidden_;
        n.normalised_stride = Gh;
        n.inverse_std = a_.norm_h_inverse_std + row * cell_.h_gates() + run.rank;
        n.inverse_std_stride = cell_.h_gates();
      }
      k_.norm(n);
    }
  }

  void zone_out(Index i, Index row, Index rows, const T* before, T* after) {
    const Index width = i == 0 ? recurrent_ : hidden_;
    if (a_.zoneout_mask[i] != nullptr) {
      k_.blend(rows * width, a_.zoneout_mask[i] + row * width, before, after, after);
    } else if (a_.zoneout[i] != T{0}) {
      const T p = a_.zoneout[i];
      for (Index j = 0; j < rows * width; ++j) after[j] = p * before[j] + (T{1} - p) * after[j];
    }
  }

  void finish() {
    for (Index n = 0; n < steps_.sequences(); ++n) {
      const Index position = steps_.first() + n;
      const bool empty = a_.layout->length(position) == 0;
      const Index row = empty ? 0 : last_row(*a_.layout, a_.reverse, position);
      for (Index i = 0; i < states_; ++i) {
        const Index width = i == 0 ? recurrent_ : hidden_;
        const T* from = empty                    ? a_.initial[i] + position * width
                        : i == 0                 ? a_.y + row * width
                        : running_[i] != nullptr ? running_[i] + n * width
                                                 : a_.states[i] + row * width;
        copy_rows(from, 0, a_.final_state[i] + position * width, 0, 1, width);
      }
    }
  }

  const ScanArgs<T>& a_;
  const ScanWeights<T>& w_;
  const Cell& cell_;
  const Kernels<T>& k_;
  const SliceSteps& steps_;
  Index hidden_, recurrent_, states_, gates_;
  bool last_first_ = false;
  T* running_[4] = {};
  T *early_tape_, *product_, *unprojected_, *entering_, *whole_, *products_;
};

/// The input's part of the pre-activations of rows [begin, end): bias + W·x, or bias + LN(W·x).
template <class T>
void input_product(const ScanArgs<T>& a, const T* bias, Index begin, Index end) {
  const ScanWeights<T>& w = *a.weights;
  const Kernels<T>& k = kernels<T>();
  const Index width = w.cell->x_gates() * w.shape.hidden;
  const Index stride = pre_stride(a);
  T* const pre = a.pre + begin * stride;
  GemmArgs<T> g{.rows = end - begin, .a = a.x + begin * w.shape.input, .a_stride = w.shape.input, .b = w.ih};
  g.bias = w.shape.layer_norm ? nullptr : bias;
  g.y = pre;
  g.y_stride = stride;
  k.gemm(g);
  if (!w.shape.layer_norm) return;
  NormArgs<T> n{.rows = end - begin, .groups = w.cell->x_gates(), .width = w.shape.hidden};
  n.x = n.y = pre;
  n.x_stride = n.y_stride = stride;
  n.gain = w.raw.gain_ih;
  n.shift = bias;
  n.eps = T(1e-5);
  if (a.norm_x != nullptr) {
    n.normalised = a.norm_x + begin * width;
    n.normalised_stride = width;
    n.inverse_std = a.norm_x_inverse_std + begin * w.cell->x_gates();
    n.inverse_std_stride = w.cell->x_gates();
  }
  k.norm(n);
}

/// The bias of the gates that read x, side by side in `bias`; the others get theirs in the step.
template <class T>
void gather_bias(const ScanWeights<T>& w, T* bias) {
  for (const GateRun& run : w.x_runs)
    copy_rows(w.raw.bias + run.table * w.shape.hidden, 0, bias + run.rank * w.shape.hidden, 0, 1,
              run.count * w.shape.hidden);
}

}  // namespace

template <class T>
Index tape_stride(const ScanWeights<T>& weights) {
  const Cell& cell = *weights.cell;
  // The second stage of a cell reads its part of `pre` after the first has kept something.
  return cell.staged ? 0
                     : padded_stride(static_cast<Index>(std::max(cell.gates.size(), cell.tape.size())) *
                                     weights.shape.hidden);
}

template <class T>
Index scan_workspace(const ScanArgs<T>& args) {
  return ForwardSlice<T>::scratch(args) + args.weights->cell->x_gates() * args.weights->shape.hidden;
}

template <class T>
void scan_forward(const ScanArgs<T>& args, T* workspace, ThreadPool& pool) {
  const Layout& layout = *args.layout;
  T* const bias = workspace;
  workspace += args.weights->cell->x_gates() * args.weights->shape.hidden;
  if (args.pre != nullptr) {
    gather_bias(*args.weights, bias);
    const Index threads = pool.size();
    pool.run(threads, [&](Index part) {
      const Slice rows = slice_of(args.ids != nullptr ? args.table_rows : layout.rows(), threads, part);
      if (rows.size() > 0) input_product(args, bias, rows.begin, rows.end);
    });
  }
  const Index slices = scan_slices(layout, pool);
  const Index per_sequence = layout.batch() == 0 ? 0 : ForwardSlice<T>::scratch(args) / layout.batch();
  pool.run(slices, [&](Index part) {
    const Index first = slice_begin(layout, slices, part), last = slice_begin(layout, slices, part + 1);
    if (first == last) return;
    const SliceSteps steps(layout, args.reverse, first, last);
    ForwardSlice<T>(args, steps, workspace + first * per_sequence).run();
  });
}

template <class T>
void scan_inputs(const ScanArgs<T>& args, T* workspace) noexcept {
  gather_bias(*args.weights, workspace);
  input_product(args, workspace, 0, args.layout->rows());
}

template <class T>
void scan_steps(const ScanArgs<T>& args, T* workspace) noexcept {
  const SliceSteps steps(*args.layout, args.reverse, 0, args.layout->batch());
  ForwardSlice<T>(args, steps, workspace).run();
}

template <class T>
ScanStep<T>::ScanStep(const ScanArgs<T>& args, T* workspace)
    : args_(args), workspace_(workspace), step_(step_arguments(*args.weights, args.layout->batch())) {
  const ScanWeights<T>& w = *args.weights;
  const bool zoneout =
      std::any_of(std::begin(args.zoneout), std::end(args.zoneout), [](T p) { return p != T{0}; });
  if (w.whole || w.shape.projection > 0 || w.cell->staged || zoneout) return;
  forward_ = w.cell->template kernels<T>().forward;
  step_.h = step_.s[0] = args_.final_state[0];
  step_.s_next[0] = args_.y;
  for (std::size_t i = 1; i < w.cell->states.size(); ++i) step_.s[i] = step_.s_next[i] = args_.final_state[i];
}

template <class T>
void ScanStep<T>::read(const T* x, const T* pre) noexcept {
  if (forward_ == nullptr) {
    args_.weights_last_first = !args_.weights_last_first;
    args_.x = x;
    if (x != nullptr && args_.pre != nullptr) scan_inputs(args_, workspace_);
    if (x == nullptr) args_.pre = const_cast<T*>(pre);  // scan_inputs() alone writes there
    scan_steps(args_, workspace_);
    return;
  }
  step_.last_first = !step_.last_first;
  step_.x = x;
  step_.pre = pre;
  forward_(step_);
  std::memcpy(args_.final_state[0], args_.y,
              static_cast<std::size_t>(step_.rows * step_.h_stride) * sizeof(T));
}

template class ScanStep<float>;
template Index tape_stride(const ScanWeights<float>&);
template Index tape_stride(const ScanWeights<double>&);
template Index scan_workspace(const ScanArgs<float>&);
template Index scan_workspace(const ScanArgs<double>&);
template void scan_forward(const ScanArgs<float>&, float*, ThreadPool&);
template void scan_inputs(const ScanArgs<float>&, float*) noexcept;
template void scan_steps(const ScanArgs<float>&, float*) noexcept;
template void scan_forward(const ScanArgs<double>&, double*, ThreadPool&);
template void scan_inputs(const ScanArgs<double>&, double*) noexcept;
template void scan_steps(const ScanArgs<double>&, double*) noexcept;

}  // namespace recur
