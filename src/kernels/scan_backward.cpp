#include <cstring>

#include "kernels/gate_runs.h"
#include "kernels/scan_parts.h"

namespace recur {
namespace {

/// Where the arrays of a backward scan lie in its workspace.
template <class T>
struct BackwardSpace {
  explicit BackwardSpace(const ScanArgs<T>& a, T* base = nullptr) {
    const ScanWeights<T>& w = *a.weights;
    const Index rows = a.layout->rows(), batch = a.layout->batch(), H = w.shape.hidden,
                R = w.shape.recurrent();
    const Index G = static_cast<Index>(w.cell->gates.size()), S = static_cast<Index>(w.cell->states.size());
    const auto take = [&](bool wanted, Index size) {
      T* const p = wanted && base != nullptr ? base + used : nullptr;
      if (wanted) used += (size + 15) / 16 * 16;
      return p;
    };
    const bool over_tape = a.tape_stride > 0;
    da_stride = over_tape ? a.tape_stride : padded_stride(G * H);
    da = over_tape ? a.tape : take(true, rows * da_stride);
    dtable = take(a.ids != nullptr, a.table_rows * da_stride);
    // With layer norm the gradients of U·h and W·x differ from those of the pre-activations.
    dh_products_stride = padded_stride(w.cell->h_gates() * H);
    dh_products = take(w.shape.layer_norm, rows * dh_products_stride);
    dx_products_stride = padded_stride(w.cell->x_gates() * H);
    dx_products = take(w.shape.layer_norm, rows * dx_products_stride);
    dp = take(!w.cell->unit_weights.empty(), rows * static_cast<Index>(w.cell->unit_weights.size()) * H);
    dprojected = take(w.shape.projection > 0, rows * R);
    for (Index i = 0; i < S; ++i) {
      carry[i] = take(true, batch * (i == 0 ? R : H));
      direct[i] = take(a.zoneout_mask[i] != nullptr || a.zoneout[i] != T{0}, batch * (i == 0 ? R : H));
    }
    dunprojected = take(w.shape.projection > 0, batch * H);
    dproduct = take(w.cell->staged, batch * H);
    dentering = take(a.h_mask != nullptr, batch * R);
  }

  Index used = 0;
  T *da, *dtable, *dh_products, *dx_products, *dp, *dprojected, *dunprojected, *dproduct, *dentering;
  Index da_stride, dh_products_stride, dx_products_stride;
  T *carry[4] = {}, *direct[4] = {};
};

/// Back through time for one slice: the gradients of all pre-activations, and of the initial state.
template <class T>
class BackwardSlice {
 public:
  BackwardSlice(const ScanArgs<T>& args, const ScanBackwardArgs<T>& back, const BackwardSpace<T>& space,
                const SliceSteps& steps)
      : a_(args),
        b_(back),
        z_(space),
        w_(*args.weights),
        cell_(*w_.cell),
        k_(kernels<T>()),
        steps_(steps),
        hidden_(w_.shape.hidden),
        recurrent_(w_.shape.recurrent()),
        states_(static_cast<Index>(cell_.states.size())) {
    for (Index i = 0; i < states_; ++i) {
      const Index width = i == 0 ? recurrent_ : hidden_;
      carry_[i] = z_.carry[i] + steps.first() * width;
      if (z_.direct[i] != nullptr) direct_[i] = z_.direct[i] + steps.first() * width;
      const std::size_t bytes = static_cast<std::size_t>(steps.sequences() * width) * sizeof(T);
      if (b_.dfinal[i] != nullptr) {
        std::memcpy(carry_[i], b_.dfinal[i] + steps.first() * width, bytes);
      } else {
        std::memset(carry_[i], 0, bytes);
      }
    }
    const auto of_slice = [&](T* p, Index width) {
      return p == nullptr ? nullptr : p + steps.first() * width;
    };
    dunprojected_ = of_slice(z_.dunprojected, hidden_);
    dproduct_ = of_slice(z_.dproduct, hidden_);
    dentering_ = of_slice(z_.dentering, recurrent_);
  }

