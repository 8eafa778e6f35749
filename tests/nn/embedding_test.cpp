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

}  // namespace
}  // namespace recur
