#include "nn/adaptive_softmax.h"

#include "base/error.h"
#include "nn/support.h"

namespace recur {
namespace {

using namespace test;

ThreadPool pool(1);

Tensor words(Index count, Index vocabulary) {
  Random random(3);
  Tensor ids = Tensor::empty({count}, DType::i32);
  for (Index i = 0; i < count; ++i)
    ids.data<std::int32_t>()[i] = static_cast<std::int32_t>(random.next_below(vocabulary));
  return ids;
}

TEST(AdaptiveSoftmax, GradientsAgreeWithFiniteDifferences) {
  for (const std::vector<Index>& cutoffs : {std::vector<Index>{3}, {3, 7}, {1, 2, 10}}) {
    Random random(1);
    Parameters parameters(DType::f64);
    const AdaptiveSoftmax layer(parameters, "head.", 5, 11, cutoffs);
    fill_normal(parameters, random);
    const Tensor x = normal({8, 5}, DType::f64, random), targets = words(8, 11);
    expect_gradients(Pass{.pool = pool}, parameters, {x}, [&](const Pass& pass, const std::vector<Var>& in) {
      return layer.loss(pass, in[0], targets).value;
    });
    expect_gradients(
        Pass{.pool = pool}, parameters, {x},
        [&](const Pass& pass, const std::vector<Var>& in) { return layer.logits(pass, in[0]); }, 1e-7);
  }
}

TEST(AdaptiveSoftmax, ItsLossIsTheCrossEntropyOfItsLogits) {
  Random random(2);
  Parameters parameters(DType::f64);
  const AdaptiveSoftmax layer(parameters, "head.", 16, 100, {10, 40});
  EXPECT_EQ(parameters.find("head.cluster2.down.weight")->value.shape(), (Shape{1, 16}));
  EXPECT_EQ(parameters.find("head.0.weight")->value.shape(), (Shape{12, 16}));
  fill_normal(parameters, random);
  const Tensor x = normal({50, 16}, DType::f64, random), targets = words(50, 100);
  const Pass pass{.pool = pool};
  const Var logits = layer.logits(pass, x);
  const Loss loss = layer.loss(pass, x, targets), whole = cross_entropy(pass, logits, targets);
  EXPECT_NEAR(loss.sum, whole.sum, 1e-9);
  EXPECT_NEAR(*loss.value.value.data<double>(), whole.mean(), 1e-12);
  for (Index r = 0; r < 50; ++r) {
    EXPECT_NEAR(loss.each.data<double>()[r], whole.each.data<double>()[r], 1e-12);
    double sum = 0;
    for (Index w = 0; w < 100; ++w) sum += std::exp(logits.value.data<double>()[r * 100 + w]);
    // As the list's own scores and the clusters' share it, not 1.
    double list = 0;
    for (Index w = 0; w < 12; ++w) {
      double score = parameters.find("head.0.bias")->value.data<double>()[w];
      for (Index i = 0; i < 16; ++i)
        score +=
            parameters.find("head.0.weight")->value.data<double>()[w * 16 + i] * x.data<double>()[r * 16 + i];
      list += std::exp(score);
    }
    EXPECT_NEAR(sum / list, 1, 1e-9);
  }
}

TEST(AdaptiveSoftmax, AnyNumberOfThreadsGivesTheSameBits) {
  Random random(4);
  Parameters parameters;
  const AdaptiveSoftmax layer(parameters, "head.", 33, 500, {50, 200});
  fill_normal(parameters, random);
  const Tensor x = normal({300, 33}, DType::f32, random), targets = words(300, 500);
  expect_same_bits_on_threads(
      Pass{.pool = pool}, parameters, {x},
      [&](const Pass& pass, const std::vector<Var>& in) { return layer.loss(pass, in[0], targets).value; });
  expect_same_bits_on_threads(
      Pass{.pool = pool}, parameters, {x},
      [&](const Pass& pass, const std::vector<Var>& in) { return layer.logits(pass, in[0]); });
}

TEST(AdaptiveSoftmax, CutoffsRiseInsideTheVocabulary) {
  for (const std::vector<Index>& cutoffs : {std::vector<Index>{11}, {3, 3}, {5, 4}, {0}}) {
    Parameters parameters;
    EXPECT_THROW(AdaptiveSoftmax(parameters, "head.", 5, 11, cutoffs), ConfigError);
  }
}

}  // namespace
}  // namespace recur