  void run() {
    for (Index k = steps_.count() - 1; k >= 0; --k)
      if (const SliceStep step = steps_[k]; step.rows > 0) this->step(step);
    for (Index i = 0; i < states_; ++i) {
      const Index width = i == 0 ? recurrent_ : hidden_;
      if (b_.dinitial[i] != nullptr)
        k_.add(steps_.sequences() * width, carry_[i], b_.dinitial[i] + steps_.first() * width);
    }
  }

 private:
  void step(const SliceStep& step) {
    const Index n = step.rows, row = step.row;
    if (b_.dy != nullptr) k_.add(n * recurrent_, b_.dy + row * recurrent_, carry_[0]);
    for (Index i = 0; i < states_; ++i) hold(i, row, n);

    T* dh = carry_[0];
    if (w_.shape.projection > 0) {
      T* const kept = z_.dprojected + row * recurrent_;
      std::memcpy(kept, dh, static_cast<std::size_t>(n * recurrent_) * sizeof(T));
      k_.gemm({.rows = n,
               .a = kept,
               .a_stride = recurrent_,
               .b = w_.hr_back,
               .y = dunprojected_,
               .y_stride = hidden_});
      dh = dunprojected_;
    }
    gates(step, 0, step.carried, a_.y + step.before * recurrent_, step.before, dh);
    gates(step, step.carried, n - step.carried, a_.initial[0] + (steps_.first() + step.carried) * recurrent_,
          -1, dh);
    // The formula of a cell with projection does not read h: all that reaches it comes through U.
    if (w_.shape.projection > 0)
      std::memset(carry_[0], 0, static_cast<std::size_t>(n * recurrent_) * sizeof(T));
    through_recurrence(row, n);
    for (Index i = 0; i < states_; ++i)
      if (direct_[i] != nullptr) k_.add(n * (i == 0 ? recurrent_ : hidden_), direct_[i], carry_[i]);
  }

  /// Zoneout: what held its state sends its gradient straight back.
  void hold(Index i, Index row, Index n) {
    if (direct_[i] == nullptr) return;
    const Index width = i == 0 ? recurrent_ : hidden_, size = n * width;
    const T* const mask = a_.zoneout_mask[i] == nullptr ? nullptr : a_.zoneout_mask[i] + row * width;
    for (Index j = 0; j < size; ++j) {
      const T stays = mask == nullptr ? a_.zoneout[i] : mask[j];
      direct_[i][j] = stays * carry_[i][j];
      carry_[i][j] = (T{1} - stays) * carry_[i][j];
    }
  }

  /// The cell's own gradient, rows [from, from + rows) of a step.
  void gates(const SliceStep& step, Index from, Index rows, const T* h, Index before, T* dh) {
    if (rows == 0) return;
    const Index row = step.row + from, position = steps_.first() + from;
    StepBackwardArgs<T> s{.rows = rows, .hidden = hidden_};
    s.s[0] = h;
    s.s_stride[0] = recurrent_;
    s.ds[0] = s.ds_prev[0] = dh + from * hidden_;
    s.ds_stride[0] = s.ds_prev_stride[0] = hidden_;
    for (Index i = 1; i < states_; ++i) {
      s.s[i] = before >= 0 ? a_.states[i] + before * hidden_ : a_.initial[i] + position * hidden_;
      s.ds[i] = s.ds_prev[i] = carry_[i] + from * hidden_;
      s.s_stride[i] = s.ds_stride[i] = s.ds_prev_stride[i] = hidden_;
    }
    s.tape_stride = a_.tape_stride > 0 ? a_.tape_stride : static_cast<Index>(cell_.tape.size()) * hidden_;
    s.tape = a_.tape + row * s.tape_stride;
    s.unit_weights = w_.raw.weight_unit;
    s.da = z_.da + row * z_.da_stride;
    s.da_stride = z_.da_stride;
    if (z_.dp != nullptr) {
      s.dp_stride = static_cast<Index>(cell_.unit_weights.size()) * hidden_;
      s.dp = z_.dp + row * s.dp_stride;
    }
    cell_.template kernels<T>().backward(s);
    if (!cell_.staged) return;
    T* const dproduct = dproduct_ + from * hidden_;
    const Gradient d = of_products(row, rows, w_.stage_runs[1]);
    product(d, w_.stage_runs[1], rows, dproduct, hidden_, false);
    if (a_.h_mask != nullptr)
      k_.multiply(rows * hidden_, dproduct, a_.h_mask + position * recurrent_, dproduct);
    s.dproduct = dproduct;
    s.dproduct_stride = hidden_;
    cell_.template kernels<T>().early_backward(s);
  }

