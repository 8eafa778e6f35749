#include "kernels/packed.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <type_traits>

#include "base/error.h"

namespace recur {
namespace {

Index panels_for(Index columns, Index width) { return (columns + width - 1) / width; }

/// So many lines of a panel stay in the first-level cache while their lanes fill up.
constexpr Index kBlock = 64;

using FourFloats [[gnu::vector_size(16)]] = float;

FourFloats four(const float* p) {
  FourFloats v;
  std::memcpy(&v, p, sizeof(v));
  return v;
}

/// to[i·to_stride + r] = from[r·from_stride + i] for four r and four i.
void transpose_four(const float* from, Index from_stride, float* to, Index to_stride) {
  const FourFloats a = four(from), b = four(from + from_stride), c = four(from + 2 * from_stride),
                   d = four(from + 3 * from_stride);
  const FourFloats ab = __builtin_shufflevector(a, b, 0, 4, 1, 5),
                   cd = __builtin_shufflevector(c, d, 0, 4, 1, 5);
  const FourFloats ab_high = __builtin_shufflevector(a, b, 2, 6, 3, 7),
                   cd_high = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  const FourFloats lines[]{__builtin_shufflevector(ab, cd, 0, 1, 4, 5),
                           __builtin_shufflevector(ab, cd, 2, 3, 6, 7),
                           __builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5),
                           __builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7)};
  for (Index i = 0; i < 4; ++i) std::memcpy(to + i * to_stride, &lines[i], sizeof(FourFloats));
}

/// to[i·to_stride + r] = from[r·from_stride + i] for r in [0, rows) and i in [0, lines).
template <class T>
void transpose(const T* from, Index from_stride, Index rows, Index lines, T* to, Index to_stride) {
  Index r = 0;
  if constexpr (std::is_same_v<T, float>) {
    for (; r + 4 <= rows; r += 4) {
      Index i = 0;
      for (; i + 4 <= lines; i += 4)
        transpose_four(from + r * from_stride + i, from_stride, to + i * to_stride + r, to_stride);
      for (; i < lines; ++i)
        for (Index n = r; n < r + 4; ++n) to[i * to_stride + n] = from[n * from_stride + i];
    }
  }
  for (; r < rows; ++r)
    for (Index i = 0; i < lines; ++i) to[i * to_stride + r] = from[r * from_stride + i];
}

/// One part (x or h) of a panel: `gates` gates, units from `first`, of w [gates·hidden, k].
template <class T>
void pack_units(const T* w, Index gates, Index hidden, Index k, Index first, Index units, Index lanes,
                Index interleaved, T* out) {
  const Index line = gates * units * lanes, per_k = line * interleaved;
  for (Index k0 = 0; k0 < k; k0 += kBlock) {
    const Index k1 = std::min(k, k0 + kBlock);
    for (Index i = k0; i < k1; ++i) std::fill(out + i * per_k, out + i * per_k + line, T{0});
    for (Index u = 0; u < units; ++u) {
      for (Index g = 0; g < gates; ++g) {
        const Index begin = first + u * lanes, count = std::min(lanes, hidden - begin);
        transpose(w + (g * hidden + begin) * k + k0, k, count, k1 - k0,
                  out + (u * gates + g) * lanes + k0 * per_k, per_k);
      }
    }
  }
}

/// `lines` lines of `width` values as pairs; returns the end of what was written.
template <class T>
std::uint32_t* pair_up(const T* from, Index lines, Index width, std::uint32_t* to) {
  const auto bits = [](T x) { return std::bit_cast<std::uint32_t>(static_cast<float>(x)); };
  for (Index i = 0; i < lines; i += 2, to += width)
    for (Index j = 0; j < width; ++j) {
      const std::uint32_t low = bits(from[i * width + j]),
                          high = i + 1 < lines ? bits(from[(i + 1) * width + j]) : 0;
      RECUR_ASSERT(((low | high) & 0xFFFF) == 0);
      to[j] = low >> 16 | high;
    }
  return to;
}

