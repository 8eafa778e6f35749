#include "nn/masks.h"

#include "nn/share.h"

namespace recur {
namespace {

template <class T>
void fill_row(PhiloxKey key, std::uint32_t sequence, std::uint64_t t, MaskValues values, Index width,
              T* out) {
  // A word of 32 bits is below p·2³² with probability p.
  const auto threshold = static_cast<std::uint64_t>(values.p * 4294967296.0);
  const T dropped = static_cast<T>(values.dropped), kept = static_cast<T>(values.kept);
  for (Index unit = 0; unit < width; unit += 4) {
    const PhiloxBlock block = mask_words(key, sequence, t, static_cast<std::uint32_t>(unit / 4));
    for (Index i = 0; i < 4 && unit + i < width; ++i)
      out[unit + i] = block.word[i] < threshold ? dropped : kept;
  }
}

template <class RowOf>
Tensor fill(const Pass& pass, RandomKey address, MaskValues values, Index rows, Index width, DType dtype,
            RowOf row_of) {
  Tensor mask = Tensor::empty({rows, width}, dtype);
  const PhiloxKey key = mask_key(address);
  with_float_type(dtype, [&]<class T>(T) {
    T* const out = mask.data<T>();
    share(pass.pool, rows, 1 + 4096 / std::max<Index>(width, 1), [&](Index begin, Index end) {
      row_of(Slice{begin, end}, [&](Index row, Index sequence, Index t) {
        fill_row(key, static_cast<std::uint32_t>(pass.first_sequence + sequence),
                 static_cast<std::uint64_t>(pass.first_time + t), values, width, out + row * width);
      });
    });
  });
  return mask;
}

}  // namespace

Tensor step_mask(const Pass& pass, RandomKey key, MaskValues values, const Layout& layout, Index width,
                 DType dtype) {
  return fill(pass, key, values, layout.rows(), width, dtype, [&](Slice rows, auto&& each) {
    Index t = 0;
    for (Index row = rows.begin; row < rows.end; ++row) {
      while (row >= layout.offset(t) + layout.active(t)) ++t;
      each(row, layout.sequence(row - layout.offset(t)), t);
    }
  });
}

Tensor sequence_mask(const Pass& pass, RandomKey key, MaskValues values, const Layout& layout, Index width,
                     DType dtype) {
  // Absolute time plays no part: chunks of the same sequences, in one optimiser step, have the same mask.
  Pass timeless = pass;
  timeless.first_time = 0;
  return fill(timeless, key, values, layout.batch(), width, dtype, [&](Slice positions, auto&& each) {
    for (Index i = positions.begin; i < positions.end; ++i) each(i, layout.sequence(i), 0);
  });
}

Tensor matrix_mask(const Pass& pass, RandomKey key, MaskValues values, const Shape& shape, DType dtype) {
  const Index rows = shape[0], width = shape[1];
  Tensor mask = Tensor::empty(shape, dtype);
  const PhiloxKey words = mask_key(key);
  with_float_type(dtype, [&]<class T>(T) {
    share(pass.pool, rows, 1 + 4096 / std::max<Index>(width, 1), [&](Index begin, Index end) {
      for (Index row = begin; row < end; ++row)
        fill_row(words, static_cast<std::uint32_t>(pass.first_sequence), static_cast<std::uint64_t>(row),
                 values, width, mask.data<T>() + row * width);
    });
  });
  return mask;
}

Tensor table_mask(const Pass& pass, RandomKey key, MaskValues values, const Tensor& ids, Index width,
                  DType dtype) {
  const Index rows = ids.size();
  Tensor mask = Tensor::empty({rows, width}, dtype);
  const PhiloxKey words = mask_key(key);
  const std::int32_t* const id = ids.data<std::int32_t>();
  with_float_type(dtype, [&]<class T>(T) {
    share(pass.pool, rows, 1 + 4096 / std::max<Index>(width, 1), [&](Index begin, Index end) {
      for (Index row = begin; row < end; ++row) {
        T value;
        fill_row(words, static_cast<std::uint32_t>(pass.first_sequence), static_cast<std::uint64_t>(id[row]),
                 values, 1, &value);
        std::fill_n(mask.data<T>() + row * width, width, value);
      }
    });
  });
  return mask;
}

}  // namespace recur
