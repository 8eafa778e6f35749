#include "nn/pooling.h"

#include "nn/ops.h"
#include "nn/support.h"

namespace recur {
namespace {

using namespace test;

ThreadPool pool(1);

constexpr Pool kAll[] = {Pool::last, Pool::mean, Pool::max, Pool::attention};
const std::vector<Index> kLengths{3, 0, 7, 1, 7, 2};

TEST(Pooling, GradientsAgreeWithFiniteDifferences) {
  for (const Pool kind : kAll) {
    SCOPED_TRACE(to_name(kind));
    Random random(1);
    Parameters parameters(DType::f64);
    const Pooling pooling(parameters, "pool", kind, 3, 4);
    fill_normal(parameters, random);
    const LayoutPtr layout = Layout::ragged(kLengths);
    expect_gradients(Pass{.pool = pool}, parameters, {normal({layout->rows(), 3}, DType::f64, random)},
                     [&](const Pass& pass, const std::vector<Var>& in) {
                       return pooling.forward(pass, {in[0], layout});
                     });
  }
}

TEST(Pooling, AnyNumberOfThreadsGivesTheSameBits) {
  for (const Pool kind : kAll) {
    Random random(2);
    Parameters parameters;
    const Pooling pooling(parameters, "pool", kind, 43, 17);
    fill_normal(parameters, random);
    std::vector<Index> lengths;
    for (int n = 0; n < 90; ++n) lengths.push_back(random.next_below(20));
    const LayoutPtr layout = Layout::ragged(lengths);
    expect_same_bits_on_threads(Pass{.pool = pool}, parameters,
                                {normal({layout->rows(), 43}, DType::f32, random)},
                                [&](const Pass& pass, const std::vector<Var>& in) {
                                  return pooling.forward(pass, {in[0], layout});
                                });
  }
}

TEST(Pooling, SequencesHaveTheSameBitsAloneAndTogetherAndLengthZeroIsZero) {
  for (const Pool kind : kAll) {
    SCOPED_TRACE(to_name(kind));
    Random random(3);
    Parameters parameters;
    const Pooling pooling(parameters, "pool", kind, 19, 17);
    fill_normal(parameters, random);
    const Index batch = static_cast<Index>(kLengths.size());
    const Tensor padded = normal({7, batch, 19}, DType::f32, random);
    const LayoutPtr together = Layout::ragged(kLengths);
    const Pass pass{.pool = pool};
    const Tensor all = pooling.forward(pass, {pack_rows(padded, *together), together}).value;
    for (Index n = 0; n < batch; ++n) {
      const Index length = kLengths[static_cast<std::size_t>(n)];
      const Tensor alone = Tensor::empty({length, 19});
      for (Index t = 0; t < length; ++t)
        std::copy_n(padded.data<float>() + (t * batch + n) * 19, 19, alone.data<float>() + t * 19);
      const Tensor y = pooling.forward(pass, {alone, Layout::ragged(std::vector{length})}).value;
      expect_same_bits(y, all.rows(n, n + 1), "sequence " + std::to_string(n));
      if (length == 0) {
        EXPECT_EQ(values_of(y), std::vector<double>(19, 0.0));
      }
    }
  }
}

}  // namespace
}  // namespace recur
