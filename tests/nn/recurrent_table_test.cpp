// Layers that read rows of a table: as if the rows had been looked up before.
#include <gtest/gtest.h>

#include "nn/embedding.h"
#include "nn/recurrent.h"
#include "nn/support.h"

namespace recur {
namespace {

using namespace test;

struct Case {
  const char* cell;
  bool bidirectional = false;
  double recurrent_dropout = 0, zoneout = 0;
  Index proj_size = 0;
};

class TableTest : public testing::TestWithParam<Case> {
 protected:
  static constexpr Index kTokens = 5, kInput = 3;

  /// An embedding and layers above it over the same ids, looked up first or read from the table.
  struct Net {
    explicit Net(DType dtype)
        : parameters(dtype),
          embedding(parameters, "embedding", kTokens, kInput),
          stack({.cell = GetParam().cell,
                 .input_size = kInput,
                 .hidden_size = {18, 4},
                 .bidirectional = GetParam().bidirectional,
                 .proj_size = GetParam().proj_size,
                 .recurrent_dropout = GetParam().recurrent_dropout,
                 .zoneout = GetParam().zoneout},
                parameters) {
      Random random(7);
      fill_normal(parameters, random);
    }
    Var operator()(const Pass& pass, bool table) {
      Sequence x{table ? embedding.table(pass) : embedding.forward(pass, ids), layout};
      if (table) x.ids = ids;
      return stack.forward(pass, x, stack.zero_state(layout->batch())).y.rows;
    }
    Parameters parameters;
    Embedding embedding;
    Recurrent stack;
    LayoutPtr layout = Layout::ragged(std::vector<Index>{3, 0, 5, 4});
    Tensor ids = token_ids();

    // Each token but number 4, some of them often.
    static Tensor token_ids() {
      Tensor t = Tensor::empty({12}, DType::i32);
      constexpr std::int32_t kIds[]{0, 1, 1, 3, 0, 2, 1, 1, 0, 3, 1, 2};
      std::copy(std::begin(kIds), std::end(kIds), t.data<std::int32_t>());
      return t;
    }
  };
};

TEST_P(TableTest, GivesTheSameBits) {
  ThreadPool pool(1);
  Net net(DType::f32);
  expect_same_bits(net(Pass{.pool = pool}, true).value, net(Pass{.pool = pool}, false).value, "y");
}

TEST_P(TableTest, HasTheSameGradients) {
  ThreadPool pool(1);
  const auto outcome = [&](bool table) {
    Net net(DType::f64);
    return run({.pool = pool, .training = true, .seed = 5}, net.parameters, {},
               [&](const Pass& pass, const std::vector<Var>&) { return net(pass, table); });
  };
  const Outcome table = outcome(true), looked_up = outcome(false);
  expect_same_bits(table.y, looked_up.y, "y");
  ASSERT_EQ(table.gradients.size(), looked_up.gradients.size());
  for (std::size_t i = 0; i < table.gradients.size(); ++i) {
    const std::vector<double> a = values_of(table.gradients[i]), b = values_of(looked_up.gradients[i]);
    for (std::size_t j = 0; j < a.size(); ++j)
      EXPECT_NEAR(a[j], b[j], 1e-12 * (1 + std::abs(b[j]))) << i << " at " << j;
  }
}

TEST_P(TableTest, ThreadsChangeNothing) {
  ThreadPool pool(1);
  Net net(DType::f32);
  expect_same_bits_on_threads({.pool = pool, .training = true, .seed = 5}, net.parameters, {},
                              [&](const Pass& pass, const std::vector<Var>&) { return net(pass, true); });
}

INSTANTIATE_TEST_SUITE_P(Cells, TableTest,
                         testing::Values(Case{"lstm", true, 0, 0.3, 2}, Case{"gru", true, 0.5},
                                         Case{"gru_reset_before", false, 0.5, 0.3}, Case{"lstm_peephole"},
                                         Case{"minlstm"}),
                         [](const auto& test) { return std::string(test.param.cell); });

}  // namespace
}  // namespace recur