Index pairs_of(Index lines) { return (lines + 1) / 2; }

/// Makes pairs of the lines of `count` panels of a step.
template <class T>
void pair_step_lines(Index lanes, Index count, StepPanels<T>& panels) {
  Panels<T>&x = panels.x, &h = panels.h;
  const Index x_line = x.vectors * lanes, h_line = h.vectors * lanes;
  const Index stride = pairs_of(x.k) * x_line + pairs_of(h.k) * h_line;
  panels.pairs.reserve(count * stride);
  std::uint32_t* to = panels.pairs.data();
  for (Index first = 0; first < count;) {
    const Index group = first + x.interleaved <= count ? x.interleaved : 1;
    const T* const from = x.data + first * x.panel_stride;
    to = pair_up(from, x.k, group * x_line, to);
    to = pair_up(from + group * x.k * x_line, h.k, group * h_line, to);
    first += group;
  }
  for (Panels<T>* part : {&x, &h}) {
    part->data = nullptr;
    part->pairs = panels.pairs.data();
    part->panel_stride = stride;
  }
  h.before = pairs_of(x.k) * x_line;
  panels.buffer = AlignedBuffer<T>();
}

}  // namespace

template <class T>
void pack_transposed(const T* w, Index stride, Index columns, Index k, PanelShape shape, PanelLoop each,
                     AlignedBuffer<T>& buffer, Panels<T>& panels) {
  const Index width = shape.width(), count = panels_for(columns, width);
  buffer.reserve(count * k * width);
  panels = {buffer.data(), k, columns, shape.vectors, k * width};
  each(count, k * width, [&](Index p) {
    T* panel = buffer.data() + p * k * width;
    const Index first = p * width, valid = std::min(width, columns - first);
    for (Index k0 = 0; k0 < k; k0 += kBlock) {
      transpose(w + first * stride + k0, stride, valid, std::min(k - k0, kBlock), panel + k0 * width, width);
    }
    for (Index i = 0; i < k; ++i) std::fill(panel + i * width + valid, panel + (i + 1) * width, T{0});
  });
}

template <class T>
void pack_straight(const T* w, Index stride, Index k, Index columns, PanelShape shape, PanelLoop each,
                   AlignedBuffer<T>& buffer, Panels<T>& panels) {
  const Index width = shape.width(), count = panels_for(columns, width);
  buffer.reserve(count * k * width);
  panels = {buffer.data(), k, columns, shape.vectors, k * width};
  each(count, k * width, [&](Index p) {
    T* panel = buffer.data() + p * k * width;
    const Index first = p * width, valid = std::min(width, columns - first);
    for (Index i = 0; i < k; ++i) {
      const T* row = w + i * stride + first;
      std::copy(row, row + valid, panel + i * width);
      std::fill(panel + i * width + valid, panel + (i + 1) * width, T{0});
    }
  });
}

template <class T>
void pack_step(const StepWeights<T>& w, Index lanes, PanelLoop each, StepPanels<T>& panels) {
  const Index units = vectors_of_units(w.gates), width = units * lanes;
  const Index x_k = w.ih == nullptr ? 0 : w.input, h_k = w.h_gates == 0 ? 0 : w.recurrent;
  const Index x_size = x_k * w.x_gates * width, h_size = h_k * w.h_gates * width, stride = x_size + h_size;
  const Index count = panels_for(w.hidden, width);
  panels.buffer.reserve(count * stride);
  T* data = panels.buffer.data();
  const Index grouped = count / w.interleaved * w.interleaved;  // panels that lie among each other
  const Index group = grouped > 0 ? w.interleaved : 1;
  panels.x = {data, x_k, w.hidden, w.x_gates * units, stride, 0, group};
  panels.h = {data, h_k, w.hidden, w.h_gates * units, stride, x_size, group};
  each(count, stride, [&](Index p) {
    const Index among = p < grouped ? group : 1, first = p - p % among, place = p % among;
    T* const x = data + first * stride + place * w.x_gates * width;
    T* const h = data + first * stride + among * x_size + place * w.h_gates * width;
    if (x_k > 0) pack_units(w.ih, w.x_gates, w.hidden, x_k, p * width, units, lanes, among, x);
    if (h_k > 0) pack_units(w.hh, w.h_gates, w.hidden, h_k, p * width, units, lanes, among, h);
  });
  if (w.bf16) pair_step_lines(lanes, count, panels);
}

