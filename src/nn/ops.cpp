#include "nn/ops.h"

#include <algorithm>
#include <cstring>

namespace recur {
namespace {

/// Runs f(T{}, kernels, begin, end) over equal slices of [0, size) on all threads, whole cache lines each.
template <class F>
void each_slice(const Pass& pass, DType dtype, Index size, F&& f) {
  with_float_type(dtype, [&]<class T>(T zero) {
    const Kernels<T>& k = kernels<T>();
    constexpr Index kBlock = 1024;
    const Index blocks = (size + kBlock - 1) / kBlock,
                parts = std::min(pass.pool.size(), std::max<Index>(blocks, 1));
    pass.pool.run(parts, [&](Index part) {
      const Slice s = slice_of(blocks, parts, part);
      const Index begin = s.begin * kBlock, end = std::min(size, s.end * kBlock);
      if (begin < end) f(zero, k, begin, end);
    });
  });
}

/// Values in a row, however many rows there are.
Index row_width(const Tensor& x) {
  Index width = 1;
  for (int i = 1; i < x.shape().rank(); ++i) width *= x.dim(i);
  return width;
}

}  // namespace

Var apply_mask(const Pass& pass, const Var& x, const Tensor& mask) {
  RECUR_ASSERT(mask.size() == x.value.size());
  Tensor y = Tensor::empty(x.shape(), x.dtype());
  ThreadPool* const pool = &pass.pool;
  each_slice(pass, y.dtype(), y.size(), [&]<class T>(T, const Kernels<T>& k, Index b, Index e) {
    k.multiply(e - b, x.value.data<T>() + b, mask.data<T>() + b, y.data<T>() + b);
  });
  return record(y, {&x}, [x, mask, pool](Gradients& g, const Tensor& dy) {
    const Tensor dx = g.of(x);
    if (!dx.defined()) return;
    each_slice(Pass{.pool = *pool}, dy.dtype(), dy.size(),
               [&]<class T>(T, const Kernels<T>& k, Index b, Index e) {
                 k.multiply_add(e - b, dy.data<T>() + b, mask.data<T>() + b, dx.data<T>() + b);
               });
  });
}

Var add(const Pass& pass, const Var& a, const Var& b) {
  RECUR_ASSERT(a.shape() == b.shape());
  Tensor y = a.value.clone();
  ThreadPool* const pool = &pass.pool;
  each_slice(pass, y.dtype(), y.size(), [&]<class T>(T, const Kernels<T>& k, Index begin, Index end) {
    k.add(end - begin, b.value.data<T>() + begin, y.data<T>() + begin);
  });
  return record(y, {&a, &b}, [a, b, pool](Gradients& g, const Tensor& dy) {
    for (const Var* x : {&a, &b})
      if (const Tensor dx = g.of(*x); dx.defined())
        each_slice(Pass{.pool = *pool}, dy.dtype(), dy.size(),
                   [&]<class T>(T, const Kernels<T>& k, Index begin, Index end) {
                     k.add(end - begin, dy.data<T>() + begin, dx.data<T>() + begin);
                   });
  });
}

Var multiply(const Pass& pass, const Var& a, const Var& b) {
  RECUR_ASSERT(a.shape() == b.shape());
  Tensor y = Tensor::empty(a.shape(), a.dtype());
  ThreadPool* const pool = &pass.pool;
  each_slice(pass, y.dtype(), y.size(), [&]<class T>(T, const Kernels<T>& k, Index begin, Index end) {
    k.multiply(end - begin, a.value.data<T>() + begin, b.value.data<T>() + begin, y.data<T>() + begin);
  });
  return record(y, {&a, &b}, [a, b, pool](Gradients& g, const Tensor& dy) {
    const auto back = [&](const Var& x, const Var& other) {
      if (const Tensor dx = g.of(x); dx.defined())
        each_slice(Pass{.pool = *pool}, dy.dtype(), dy.size(),
                   [&]<class T>(T, const Kernels<T>& k, Index begin, Index end) {
                     k.multiply_add(end - begin, dy.data<T>() + begin, other.value.data<T>() + begin,
                                    dx.data<T>() + begin);
                   });
    };
    back(a, b);
    back(b, a);
  });
}

Var scale(const Pass& pass, const Var& x, double factor) {
  Tensor y = Tensor::empty(x.shape(), x.dtype());
  each_slice(pass, y.dtype(), y.size(), [&]<class T>(T, const Kernels<T>& k, Index begin, Index end) {
    k.scale(end - begin, static_cast<T>(factor), x.value.data<T>() + begin, y.data<T>() + begin);
  });
  return record(y, {&x}, [x, factor](Gradients& g, const Tensor& dy) {
    const Tensor dx = g.of(x);
    if (!dx.defined()) return;
    with_float_type(dy.dtype(), [&]<class T>(T) {
      const T f = static_cast<T>(factor);
      const T* const d = dy.data<T>();
      T* const out = dx.data<T>();
      for (Index i = 0; i < dy.size(); ++i) out[i] += f * d[i];
    });
  });
}

Var steps_between(const Pass& pass, const Var& x, Index n) {
  const Index rows = x.shape()[0], width = row_width(x.value);
  RECUR_ASSERT(n > 0 && n < rows);
  const Index ahead = n * width;
  Tensor y = Tensor::empty({rows - n, width}, x.dtype());
  ThreadPool* const pool = &pass.pool;
  each_slice(pass, y.dtype(), y.size(), [&]<class T>(T, const Kernels<T>&, Index begin, Index end) {
    const T* const value = x.value.data<T>();
    for (Index i = begin; i < end; ++i) y.data<T>()[i] = value[i + ahead] - value[i];
  });
  return record(y, {&x}, [x, ahead, pool](Gradients& g, const Tensor& dy) {
    const Tensor dx = g.of(x);
    if (!dx.defined()) return;
    for (const Index to : {ahead, Index{0}})  // apart: a thread must not write where another does
      each_slice(Pass{.pool = *pool}, dy.dtype(), dy.size(),
                 [&]<class T>(T, const Kernels<T>&, Index begin, Index end) {
                   const T* const d = dy.data<T>();
                   T* const out = dx.data<T>() + to;
                   for (Index i = begin; i < end; ++i) out[i] += to == 0 ? -d[i] : d[i];
                 });
  });
}

Var activate(const Pass& pass, Activation f, const Var& x) {
  Tensor y = Tensor::empty(x.shape(), x.dtype());
  ThreadPool* const pool = &pass.pool;
  each_slice(pass, y.dtype(), y.size(), [&]<class T>(T, const Kernels<T>& k, Index b, Index e) {
    k.activate(f, e - b, x.value.data<T>() + b, y.data<T>() + b);
  });
  return record(y, {&x}, [x, y, f, pool](Gradients& g, const Tensor& dy) {
    const Tensor dx = g.of(x);
    if (!dx.defined()) return;
    each_slice(Pass{.pool = *pool}, dy.dtype(), dy.size(),
               [&]<class T>(T, const Kernels<T>& k, Index b, Index e) {
                 k.activate_backward(f, e - b, y.data<T>() + b, dy.data<T>() + b, dx.data<T>() + b);
               });
  });
}

Var concat(const Pass&, const Var& a, const Var& b) {
  const Index rows = a.shape()[0], wa = row_width(a.value), wb = row_width(b.value);
  RECUR_ASSERT(b.shape()[0] == rows);
  Tensor y = Tensor::empty({rows, wa + wb}, a.dtype());
  with_float_type(y.dtype(), [&]<class T>(T) {
    for (Index r = 0; r < rows; ++r) {
      std::copy_n(a.value.data<T>() + r * wa, wa, y.data<T>() + r * (wa + wb));
      std::copy_n(b.value.data<T>() + r * wb, wb, y.data<T>() + r * (wa + wb) + wa);
    }
  });
  return record(y, {&a, &b}, [a, b, rows, wa, wb](Gradients& g, const Tensor& dy) {
    const auto back = [&](const Var& x, Index offset, Index width) {
      const Tensor dx = g.of(x);
      if (!dx.defined()) return;
      with_float_type(dy.dtype(), [&]<class T>(T) {
        for (Index r = 0; r < rows; ++r)
          kernels<T>().add(width, dy.data<T>() + r * (wa + wb) + offset, dx.data<T>() + r * width);
      });
    };
    back(a, 0, wa);
    back(b, wa, wb);
  });
}

Var gather_rows(const Pass&, const Var& x, const std::vector<Index>& rows) {
  const Index width = row_width(x.value);
  Tensor y = Tensor::empty({static_cast<Index>(rows.size()), width}, x.dtype());
  with_float_type(y.dtype(), [&]<class T>(T) {
    T* out = y.data<T>();
    for (const Index row : rows) out = std::copy_n(x.value.data<T>() + row * width, width, out);
  });
  return record(y, {&x}, [x, rows, width](Gradients& g, const Tensor& dy) {
    const Tensor dx = g.of(x);
    if (!dx.defined()) return;
    with_float_type(dy.dtype(), [&]<class T>(T) {
      const T* d = dy.data<T>();
      for (const Index row : rows) {
        kernels<T>().add(width, d, dx.data<T>() + row * width);
        d += width;
      }
    });
  });
}

Var slice_rows(const Pass&, const Var& x, Index first, Index last) {
  return record(x.value.rows(first, last), {&x}, [x, first, last](Gradients& g, const Tensor& dy) {
    const Tensor dx = g.of(x);
    if (!dx.defined()) return;
    with_float_type(dy.dtype(), [&]<class T>(T) {
      kernels<T>().add(dy.size(), dy.data<T>(), dx.rows(first, last).data<T>());
    });
  });
}

Var stack_rows(const Pass& pass, const std::vector<Var>& parts) {
  RECUR_ASSERT(!parts.empty());
  Index rows = 0;
  for (const Var& part : parts) rows += part.shape()[0];
  const Index width = row_width(parts.front().value);
  const Tensor y = Tensor::empty({rows, width}, parts.front().dtype());
  Index at = 0;
  for (const Var& part : parts) {
    const Index end = at + part.shape()[0];
    if (end > at)
      std::memcpy(y.rows(at, end).raw(), part.value.raw(), static_cast<std::size_t>(part.value.bytes()));
    at = end;
  }
  return record<1>(pass.tape, {y}, [parts](Gradients& g, const std::array<Tensor, 1>& dy) {
    Index from = 0;
    for (const Var& part : parts) {
      const Index to = from + part.shape()[0];
      if (const Tensor dx = g.of(part); dx.defined())
        with_float_type(dx.dtype(), [&]<class T>(T) {
          kernels<T>().add(dx.size(), dy[0].rows(from, to).data<T>(), dx.data<T>());
        });
      from = to;
    }
  })[0];
}

Tensor spread_over_time(const Tensor& by_position, const Layout& layout) {
  const Index width = row_width(by_position);
  Tensor y = Tensor::empty({layout.rows(), width}, by_position.dtype());
  const std::size_t bytes = static_cast<std::size_t>(width * size_of(y.dtype()));
  for (Index t = 0; t < layout.steps(); ++t)
    std::memcpy(static_cast<char*>(y.raw()) + static_cast<std::size_t>(layout.offset(t)) * bytes,
                by_position.raw(), static_cast<std::size_t>(layout.active(t)) * bytes);
  return y;
}

Tensor pack_rows(const Tensor& padded, const Layout& layout) {
  const Index batch = layout.batch(), width = padded.dim(2);
  Tensor rows = Tensor::empty({layout.rows(), width}, padded.dtype());
  const std::size_t bytes = static_cast<std::size_t>(width * size_of(padded.dtype()));
  for (Index t = 0; t < layout.steps(); ++t)
    for (Index i = 0; i < layout.active(t); ++i)
      std::memcpy(static_cast<char*>(rows.raw()) + static_cast<std::size_t>(layout.row(t, i)) * bytes,
                  static_cast<const char*>(padded.raw()) +
                      static_cast<std::size_t>(t * batch + layout.sequence(i)) * bytes,
                  bytes);
  return rows;
}

Tensor unpack_rows(const Tensor& rows, const Layout& layout) {
  const Index batch = layout.batch(), width = rows.dim(1);
  Tensor padded = Tensor::zeros({layout.steps(), batch, width}, rows.dtype());
  const std::size_t bytes = static_cast<std::size_t>(width * size_of(rows.dtype()));
  for (Index t = 0; t < layout.steps(); ++t)
    for (Index i = 0; i < layout.active(t); ++i)
      std::memcpy(
          static_cast<char*>(padded.raw()) + static_cast<std::size_t>(t * batch + layout.sequence(i)) * bytes,
          static_cast<const char*>(rows.raw()) + static_cast<std::size_t>(layout.row(t, i)) * bytes, bytes);
  return padded;
}

}  // namespace recur