  /// Gradients of products with U, gate by gate: in table order, or by rank.
  struct Gradient {
    const T* d;
    Index stride;
    bool by_rank;
  };

  /// The gradient of U·h for the gates of some runs: that of the pre-activations, taken back through layer
  /// norm if there is one.
  Gradient of_products(Index row, Index rows, const std::vector<GateRun>& runs) {
    const T* const da = z_.da + row * z_.da_stride;
    if (!w_.shape.layer_norm) return {da, z_.da_stride, false};
    const Index Gh = cell_.h_gates();
    T* const du = z_.dh_products + row * z_.dh_products_stride;
    for (const GateRun& run : runs) {
      for (Index r = 0; r < rows; ++r)
        std::memset(du + r * z_.dh_products_stride + run.rank * hidden_, 0,
                    static_cast<std::size_t>(run.count * hidden_) * sizeof(T));
      NormBackwardArgs<T> n{.rows = rows, .groups = run.count, .width = hidden_};
      n.dy = da + run.table * hidden_;
      n.dy_stride = z_.da_stride;
      n.gain = w_.raw.gain_hh + run.rank * hidden_;
      n.normalised = a_.norm_h + (row * Gh + run.rank) * hidden_;
      n.normalised_stride = Gh * hidden_;
      n.inverse_std = a_.norm_h_inverse_std + row * Gh + run.rank;
      n.inverse_std_stride = Gh;
      n.dx = du + run.rank * hidden_;
      n.dx_stride = z_.dh_products_stride;
      k_.norm_backward(n);
    }
    return {du, z_.dh_products_stride, true};
  }

  /// y = (or +=) Σ over the gates of the runs of d·U.
  void product(const Gradient& d, const std::vector<GateRun>& runs, Index rows, T* y, Index y_stride,
               bool accumulate) {
    for (const GateRun& run : runs) {
      Panels<T> u = w_.hh_back;
      u.data += run.rank * hidden_ * w_.hh_back.vectors * k_.lanes;
      u.k = run.count * hidden_;
      k_.gemm({.rows = rows,
               .a = d.d + (d.by_rank ? run.rank : run.table) * hidden_,
               .a_stride = d.stride,
               .b = u,
               .accumulate = accumulate,
               .y = y,
               .y_stride = y_stride});
      accumulate = true;
    }
  }

  void through_recurrence(Index row, Index n) {
    const auto& runs = w_.stage_runs[0];
    if (runs.empty()) return;
    const Gradient d = of_products(row, n, runs);
    if (a_.h_mask == nullptr) {
      product(d, runs, n, carry_[0], recurrent_, true);
    } else {
      product(d, runs, n, dentering_, recurrent_, false);
      k_.multiply_add(n * recurrent_, dentering_, a_.h_mask + steps_.first() * recurrent_, carry_[0]);
    }
  }