template <class T>
void pair_lines(AlignedBuffer<T>& buffer, AlignedBuffer<std::uint32_t>& pairs, Panels<T>& panels) {
  if (panels.k == 0) return;
  const Index width = panels.panel_stride / panels.k, count = panels_for(panels.columns, width);
  pairs.reserve(count * pairs_of(panels.k) * width);
  std::uint32_t* to = pairs.data();
  for (Index p = 0; p < count; ++p) to = pair_up(panels.data + p * panels.panel_stride, panels.k, width, to);
  panels.data = nullptr;
  panels.pairs = pairs.data();
  panels.panel_stride = pairs_of(panels.k) * width;
  buffer = AlignedBuffer<T>();
}

template <class T>
void byte_lines(const T* scales, AlignedBuffer<T>& buffer, AlignedBuffer<std::int8_t>& bytes,
                Panels<T>& panels) {
  if (panels.k == 0) return;
  constexpr Index kWidestPanel = 64;
  RECUR_ASSERT(panels.k <= kMostByteLines && panels.panel_stride <= kWidestPanel * panels.k);
  const Index width = panels.panel_stride / panels.k, count = panels_for(panels.columns, width),
              fours = (panels.k + 3) / 4, stride = (fours + 1) * 4 * width;
  bytes.reserve(count * stride);
  const Index whole = panels.columns / width;
  for (Index p = 0; p < count; ++p) {
    const Index first = p / 2 * 2, among = first + 2 <= whole ? 2 : 1;  // panels that lie among each other
    std::int8_t* line =
        among == 2 ? bytes.data() + first * stride + (p - first) * 4 * width : bytes.data() + p * stride;
    RECUR_ASSERT(line != nullptr);
    std::int32_t sums[kWidestPanel] = {};
    for (Index i = 0; i < 4 * fours; i += 4, line += among * 4 * width)
      for (Index c = 0; c < width; ++c)
        for (Index k = i; k < i + 4; ++k) {
          const Index column = p * width + c;
          const bool padding = k >= panels.k || column >= panels.columns || scales[column] == 0;
          const T q =
              padding ? 0
                      : std::nearbyint(panels.data[p * panels.panel_stride + k * width + c] / scales[column]);
          RECUR_ASSERT(std::abs(q) <= 127);
          line[4 * c + k - i] = static_cast<std::int8_t>(q);
          sums[c] += static_cast<std::int32_t>(q);
        }
    std::memcpy(line, sums, static_cast<std::size_t>(4 * width));
  }
  panels.data = nullptr;
  panels.bytes = bytes.data();
  panels.scales = scales;
  panels.panel_stride = stride;
  buffer = AlignedBuffer<T>();
}

#define RECUR_INSTANTIATE(T)                                                                             \
  template void pack_transposed(const T*, Index, Index, Index, PanelShape, PanelLoop, AlignedBuffer<T>&, \
                                Panels<T>&);                                                             \
  template void pack_straight(const T*, Index, Index, Index, PanelShape, PanelLoop, AlignedBuffer<T>&,   \
                              Panels<T>&);                                                               \
  template void pack_step(const StepWeights<T>&, Index, PanelLoop, StepPanels<T>&);                      \
  template void pair_lines(AlignedBuffer<T>&, AlignedBuffer<std::uint32_t>&, Panels<T>&);                \
  template void byte_lines(const T*, AlignedBuffer<T>&, AlignedBuffer<std::int8_t>&, Panels<T>&);
RECUR_INSTANTIATE(float)
RECUR_INSTANTIATE(double)
#undef RECUR_INSTANTIATE

}  // namespace recur
