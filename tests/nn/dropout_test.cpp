#include "nn/dropout.h"

#include "nn/support.h"

namespace recur {
namespace {

using namespace test;

ThreadPool pool(1);

TEST(Dropout, KeepsTheMeanInTrainingAndDoesNothingElse) {
  const LayoutPtr layout = Layout::dense(50, 20);
  const Tensor x = Tensor::empty({1000, 30});
  std::fill_n(x.data<float>(), x.size(), 1.0F);
  const Var y = dropout(Pass{.pool = pool, .training = true, .seed = 1}, x, *layout, 0.25, kOutsideLayers, 0);
  double sum = 0, dropped = 0;
  for (const double v : values_of(y.value)) {
    EXPECT_TRUE(v == 0 || std::abs(v - 4.0 / 3) < 1e-6);
    sum += v;
    dropped += v == 0 ? 1 : 0;
  }
  EXPECT_NEAR(sum / 30000, 1, 0.02);
  EXPECT_NEAR(dropped / 30000, 0.25, 0.01);
  const Pass inference{.pool = pool, .seed = 1};
  EXPECT_EQ(dropout(inference, x, *layout, 0.25, kOutsideLayers, 0).value.raw(), x.raw());
}

TEST(Dropout, GradientGoesThroughTheSameMask) {
  Random random(2);
  Parameters none(DType::f64);
  const LayoutPtr layout = Layout::ragged(std::vector<Index>{2, 5, 0, 3});
  const Model model = [&](const Pass& pass, const std::vector<Var>& in) {
    return dropout(pass, in[0], *layout, 0.4, kOutsideLayers, 3);
  };
  expect_gradients(Pass{.pool = pool, .training = true, .seed = 7}, none,
                   {normal({10, 6}, DType::f64, random)}, model);
}

TEST(Dropout, AMaskDependsOnSiteStepAndPlaceOnly) {
  const LayoutPtr layout = Layout::dense(4, 3);
  const Tensor x = Tensor::empty({12, 10});
  std::fill_n(x.data<float>(), x.size(), 1.0F);
  const auto mask = [&](std::uint64_t step, std::uint32_t site, Index first_time) {
    const Pass pass{.pool = pool, .training = true, .seed = 1, .step = step, .first_time = first_time};
    return values_of(dropout(pass, x, *layout, 0.5, kOutsideLayers, site).value);
  };
  EXPECT_EQ(mask(0, 0, 0), mask(0, 0, 0));
  EXPECT_NE(mask(0, 0, 0), mask(1, 0, 0));
  EXPECT_NE(mask(0, 0, 0), mask(0, 1, 0));
  // Two steps later in time: what was row t + 2 is row t.
  const auto now = mask(0, 0, 0), later = mask(0, 0, 2);
  EXPECT_TRUE(std::equal(now.begin() + 2 * 30, now.end(), later.begin()));
}

}  // namespace
}  // namespace recur