  const ScanArgs<T>& a_;
  const ScanBackwardArgs<T>& b_;
  const BackwardSpace<T>& z_;
  const ScanWeights<T>& w_;
  const Cell& cell_;
  const Kernels<T>& k_;
  const SliceSteps& steps_;
  Index hidden_, recurrent_, states_;
  T *carry_[4] = {}, *direct_[4] = {};
  T *dunprojected_ = nullptr, *dproduct_ = nullptr, *dentering_ = nullptr;
};

/// The gradients of weights and input, from the gradients of the pre-activations. Sums run over steps in the
/// order in which the backward scan visits them, and over sequences by position, however many threads there
/// are.
template <class T>
class WeightGradients {
 public:
  WeightGradients(const ScanArgs<T>& args, const ScanBackwardArgs<T>& back, const BackwardSpace<T>& space)
      : a_(args),
        b_(back),
        z_(space),
        w_(*args.weights),
        cell_(*w_.cell),
        k_(kernels<T>()),
        steps_(*args.layout, args.reverse, 0, args.layout->batch()),
        hidden_(w_.shape.hidden),
        recurrent_(w_.shape.recurrent()) {
    const bool normed = w_.shape.layer_norm;
    dx_ = normed ? z_.dx_products : a_.ids != nullptr ? z_.dtable : z_.da;
    dx_stride_ = normed ? z_.dx_products_stride : z_.da_stride;
    dh_ = normed ? z_.dh_products : z_.da;
    dh_stride_ = normed ? z_.dh_products_stride : z_.da_stride;
  }

  /// The share of thread `part` of `parts`.
  void run(Index part, Index parts) {
    part_ = part;
    parts_ = parts;
    const bool normed = w_.shape.layer_norm;
    for (const GateRun& run : w_.x_runs) {
      const Index gate = normed ? run.rank : run.table;
      outer(a_.ids != nullptr ? Pairs{{dx_, a_.x, a_.table_rows}}
                              : pairs(dx_, dx_stride_, a_.x, w_.shape.input),
            gate * hidden_, run, dx_stride_, w_.shape.input, b_.dweight_ih);
    }
    for (int stage = 0; stage < 2; ++stage) {
      // Gates of stage 1 read the product that stage 0 handed out.
      const Pairs rows =
          stage == 0 ? entering_pairs(dh_, dh_stride_) : pairs(dh_, dh_stride_, a_.product, hidden_);
      for (const GateRun& run : w_.stage_runs[stage])
        outer(rows, (normed ? run.rank : run.table) * hidden_, run, dh_stride_, recurrent_, b_.dweight_hh);
    }
    column_sum(z_.da, z_.da_stride, static_cast<Index>(cell_.gates.size()) * hidden_, b_.dbias);
    if (z_.dp != nullptr) {
      const Index width = static_cast<Index>(cell_.unit_weights.size()) * hidden_;
      column_sum(z_.dp, width, width, b_.dweight_unit);
    }
    if (w_.shape.projection > 0 && b_.dweight_hr != nullptr)
      outer(pairs(z_.dprojected, recurrent_, a_.unprojected, hidden_), 0, recurrent_, 0, recurrent_, hidden_,
            b_.dweight_hr);
    if (b_.dx != nullptr) input_gradient();
  }

  /// Before run(), with layer norm: the gradient of W·x, and of the gains, for this thread's rows.
  void through_norm(Index part, Index parts) {
    const Slice rows = slice_of(a_.layout->rows(), parts, part);
    const Index Gx = cell_.x_gates();
    for (Index r = rows.begin; r < rows.end; ++r) {
      T* const dx = z_.dx_products + r * z_.dx_products_stride;
      std::memset(dx, 0, static_cast<std::size_t>(Gx * hidden_) * sizeof(T));
      for (const GateRun& run : w_.x_runs) {
        T* const normalised = a_.norm_x + (r * Gx + run.rank) * hidden_;
        const T* const da = z_.da + r * z_.da_stride + run.table * hidden_;
        NormBackwardArgs<T> n{.rows = 1, .groups = run.count, .width = hidden_};
        n.dy = da;
        n.gain = w_.raw.gain_ih + run.rank * hidden_;
        n.normalised = normalised;  // strides play no part in a single row
        n.inverse_std = a_.norm_x_inverse_std + r * Gx + run.rank;
        n.dx = dx + run.rank * hidden_;
        k_.norm_backward(n);
        k_.multiply(run.count * hidden_, da, normalised,
                    normalised);  // the gain's gradient, to be summed over rows
      }
      for (const GateRun& run : w_.h_runs) {
        T* const normalised = a_.norm_h + (r * cell_.h_gates() + run.rank) * hidden_;
        k_.multiply(run.count * hidden_, z_.da + r * z_.da_stride + run.table * hidden_, normalised,
                    normalised);
      }
    }
  }

