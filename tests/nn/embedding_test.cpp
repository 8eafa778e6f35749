#include "nn/embedding.h"

#include "nn/support.h"

namespace recur {
namespace {

using namespace test;

ThreadPool pool(1);

Tensor ids_of(const std::vector<int>& ids) {
  return tensor_of<std::int32_t>(ids, {static_cast<Index>(ids.size())});
}

TEST(Embedding, ReadsRows) {
  Parameters parameters;
  const Embedding embedding(parameters, "embedding", 3, 2);
  const std::vector<double> table{0, 1, 10, 11, 20, 21};
  std::copy(table.begin(), table.end(), embedding.weight().value.data<float>());
  const Var y = embedding.forward(Pass{.pool = pool}, ids_of({2, 0, 2}));
  EXPECT_EQ(values_of(y.value), (std::vector<double>{20, 21, 0, 1, 20, 21}));
}

TEST(Embedding, GradientsAgreeWithFiniteDifferences) {
  Random random(1);
  Parameters parameters(DType::f64);
  const Embedding embedding(parameters, "embedding", 5, 3);
  fill_normal(parameters, random);
  const Tensor ids = ids_of({4, 0, 4, 2, 4, 0});
  expect_gradients(Pass{.pool = pool}, parameters, {},
                   [&](const Pass& pass, const std::vector<Var>&) { return embedding.forward(pass, ids); });
}

TEST(Embedding, AnyNumberOfThreadsGivesTheSameBits) {
  for (const Index width : {1, 16, 17, 100}) {
    Random random(2);
    Parameters parameters;
    const Embedding embedding(parameters, "embedding", 50, width);
    fill_normal(parameters, random);
    std::vector<int> ids;
    for (int i = 0; i < 900; ++i) ids.push_back(static_cast<int>(random.next_below(50)));
    const Tensor t = ids_of(ids);
    expect_same_bits_on_threads(
        Pass{.pool = pool}, parameters, {},
        [&](const Pass& pass, const std::vector<Var>&) { return embedding.forward(pass, t); });
  }
}

TEST(Embedding, DropsWholeWordsWhereverTheyStandInABatch) {
  Parameters parameters;
  const Embedding embedding(parameters, "embedding", 1000, 3);
  std::fill_n(embedding.weight().value.data<float>(), embedding.weight().value.size(), 1.0F);
  std::vector<int> ids;
  for (int i = 0; i < 3000; ++i) ids.push_back(i % 1000);
  const Tensor t = ids_of(ids);
  const auto read = [&](std::uint64_t step) {
    const Pass pass{.pool = pool, .training = true, .seed = 1, .step = step};
    return values_of(embedding.forward(pass, t, 0.25).value);
  };
  const std::vector<double> y = read(7);
  double dropped = 0;
  for (std::size_t i = 0; i < 1000; ++i) {
    EXPECT_TRUE(y[3 * i] == 0 || std::abs(y[3 * i] - 4.0 / 3) < 1e-6) << y[3 * i];
    dropped += y[3 * i] == 0 ? 1 : 0;
    for (const std::size_t other : {3 * i + 1, 3 * i + 2, 3 * (i + 1000), 3 * (i + 2000) + 2})
      EXPECT_EQ(y[3 * i], y[other]) << i;
  }
  EXPECT_NEAR(dropped / 1000, 0.25, 0.04);
  EXPECT_NE(y, read(8));
  EXPECT_EQ(values_of(embedding.forward(Pass{.pool = pool}, t, 0.25).value),
            values_of(embedding.forward(Pass{.pool = pool}, t).value));
}

TEST(Embedding, GradientsGoThroughTheSameMask) {
  Random random(4);
  Parameters parameters(DType::f64);
  const Embedding embedding(parameters, "embedding", 9, 3);
  fill_normal(parameters, random);
  const Tensor ids = ids_of({4, 0, 4, 2, 8, 7, 6, 5, 4, 0});
  expect_gradients(
      Pass{.pool = pool, .training = true, .seed = 3}, parameters, {},
      [&](const Pass& pass, const std::vector<Var>&) { return embedding.forward(pass, ids, 0.4); });
}

}  // namespace
}  // namespace recur
