#include "nn/linear.h"

#include <mutex>
#include <tuple>

#include "kernels/table.h"
#include "nn/share.h"

namespace recur {

/// Panels for both products, each packed anew when the weight has changed since.
struct Linear::Packed {
  template <class T>
  struct One {
    AlignedBuffer<T> buffer;
    Panels<T> panels;
    Index version = -1;
  };
  template <class T>
  struct Both {
    One<T> transposed, straight;
  };
  std::tuple<Both<float>, Both<double>> types;
  std::mutex mutex;

  /// Wᵀ: what the layer multiplies with.
  template <class T>
  const Panels<T>& transposed(const Parameter& weight, ThreadPool& pool) {
    const std::lock_guard lock(mutex);
    One<T>& p = std::get<Both<T>>(types).transposed;
    const Index output = weight.value.dim(0), input = weight.value.dim(1);
    if (p.version != weight.version)
      pack_transposed(weight.value.data<T>(), input, output, input, kernels<T>().panel_shape,
                      shared_panels(pool), p.buffer, p.panels);
    p.version = weight.version;
    return p.panels;
  }
  /// W: what its gradient is multiplied with.
  template <class T>
  const Panels<T>& straight(const Parameter& weight, ThreadPool& pool) {
    const std::lock_guard lock(mutex);
    One<T>& p = std::get<Both<T>>(types).straight;
    const Index output = weight.value.dim(0), input = weight.value.dim(1);
    if (p.version != weight.version)
      pack_straight(weight.value.data<T>(), input, output, input, kernels<T>().panel_shape,
                    shared_panels(pool), p.buffer, p.panels);
    p.version = weight.version;
    return p.panels;
  }
};

namespace {

// A thread is worth waking for so many multiply-adds.
constexpr Index kWorthAThread = 1 << 16;

Index grain_for(Index work_each) { return 1 + kWorthAThread / std::max<Index>(work_each, 1); }

/// A product, its rows shared among the threads; its columns if there are too few rows.
template <class T>
void multiply(ThreadPool& pool, const GemmArgs<T>& whole) {
  const Kernels<T>& k = kernels<T>();
  const Index columns = whole.b.columns, width = k.panel_shape.width();
  if (whole.rows >= 12 * pool.size()) {
    share(pool, whole.rows, grain_for(whole.b.k * columns), [&](Index begin, Index end) {
      GemmArgs<T> part = whole;
      part.rows = end - begin;
      part.a += begin * whole.a_stride;
      part.y += begin * whole.y_stride;
      k.gemm(part);
    });
    return;
  }
  const Index panels = (columns + width - 1) / width;
  share(pool, panels, grain_for(whole.rows * whole.b.k * width), [&](Index begin, Index end) {
    GemmArgs<T> part = whole;
    part.b.data += begin * whole.b.panel_stride;
    part.b.columns = std::min(columns, end * width) - begin * width;
    part.y += begin * width;
    if (whole.bias != nullptr) part.bias += begin * width;
    k.gemm(part);
  });
}

}  // namespace

Linear::Linear(Parameters& parameters, const std::string& name, Index input, Index output, bool bias)
    : weight_(&parameters.add(name + ".weight", ParameterKind::kernel, {output, input})),
      packed_(std::make_shared<Packed>()) {
  if (bias) bias_ = &parameters.add(name + ".bias", ParameterKind::bias, {output});
}
Linear::Linear(Parameters& parameters, const std::string& name, Parameter& weight)
    : weight_(&weight),
      bias_(&parameters.add(name + ".bias", ParameterKind::bias, {weight.value.dim(0)})),
      tied_(true),
      packed_(std::make_shared<Packed>()) {}
Linear::~Linear() = default;
Linear::Linear(Linear&&) noexcept = default;
Linear& Linear::operator=(Linear&&) noexcept = default;

Var Linear::forward(const Pass& pass, const Var& x) const {
  const Index input = input_size(), output = output_size(), rows = x.shape()[0];
  check_shape(x.value, {rows, input}, "the input of a linear layer");
  Tensor y = Tensor::empty({rows, output}, x.dtype());
  const Var w = pass.use(*weight_), b = bias_ == nullptr ? Var() : pass.use(*bias_);
  ThreadPool* const pool = &pass.pool;
  with_float_type(y.dtype(), [&]<class T>(T) {
    multiply<T>(*pool, {.rows = rows,
                        .a = x.value.data<T>(),
                        .a_stride = input,
                        .b = packed_->transposed<T>(*weight_, *pool),
                        .bias = bias_ == nullptr ? nullptr : bias_->value.data<T>(),
                        .y = y.data<T>(),
                        .y_stride = output});
  });
  return record(
      y, {&x, &w},
      [=, weight = weight_, packed = packed_, version = weight_->version](Gradients& g, const Tensor& dy) {
        RECUR_ASSERT(weight->version ==
                     version);  // the gradient is that of the weights that were multiplied with
        with_float_type(dy.dtype(), [&]<class T>(T) {
          const Kernels<T>& k = kernels<T>();
          if (const Tensor dx = g.of(x); dx.defined())
            multiply<T>(*pool, {.rows = rows,
                                .a = dy.data<T>(),
                                .a_stride = output,
                                .b = packed->straight<T>(*weight, *pool),
                                .accumulate = true,
                                .y = dx.data<T>(),
                                .y_stride = input});
          if (rows == 0) return;
          const RowPair<T> backwards{dy.data<T>() + (rows - 1) * output,
                                     x.value.data<T>() + (rows - 1) * input, rows};
          const OuterArgs<T> sum{
              .pairs = &backwards, .pair_count = 1, .a_stride = -output, .b_stride = -input};
          if (const Tensor dw = g.of(w); dw.defined())
            share(*pool, output, grain_for(rows * input), [&](Index begin, Index end) {
              OuterArgs<T> part = sum;
              part.columns = input;
              part.first = begin;
              part.last = end;
              part.y = dw.data<T>();
              part.y_stride = input;
              k.outer(part);
            });
          if (const Tensor db = g.of(b); db.defined())
            share(*pool, output, std::max(k.lanes, grain_for(rows)), [&](Index begin, Index end) {
              OuterArgs<T> part = sum;
              part.first = begin;
              part.last = end;
              part.y = db.data<T>();
              k.column_sum(part);
            });
        });
      });
}

}  // namespace recur
