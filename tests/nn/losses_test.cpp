#include "nn/losses.h"

#include "golden/golden.h"
#include "nn/support.h"

namespace recur {
namespace {

using namespace test;

ThreadPool pool(1);

Tensor ids_of(const std::vector<int>& ids) {
  return tensor_of<std::int32_t>(ids, {static_cast<Index>(ids.size())});
}

/// The loss of a golden case.
template <class T>
Loss golden_loss(const Golden& golden, const std::string& name, const Pass& pass, const Var& x,
                 Reduction reduction) {
  const auto settings = golden.settings(name);
  const std::string kind = settings["loss"];
  const auto given = [&](const char* tensor) {
    if (!golden.has(name, tensor)) return Tensor();
    const auto values = golden.values<T>(name, tensor);
    return tensor_of<T>(values, {static_cast<Index>(values.size())});
  };
  if (kind == "cross_entropy") {
    CrossEntropyOptions options{.label_smoothing = settings["label_smoothing"],
                                .class_weights = given("weight"),
                                .reduction = reduction};
    if (!settings["ignore_index"].is_null()) options.ignore_index = settings["ignore_index"];
    return cross_entropy(pass, x, ids_of(golden.values<int>(name, "targets")), options);
  }
  const Tensor targets = given("targets");
  if (kind == "bce_with_logits")
    return binary_cross_entropy(pass, x, targets, given("pos_weight"), reduction);
  if (kind == "mse") return mse(pass, x, targets, reduction);
  if (kind == "mae") return mae(pass, x, targets, reduction);
  if (kind == "huber") return huber(pass, x, targets, settings["delta"], reduction);
  EXPECT_EQ(kind, "quantile");
  return quantile(pass, x, targets, golden.values<double>(name, "quantiles"), reduction);
}

template <class T>
void expect_golden_losses(double tolerance) {
  const Golden golden("losses");
  int seen = 0;
  for (const std::string& name : golden.cases()) {
    const std::string given = golden.has(name, "logits") ? "logits" : "prediction";
    const auto& shape = golden.shape(name, given);
    const Tensor input = tensor_of<T>(golden.values<T>(name, given), {shape[0], shape[1]});
    for (const Reduction reduction : {Reduction::sum, Reduction::mean}) {
      const std::string suffix = reduction == Reduction::sum ? "_sum" : "_mean";
      Tape tape;
      const Pass pass{.pool = pool, .tape = &tape};
      const Var x = tape.leaf(input);
      const Loss loss = golden_loss<T>(golden, name, pass, x, reduction);
      golden.expect_near(values_of(loss.each), name, "loss_none", tolerance);
      golden.expect_near(values_of(loss.value.value), name, "loss" + suffix, tolerance);
      golden.expect_near(std::vector{loss.sum}, name, "loss_sum", tolerance);
      golden.expect_near(std::vector{loss.mean()}, name, "loss_mean", tolerance);
      tape.backward(loss.value);
      golden.expect_near(values_of(tape.gradient(x)), name, "d" + given + suffix, tolerance);
      // Without a tape the same bits.
      const Loss again = golden_loss<T>(golden, name, Pass{.pool = pool}, input, reduction);
      expect_same_bits(again.each, loss.each, name);
    }
    ++seen;
  }
  EXPECT_EQ(seen, 18);
}

TEST(Losses, GoldenInFloat) { expect_golden_losses<float>(1e-6); }
TEST(Losses, GoldenInDouble) { expect_golden_losses<double>(1e-12); }

TEST(Losses, GradientsAgreeWithFiniteDifferences) {
  Random random(1);
  Parameters none(DType::f64);
  const Tensor x = normal({6, 4}, DType::f64, random), t = normal({6, 4}, DType::f64, random);
  Tensor weights = normal({4}, DType::f64, random), shares = normal({6, 4}, DType::f64, random);
  for (Index i = 0; i < 4; ++i) weights.data<double>()[i] = std::exp(weights.data<double>()[i]);
  for (Index i = 0; i < 24; ++i) shares.data<double>()[i] = 1 / (1 + std::exp(shares.data<double>()[i]));
  const Tensor ids = ids_of({3, 1, -100, 0, 2, 2});
  const auto expect = [&](auto&& loss) {
    expect_gradients(Pass{.pool = pool}, none, {x},
                     [&](const Pass& pass, const std::vector<Var>& in) { return loss(pass, in[0]).value; });
  };
  for (const Reduction r : {Reduction::mean, Reduction::sum}) {
    expect([&](const Pass& p, const Var& v) { return cross_entropy(p, v, ids, {.reduction = r}); });
    expect([&](const Pass& p, const Var& v) {
      return cross_entropy(
          p, v, ids,
          {.label_smoothing = 0.1, .class_weights = weights, .ignore_index = 0 - 100, .reduction = r});
    });
    expect([&](const Pass& p, const Var& v) { return binary_cross_entropy(p, v, shares, weights, r); });
    expect([&](const Pass& p, const Var& v) { return mse(p, v, t, r); });
    expect([&](const Pass& p, const Var& v) { return mae(p, v, t, r); });
    expect([&](const Pass& p, const Var& v) { return huber(p, v, t, 0.7, r); });
    expect([&](const Pass& p, const Var& v) {
      return quantile(p, v, t.reshape({24}).rows(0, 12), {0.1, 0.8}, r);
    });
  }
}

TEST(Losses, AnyNumberOfThreadsGivesTheSameBits) {
  Random random(2);
  Parameters none;
  const Tensor x = normal({301, 65}, DType::f32, random), t = normal({301, 65}, DType::f32, random);
  std::vector<int> ids;
  for (int i = 0; i < 301; ++i) ids.push_back(static_cast<int>(random.next_below(65)));
  const Tensor targets = ids_of(ids);
  expect_same_bits_on_threads(Pass{.pool = pool}, none, {x},
                              [&](const Pass& pass, const std::vector<Var>& in) {
                                return cross_entropy(pass, in[0], targets, {.label_smoothing = 0.05}).value;
                              });
  expect_same_bits_on_threads(
      Pass{.pool = pool}, none, {x},
      [&](const Pass& pass, const std::vector<Var>& in) { return huber(pass, in[0], t).value; });
}

TEST(Losses, APredictionThatHitsIsPulledNowhereButTowardsItsQuantile) {
  const Tensor hit = tensor_of<double>(std::vector{0.5, 0.5}, {1, 2});
  const auto slopes = [&](auto&& loss) {
    Tape tape;
    const Var x = tape.leaf(hit);
    tape.backward(loss(Pass{.pool = pool, .tape = &tape}, x).value);
    return values_of(tape.gradient(x));
  };
  EXPECT_EQ(slopes([&](const Pass& p, const Var& x) { return mae(p, x, hit, Reduction::sum); }),
            (std::vector<double>{0, 0}));
  const Tensor target = tensor_of<double>(std::vector{0.5}, {1});
  EXPECT_EQ(slopes([&](const Pass& p, const Var& x) {
              return quantile(p, x, target, {0.25, 0.75}, Reduction::sum);
            }),
            (std::vector<double>{0.25, -0.25}))
      << "half way between the slopes on either side";
}

TEST(Losses, WhereNoRowCountsTheLossIsZero) {
  Tape tape;
  const Pass pass{.pool = pool, .tape = &tape};
  const Var x = tape.leaf(Tensor::zeros({2, 3}));
  const Loss loss = cross_entropy(pass, x, ids_of({-100, -100}));
  EXPECT_EQ(loss.mean(), 0);
  EXPECT_EQ(loss.count, 0);
  tape.backward(loss.value);
  EXPECT_EQ(values_of(tape.gradient(x)), std::vector<double>(6, 0.0));
}

TEST(Losses, RefuseTargetsThatDoNotFit) {
  const Pass pass{.pool = pool};
  EXPECT_THROW(cross_entropy(pass, Tensor::zeros({2, 3}), ids_of({1})), ShapeError);
  EXPECT_THROW(mse(pass, Tensor::zeros({2, 3}), Tensor::zeros({2, 2})), ShapeError);
  EXPECT_THROW(quantile(pass, Tensor::zeros({2, 3}), Tensor::zeros({2}), {0.1, 1.5, 0.9}), ConfigError);
  EXPECT_THROW(huber(pass, Tensor::zeros({2, 3}), Tensor::zeros({2, 3}), 0), ConfigError);
}

}  // namespace
}  // namespace recur