  /// Before run(), where x is a table: the sums of the gradients of all rows that read a row of it, for this
  /// thread's columns.
  void through_table(Index part, Index parts) {
    // Whole cache lines, so that no thread writes where another does.
    constexpr Index kLine = 64 / Index{sizeof(T)};
    const Index columns = static_cast<Index>(cell_.gates.size()) * hidden_;
    const Slice lines = slice_of((columns + kLine - 1) / kLine, parts, part);
    const Index begin = lines.begin * kLine, width = std::min(lines.end * kLine, columns) - begin;
    if (width <= 0) return;
    for (Index v = 0; v < a_.table_rows; ++v)
      std::memset(z_.dtable + v * z_.da_stride + begin, 0, static_cast<std::size_t>(width) * sizeof(T));
    for (Index k = steps_.count() - 1; k >= 0; --k)
      for (Index r = steps_[k].row; r < steps_[k].row + steps_[k].rows; ++r)
        k_.add(width, z_.da + r * z_.da_stride + begin, z_.dtable + a_.ids[r] * z_.da_stride + begin);
  }

  /// After through_norm() of all threads.
  void gains() {
    column_sum(a_.norm_x, cell_.x_gates() * hidden_, cell_.x_gates() * hidden_, b_.dgain_ih);
    column_sum(a_.norm_h, cell_.h_gates() * hidden_, cell_.h_gates() * hidden_, b_.dgain_hh);
  }

 private:
  using Pairs = std::vector<RowPair<T>>;

  /// Rows of a gradient beside rows of what was multiplied, step by step, last step first.
  Pairs pairs(const T* a, Index a_stride, const T* b, Index b_stride) const {
    Pairs out;
    for (Index k = steps_.count() - 1; k >= 0; --k)
      out.push_back({a + steps_[k].row * a_stride, b == nullptr ? nullptr : b + steps_[k].row * b_stride,
                     steps_[k].rows});
    return out;
  }

  /// The same for the h that entered each step's product.
  Pairs entering_pairs(const T* a, Index a_stride) const {
    if (a_.h_entering != nullptr) return pairs(a, a_stride, a_.h_entering, recurrent_);
    Pairs out;
    for (Index k = steps_.count() - 1; k >= 0; --k) {
      const SliceStep s = steps_[k];
      if (s.carried > 0) out.push_back({a + s.row * a_stride, a_.y + s.before * recurrent_, s.carried});
      if (s.rows > s.carried)
        out.push_back(
            {a + (s.row + s.carried) * a_stride, a_.initial[0] + s.carried * recurrent_, s.rows - s.carried});
    }
    return out;
  }

  void outer(const Pairs& pairs, Index a_offset, const GateRun& run, Index a_stride, Index columns, T* y) {
    outer(pairs, a_offset, run.count * hidden_, run.rank * hidden_, a_stride, columns, y);
  }
  /// Rows [y_row, y_row + rows) of y from columns [a_offset, a_offset + rows) of the pairs' a.
  void outer(Pairs pairs, Index a_offset, Index rows, Index y_row, Index a_stride, Index columns, T* y) {
    if (y == nullptr) return;
    for (RowPair<T>& pair : pairs) pair.a += a_offset;
    OuterArgs<T> o{.pairs = pairs.data(), .pair_count = static_cast<Index>(pairs.size())};
    o.a_stride = a_stride;
    o.b_stride = columns;
    o.columns = columns;
    const Slice share = slice_of(rows, parts_, part_);
    o.first = share.begin;
    o.last = share.end;
    o.y = y + y_row * columns;
    o.y_stride = columns;
    if (share.size() > 0) k_.outer(o);
  }

