// Products: every instruction set against a plain loop over std::fma, to the bit.
#include "kernels/packed.h"
#include "tests/kernels/kernel_test.h"

namespace recur {
namespace {

enum class Start { zero, bias, accumulate };

/// y[r,c] = start + Σ_k a[r,k]·w[c,k], k upwards, one rounding a term: what a product is defined to be.
template <class T>
void plain_gemm(const Matrix<T>& a, const Matrix<T>& w, const T* bias, Start start, Matrix<T>& y) {
  for (Index r = 0; r < a.rows(); ++r)
    for (Index c = 0; c < w.rows(); ++c) {
      T sum = start == Start::zero ? T{0} : (start == Start::bias ? bias[c] : y(r, c));
      for (Index k = 0; k < a.columns(); ++k) sum = std::fma(a(r, k), w(c, k), sum);
      y(r, c) = sum;
    }
}

template <class T>
void expect_plain(const Kernels<T>& kernels, Index rows, Index columns, Index k, Start start,
                  const std::string& isa) {
  Draw draw(static_cast<std::uint64_t>(rows * 1000003 + columns * 1009 + k));
  const auto a = Matrix<T>::random(draw, rows, k, 3), w = Matrix<T>::random(draw, columns, k, 5);
  const auto bias = Matrix<T>::random(draw, 1, columns);
  const auto before = Matrix<T>::random(draw, rows, columns, 2);
  auto expected = before.copy();
  plain_gemm(a, w, bias.data(), start, expected);

  AlignedBuffer<T> buffer;
  Panels<T> panels;
  pack_transposed(w.data(), w.stride(), columns, k, kernels.panel_shape, OnePanelAfterAnother(), buffer,
                  panels);
  Matrix<T> straight(k, columns, 1);
  for (Index c = 0; c < columns; ++c)
    for (Index i = 0; i < k; ++i) straight(i, c) = w(c, i);
  AlignedBuffer<T> straight_buffer;
  Panels<T> straight_panels;
  pack_straight(straight.data(), straight.stride(), k, columns, kernels.panel_shape, OnePanelAfterAnother(),
                straight_buffer, straight_panels);

  for (const Panels<T>* b : {&panels, &straight_panels}) {
    auto y = before.copy();
    kernels.gemm({.rows = rows,
                  .a = a.data(),
                  .a_stride = a.stride(),
                  .b = *b,
                  .bias = start == Start::bias ? bias.data() : nullptr,
                  .accumulate = start == Start::accumulate,
                  .y = y.data(),
                  .y_stride = y.stride()});
    expect_same_bits(y, expected,
                     isa + " gemm " + std::to_string(rows) + "x" + std::to_string(columns) + "x" +
                         std::to_string(k) + (b == &panels ? "" : ", packed straight"));
  }
}

TEST(Gemm, OfPairsOfLinesEqualsThatOfFloats) {
  for_each_kernels([]<class T>(const Kernels<T>& kernels, const std::string& isa) {
    if constexpr (std::is_same_v<T, float>) {
      for (const Index columns : sizes_around(kernels.lanes))
        for (const Index k : {1, 2, 9, 1024, 1025}) {
          Draw draw(static_cast<std::uint64_t>(columns * 1009 + k));
          const auto a = Matrix<float>::random(draw, 13, k, 3);
          auto w = Matrix<float>::random(draw, columns, k, 5);
          for (Index c = 0; c < columns; ++c)
            for (Index i = 0; i < k; ++i) w(c, i) = as_bf16(w(c, i));
          Matrix<float> expected(13, columns, 0);
          plain_gemm<float>(a, w, nullptr, Start::zero, expected);
          AlignedBuffer<float> buffer;
          AlignedBuffer<std::uint32_t> pairs;
          Panels<float> panels;
          pack_transposed(w.data(), w.stride(), columns, k, kernels.panel_shape, OnePanelAfterAnother(),
                          buffer, panels);
          pair_lines(buffer, pairs, panels);
          EXPECT_EQ(panels.data, nullptr);
          Matrix<float> y(13, columns, 2);
          kernels.gemm({.rows = 13,
                        .a = a.data(),
                        .a_stride = a.stride(),
                        .b = panels,
                        .y = y.data(),
                        .y_stride = y.stride()});
          expect_same_bits(y, expected,
                           isa + " gemm of pairs " + std::to_string(columns) + "x" + std::to_string(k));
        }
    }
  });
}

TEST(Gemm, EqualsAPlainLoopToTheBit) {
  for_each_kernels([](const auto& kernels, const std::string& isa) {
    for (const Index columns : sizes_around(kernels.lanes))
      for (Index rows = 1; rows <= 13; ++rows)
        for (const Index k : {Index{1}, Index{19}})
          for (const Start start : {Start::zero, Start::bias, Start::accumulate})
            expect_plain(kernels, rows, columns, k, start, isa);
  });
}

TEST(Gemm, LongSumsAndManyRows) {
  for_each_kernels([](const auto& kernels, const std::string& isa) {
    expect_plain(kernels, 1, 65, 1000, Start::bias, isa);
    // Sums are cut into blocks of lines, which may not show.
    for (const Index k : {1023, 1024, 1025, 2049})
      for (const Start start : {Start::zero, Start::bias, Start::accumulate})
        expect_plain(kernels, 7, 33, k, start, isa);
    expect_plain(kernels, 95, 33, 17, Start::zero, isa);
    expect_plain(kernels, 96, 33, 17, Start::bias, isa);
    expect_plain(kernels, 97, 33, 17, Start::accumulate, isa);
    expect_plain(kernels, 200, 129, 5, Start::bias, isa);
  });
}

TEST(Gemm, AnEmptySumIsItsStart) {
  for_each_kernels([](const auto& kernels, const std::string& isa) {
    for (const Start start : {Start::zero, Start::bias, Start::accumulate})
      expect_plain(kernels, 3, kernels.lanes + 1, 0, start, isa);
  });
}

TEST(Gemm, NoRowsWriteNothing) {
  for_each_kernels(
      [](const auto& kernels, const std::string& isa) { expect_plain(kernels, 0, 5, 3, Start::zero, isa); });
}

// The promise that everything else stands on: a row's bits do not depend on its neighbours.
TEST(Gemm, ARowAloneHasTheBitsItHasInABatch) {
  for_each_kernels([]<class T>(const Kernels<T>& kernels, const std::string& isa) {
    constexpr Index kRows = 110, kColumns = 77, kK = 40;
    Draw draw(1);
    const auto a = Matrix<T>::random(draw, kRows, kK), w = Matrix<T>::random(draw, kColumns, kK);
    AlignedBuffer<T> buffer;
    Panels<T> panels;
    pack_transposed(w.data(), w.stride(), kColumns, kK, kernels.panel_shape, OnePanelAfterAnother(), buffer,
                    panels);
    Matrix<T> together(kRows, kColumns), alone(kRows, kColumns);
    kernels.gemm({.rows = kRows,
                  .a = a.data(),
                  .a_stride = kK,
                  .b = panels,
                  .y = together.data(),
                  .y_stride = kColumns});
    for (Index r = 0; r < kRows; ++r)
      kernels.gemm(
          {.rows = 1, .a = a.row(r), .a_stride = kK, .b = panels, .y = alone.row(r), .y_stride = kColumns});
    expect_same_bits(together, alone, isa);
  });
}

/// What a product with weights of eight bits is defined to be: the row rounded to bytes, an exact sum, one
/// multiply-add.
void plain_byte_gemm(const Matrix<float>& a, const Matrix<float>& w, const std::vector<float>& scales,
                     const float* bias, Start start, Matrix<float>& y) {
  for (Index r = 0; r < a.rows(); ++r) {
    float most = 0;
    for (Index k = 0; k < a.columns(); ++k) most = std::max(most, std::abs(a(r, k)));
    for (Index c = 0; c < w.rows(); ++c) {
      std::int32_t sum = 0;
      for (Index k = 0; k < a.columns() && most > 0; ++k)
        sum += static_cast<std::int32_t>(std::nearbyint(a(r, k) * (127 / most))) *
               static_cast<std::int32_t>(std::nearbyint(w(c, k) / scales[static_cast<std::size_t>(c)]));
      const float from = start == Start::zero ? 0 : start == Start::bias ? bias[c] : y(r, c);
      y(r, c) = std::fma(static_cast<float>(sum), most / 127 * scales[static_cast<std::size_t>(c)], from);
    }
  }
}

TEST(Gemm, OfBytesIsExact) {
  for_each_kernels([]<class T>(const Kernels<T>& kernels, const std::string& isa) {
    if constexpr (std::is_same_v<T, float>) {
      for (const Index columns : {1, 7, 64, 129, 300})
        for (const Index k : {1, 3, 4, 17, 256, 300, 4096})
          for (const Start start : {Start::zero, Start::bias, Start::accumulate}) {
            Draw draw(static_cast<std::uint64_t>(columns * 1009 + k));
            auto a = Matrix<float>::random(draw, 3, k, 3), w = Matrix<float>::random(draw, columns, k);
            for (Index i = 0; i < k; ++i)
              a(1, i) = i == 0 ? -1e20F : 0;  // one value alone, and a row of zeros
            for (Index i = 0; i < k; ++i) a(2, i) = 0;
            std::vector<float> scales;
            for (Index c = 0; c < columns; ++c) {
              scales.push_back(c == 5 ? 0 : 0.01F / static_cast<float>(c + 1));
              for (Index i = 0; i < k; ++i)
                w(c, i) = std::nearbyint(static_cast<float>((c * 31 + i * 17) % 255) - 127) * scales.back();
            }
            const auto bias = Matrix<float>::random(draw, 1, columns);
            const auto before = Matrix<float>::random(draw, 3, columns, 2);
            auto expected = before.copy(), y = before.copy();
            std::vector<float> safe = scales;
            for (float& scale : safe) scale = scale == 0 ? 1 : scale;
            plain_byte_gemm(a, w, safe, bias.data(), start, expected);
            AlignedBuffer<float> buffer;
            AlignedBuffer<std::int8_t> bytes;
            Panels<float> panels;
            pack_transposed(w.data(), w.stride(), columns, k, kernels.panel_shape, OnePanelAfterAnother(),
                            buffer, panels);
            byte_lines(scales.data(), buffer, bytes, panels);
            kernels.gemm({.rows = 3,
                          .a = a.data(),
                          .a_stride = a.stride(),
                          .b = panels,
                          .bias = start == Start::bias ? bias.data() : nullptr,
                          .accumulate = start == Start::accumulate,
                          .y = y.data(),
                          .y_stride = y.stride()});
            expect_same_bits(y, expected,
                             isa + " bytes " + std::to_string(columns) + "x" + std::to_string(k));
          }
    }
  });
}

TEST(Gemm, OfBytesKeepsNanAndInfinityInTheirRows) {
  for_each_kernels([]<class T>(const Kernels<T>& kernels, const std::string& isa) {
    if constexpr (std::is_same_v<T, float>) {
      Draw draw(4);
      auto a = Matrix<float>::random(draw, 4, 21);
      const auto w = Matrix<float>::random(draw, 70, 21);
      a(1, 20) = std::numeric_limits<float>::quiet_NaN();
      a(2, 3) = -std::numeric_limits<float>::infinity();
      const std::vector<float> scales(70, 1);
      AlignedBuffer<float> buffer;
      AlignedBuffer<std::int8_t> bytes;
      Panels<float> panels;
      pack_transposed(w.data(), w.stride(), 70, 21, kernels.panel_shape, OnePanelAfterAnother(), buffer,
                      panels);
      byte_lines(scales.data(), buffer, bytes, panels);
      Matrix<float> y(4, 70);
      kernels.gemm(
          {.rows = 4, .a = a.data(), .a_stride = a.stride(), .b = panels, .y = y.data(), .y_stride = 70});
      for (Index r = 0; r < 4; ++r)
        for (Index c = 0; c < 70; ++c)
          ASSERT_EQ(std::isnan(y(r, c)), r == 1 || r == 2) << isa << " " << r << "," << c;
    }
  });
}

TEST(Gemm, NanAndInfinityStayInTheirRowsAndColumns) {
  for_each_kernels([]<class T>(const Kernels<T>& kernels, const std::string& isa) {
    const Index columns = 2 * kernels.lanes + 1;
    Draw draw(2);
    auto a = Matrix<T>::random(draw, 7, 9);
    auto w = Matrix<T>::random(draw, columns, 9);
    a(2, 4) = std::numeric_limits<T>::quiet_NaN();
    a(5, 0) = std::numeric_limits<T>::infinity();
    w(1, 3) = std::numeric_limits<T>::quiet_NaN();
    AlignedBuffer<T> buffer;
    Panels<T> panels;
    pack_transposed(w.data(), w.stride(), columns, 9, kernels.panel_shape, OnePanelAfterAnother(), buffer,
                    panels);
    Matrix<T> y(7, columns), expected(7, columns);
    plain_gemm<T>(a, w, nullptr, Start::zero, expected);
    kernels.gemm({.rows = 7, .a = a.data(), .a_stride = 9, .b = panels, .y = y.data(), .y_stride = columns});
    expect_same_bits(y, expected, isa);
    for (Index r = 0; r < 7; ++r)
      for (Index c = 0; c < columns; ++c) {
        ASSERT_EQ(std::isnan(y(r, c)), r == 2 || c == 1) << isa << " " << r << "," << c;
        ASSERT_EQ(std::isinf(y(r, c)), r == 5 && c != 1) << isa << " " << r << "," << c;
      }
  });
}

TEST(Packed, PanelsArePaddedWithZeros) {
  Draw draw(3);
  const auto w = Matrix<float>::random(draw, 7, 3, 0, 1, 2);
  AlignedBuffer<float> buffer(1000);
  std::fill(buffer.data(), buffer.data() + 1000, canary<float>());
  Panels<float> panels;
  const PanelShape shape{.lanes = 4, .vectors = 2};
  pack_transposed(w.data(), w.stride(), 7, 3, shape, OnePanelAfterAnother(), buffer, panels);
  EXPECT_EQ(panels.panel_stride, 3 * 8);
  for (Index k = 0; k < 3; ++k) {
    for (Index c = 0; c < 7; ++c) EXPECT_EQ(panels.data[k * 8 + c], w(c, k));
    EXPECT_EQ(panels.data[k * 8 + 7], 0);
  }
}

/// y[i,j] += Σ a[r,i]·b[r,j] over all rows of all pairs in their order.
template <class T>
void plain_outer(const std::vector<RowPair<T>>& pairs, Index a_stride, Index b_stride, Index first,
                 Index last, Matrix<T>& y) {
  for (Index i = first; i < last; ++i)
    for (Index j = 0; j < y.columns(); ++j)
      for (const RowPair<T>& pair : pairs)
        for (Index r = 0; r < pair.count; ++r)
          y(i, j) = std::fma(pair.a[r * a_stride + i], pair.b[r * b_stride + j], y(i, j));
}

template <class T>
void expect_plain_outer(const Kernels<T>& kernels, const std::vector<Index>& counts, Index height,
                        Index columns, Index first, Index last, const std::string& isa) {
  Draw draw(static_cast<std::uint64_t>(height * 7919 + columns));
  std::vector<Matrix<T>> as, bs;
  std::vector<RowPair<T>> pairs;
  for (const Index count : counts) {
    as.push_back(Matrix<T>::random(draw, count, height, 3));
    bs.push_back(Matrix<T>::random(draw, count, columns, 4));
  }
  for (std::size_t i = 0; i < counts.size(); ++i) pairs.push_back({as[i].data(), bs[i].data(), counts[i]});
  const auto before = Matrix<T>::random(draw, height, columns, 2);
  auto y = before.copy(), expected = before.copy();
  plain_outer(pairs, height + 3, columns + 4, first, last, expected);
  kernels.outer({.pairs = pairs.data(),
                 .pair_count = static_cast<Index>(pairs.size()),
                 .a_stride = height + 3,
                 .b_stride = columns + 4,
                 .columns = columns,
                 .first = first,
                 .last = last,
                 .y = y.data(),
                 .y_stride = y.stride()});
  expect_same_bits(y, expected,
                   isa + " outer " + std::to_string(height) + "x" + std::to_string(columns) + " rows " +
                       std::to_string(first) + ".." + std::to_string(last));

  auto sums = Matrix<T>::random(draw, 1, height);
  auto expected_sums = sums.copy();
  for (Index i = first; i < last; ++i)
    for (const RowPair<T>& pair : pairs)
      for (Index r = 0; r < pair.count; ++r) expected_sums(0, i) += pair.a[r * (height + 3) + i];
  std::vector<RowPair<T>> only_a = pairs;
  for (RowPair<T>& pair : only_a) pair.b = nullptr;
  kernels.column_sum({.pairs = only_a.data(),
                      .pair_count = static_cast<Index>(only_a.size()),
                      .a_stride = height + 3,
                      .first = first,
                      .last = last,
                      .y = sums.data()});
  expect_same_bits(sums, expected_sums, isa + " column_sum " + std::to_string(height));
}

TEST(Outer, EqualsAPlainLoopToTheBit) {
  for_each_kernels([](const auto& kernels, const std::string& isa) {
    for (const Index columns : sizes_around(kernels.lanes))
      for (const Index height : {Index{1}, Index{5}, Index{6}, Index{7}, Index{13}})
        expect_plain_outer(kernels, {4, 0, 1, 9}, height, columns, 0, height, isa);
  });
}

// Sums are cut into blocks of rows and of pairs; neither cut may show.
TEST(Outer, UnevenPairsAcrossTheBlocks) {
  for_each_kernels([](const auto& kernels, const std::string& isa) {
    expect_plain_outer(kernels, {127, 1, 1}, 9, 33, 0, 9, isa);
    expect_plain_outer(kernels, {128, 128}, 9, 33, 0, 9, isa);
    expect_plain_outer(kernels, {300, 0, 0, 5, 129}, 9, 33, 0, 9, isa);
    expect_plain_outer(kernels, {3, 130}, 1030, 17, 0, 1030, isa);
    expect_plain_outer(kernels, {3, 2}, 2100, 5, 7, 2055, isa);
    expect_plain_outer(kernels, std::vector<Index>(150, 1), 9, 33, 0, 9, isa);
    expect_plain_outer(kernels, std::vector<Index>(70, 3), 9, 33, 0, 9, isa);
    expect_plain_outer(kernels, {}, 9, 33, 0, 9, isa);
    expect_plain_outer(kernels, {0, 0}, 9, 33, 0, 9, isa);
  });
}

TEST(Outer, ARangeOfRowsLeavesTheOthersAlone) {
  for_each_kernels([](const auto& kernels, const std::string& isa) {
    expect_plain_outer(kernels, {5, 3}, 40, 21, 7, 7, isa);
    expect_plain_outer(kernels, {5, 3}, 40, 21, 7, 8, isa);
    expect_plain_outer(kernels, {5, 3}, 40, 21, 7, 29, isa);
    expect_plain_outer(kernels, {5, 3}, 40, 21, 29, 40, isa);
  });
}

// A gradient gathered in one call, or in several that cut the rows of the sum anywhere, is the same to the
// bit.
TEST(Outer, ManyCallsAddLikeOne) {
  for_each_kernels([]<class T>(const Kernels<T>& kernels, const std::string& isa) {
    constexpr Index kRows = 300, kHeight = 11, kColumns = 35;
    Draw draw(4);
    const auto a = Matrix<T>::random(draw, kRows, kHeight), b = Matrix<T>::random(draw, kRows, kColumns);
    Matrix<T> once(kHeight, kColumns), often(kHeight, kColumns);
    std::fill(once.data(), once.data() + kHeight * kColumns, T{0});
    std::fill(often.data(), often.data() + kHeight * kColumns, T{0});
    const auto add = [&](Index row, Index count, Matrix<T>& y) {
      const RowPair<T> pair{a.row(row), b.row(row), count};
      kernels.outer({.pairs = &pair,
                     .pair_count = 1,
                     .a_stride = kHeight,
                     .b_stride = kColumns,
                     .columns = kColumns,
                     .first = 0,
                     .last = kHeight,
                     .y = y.data(),
                     .y_stride = kColumns});
    };
    add(0, kRows, once);
    for (const auto& [row, count] : {std::pair<Index, Index>{0, 1}, {1, 130}, {131, 69}, {200, 100}})
      add(row, count, often);
    expect_same_bits(often, once, isa);
  });
}

}  // namespace
}  // namespace recur