  void column_sum(const T* a, Index stride, Index columns, T* y) {
    if (y == nullptr) return;
    const Pairs rows = pairs(a, stride, nullptr, 0);
    OuterArgs<T> o{.pairs = rows.data(), .pair_count = static_cast<Index>(rows.size())};
    o.a_stride = stride;
    const Slice share = slice_of(columns, parts_, part_);
    o.first = share.begin;
    o.last = share.end;
    o.y = y;
    if (share.size() > 0) k_.column_sum(o);
  }

  void input_gradient() {
    const Slice rows = slice_of(a_.ids != nullptr ? a_.table_rows : a_.layout->rows(), parts_, part_);
    if (rows.size() == 0) return;
    for (const GateRun& run : w_.x_runs) {
      Panels<T> w = w_.ih_back;
      w.data += run.rank * hidden_ * w_.ih_back.vectors * k_.lanes;
      w.k = run.count * hidden_;
      const Index gate = w_.shape.layer_norm ? run.rank : run.table;
      k_.gemm({.rows = rows.size(),
               .a = dx_ + rows.begin * dx_stride_ + gate * hidden_,
               .a_stride = dx_stride_,
               .b = w,
               .accumulate = true,
               .y = b_.dx + rows.begin * w_.shape.input,
               .y_stride = w_.shape.input});
    }
  }

  const ScanArgs<T>& a_;
  const ScanBackwardArgs<T>& b_;
  const BackwardSpace<T>& z_;
  const ScanWeights<T>& w_;
  const Cell& cell_;
  const Kernels<T>& k_;
  SliceSteps steps_;
  Index hidden_, recurrent_;
  const T *dx_, *dh_;
  Index dx_stride_, dh_stride_;
  Index part_ = 0, parts_ = 1;
};

}  // namespace

template <class T>
Index scan_backward_workspace(const ScanArgs<T>& args) {
  return BackwardSpace<T>(args).used;
}

template <class T>
void scan_backward(const ScanArgs<T>& args, const ScanBackwardArgs<T>& back, T* workspace, ThreadPool& pool) {
  const BackwardSpace<T> space(args, workspace);
  const Layout& layout = *args.layout;
  const Index slices = scan_slices(layout, pool), threads = pool.size();
  pool.run(slices, [&](Index part) {
    const Index first = slice_begin(layout, slices, part), last = slice_begin(layout, slices, part + 1);
    if (first == last) return;
    const SliceSteps steps(layout, args.reverse, first, last);
    BackwardSlice<T>(args, back, space, steps).run();
  });
  const WeightGradients<T> gradients(args, back, space);
  if (args.weights->shape.layer_norm)
    pool.run(threads, [&](Index part) { WeightGradients<T>(gradients).through_norm(part, threads); });
  if (args.ids != nullptr)
    pool.run(threads, [&](Index part) { WeightGradients<T>(gradients).through_table(part, threads); });
  pool.run(threads, [&](Index part) {
    WeightGradients<T> mine(gradients);
    mine.run(part, threads);
    if (args.weights->shape.layer_norm) mine.gains();
  });
}

template Index scan_backward_workspace(const ScanArgs<float>&);
template Index scan_backward_workspace(const ScanArgs<double>&);
template void scan_backward(const ScanArgs<float>&, const ScanBackwardArgs<float>&, float*, ThreadPool&);
template void scan_backward(const ScanArgs<double>&, const ScanBackwardArgs<double>&, double*, ThreadPool&);

}  // namespace recur
