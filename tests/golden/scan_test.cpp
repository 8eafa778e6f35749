// The scan of every cell, forward and backward, with every option of the golden cases, in float and in
// double. Masks are given, so options that draw them at random are compared number by number. Stacking,
// merging and residuals are done here in the plainest way.
#include "kernels/scan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>

#include "golden/cell_case.h"

namespace recur {
namespace {

/// One direction of one layer: its parameters, what the scan keeps, its gradients. `suffix`: "_l0",
/// "_l0_reverse".
template <class T>
class Direction {
 public:
  Direction(const CellCase& info, ThreadPool& pool, Index input, Index hidden, std::string suffix)
      : info_(info), pool_(pool), suffix_(std::move(suffix)) {
    const auto& s = info.settings;
    shape_ = {.input = input, .hidden = hidden, .projection = s["proj_size"], .layer_norm = s["layer_norm"]};
    const ScanParameters<T> parameters{.weight_ih = given("weight_ih"),
                                       .weight_hh = given("weight_hh"),
                                       .bias = given("bias"),
                                       .weight_unit = given("weight_unit"),
                                       .weight_hr = given("weight_hr"),
                                       .gain_ih = given("weight_ln_x"),
                                       .gain_hh = given("weight_ln_h")};
    weights_.pack(info.cell, shape_, parameters, ScanUse::training);

    const Cell& cell = info.cell;
    const Index rows = info.layout->rows(), N = info.batch();
    args_.weights = &weights_;
    args_.layout = info.layout.get();
    args_.reverse = suffix_.ends_with("_reverse");
    args_.y = room("y", rows * width(0));
    args_.pre = room("pre", rows * cell.x_gates() * hidden);
    args_.tape = room("tape", rows * static_cast<Index>(cell.tape.size()) * hidden);
    if (cell.staged) args_.product = room("product", rows * hidden);
    if (shape_.projection > 0) args_.unprojected = room("unprojected", rows * hidden);
    if (shape_.layer_norm) {
      args_.norm_x = room("norm_x", rows * cell.x_gates() * hidden);
      args_.norm_x_inverse_std = room("norm_x_inverse_std", rows * cell.x_gates());
      args_.norm_h = room("norm_h", rows * cell.h_gates() * hidden);
      args_.norm_h_inverse_std = room("norm_h_inverse_std", rows * cell.h_gates());
    }
    if (has("recurrent_dropout_mask")) {
      args_.h_mask = keep("mask", info.by_position(values("recurrent_dropout_mask")));
      args_.h_entering = room("h_entering", rows * width(0));
    }
    for (std::size_t i = 0; i < cell.states.size(); ++i) {
      const std::string state(cell.states[i]);
      const Index size = N * width(i);
      args_.initial[i] = has(state + "_0") ? keep(state + "_0", info.by_position(values(state + "_0")))
                                           : room(state + "_0", size);
      args_.final_state[i] = room(state + "_n", size);
      if (i > 0) args_.states[i] = room("states " + state, rows * hidden);
      if (has("zoneout_mask_" + state))
        args_.zoneout_mask[i] = keep("zoneout " + state, info.pack(values("zoneout_mask_" + state)));
      else
        args_.zoneout[i] = s["zoneout"].get<T>();
      back_.dfinal[i] = keep("d" + state + "_n", info.by_position(values("d" + state + "_n")));
      back_.dinitial[i] = room("d" + state + "_0", size);
    }
    back_.dweight_ih = gradient("weight_ih");
    back_.dweight_hh = gradient("weight_hh");
    back_.dbias = gradient("bias");
    back_.dweight_unit = gradient("weight_unit");
    back_.dweight_hr = gradient("weight_hr");
    back_.dgain_ih = gradient("weight_ln_x");
    back_.dgain_hh = gradient("weight_ln_h");
  }

  /// x [rows, I] → y [rows, ·]. `x` is kept until backward().
  const std::vector<T>& forward(const std::vector<T>& x) {
    args_.x = x.data();
    std::vector<T> workspace(static_cast<std::size_t>(scan_workspace(args_)));
    scan_forward(args_, workspace.data(), pool_);
    return buffers_.at("y");
  }
  /// Adds to dx [rows, I].
  void backward(const std::vector<T>& dy, std::vector<T>& dx) {
    back_.dy = dy.data();
    back_.dx = dx.data();
    std::vector<T> workspace(static_cast<std::size_t>(scan_backward_workspace(args_)));
    scan_backward(args_, back_, workspace.data(), pool_);
  }
  void check() const {
    for (const std::string_view state : info_.cell.states) {
      for (const std::string& name : {std::string(state) + "_n", "d" + std::string(state) + "_0"})
        if (info_.has(name + suffix_)) compare(info_.by_sequence(buffers_.at(name)), name);
    }
    for (const auto& [name, values] : gradients_) compare(values, "d" + name);
  }
  Index width(std::size_t state) const { return state == 0 ? shape_.recurrent() : shape_.hidden; }

 private:
  bool has(const std::string& tensor) const { return info_.has(tensor + suffix_); }
  std::vector<T> values(const std::string& tensor) const { return info_.values<T>(tensor + suffix_); }
  const T* given(const std::string& tensor) { return has(tensor) ? keep(tensor, values(tensor)) : nullptr; }
  T* gradient(const std::string& tensor) {
    if (!has(tensor)) return nullptr;
    return (gradients_[tensor] = std::vector<T>(values(tensor).size())).data();
  }
  T* keep(const std::string& key, std::vector<T> v) { return (buffers_[key] = std::move(v)).data(); }
  T* room(const std::string& key, Index size) {
    return keep(key, std::vector<T>(static_cast<std::size_t>(size)));
  }
  void compare(const std::vector<T>& found, const std::string& tensor) const {
    info_.expect_near(found, tensor + suffix_);
  }

  const CellCase& info_;
  ThreadPool& pool_;
  std::string suffix_;
  ScanShape shape_;
  ScanWeights<T> weights_;
  ScanArgs<T> args_;
  ScanBackwardArgs<T> back_;
  std::map<std::string, std::vector<T>> buffers_, gradients_;
};

/// One layer: its directions and how their outputs are merged.
template <class T>
struct Layer {
  std::vector<std::unique_ptr<Direction<T>>> directions;
  std::vector<T> x, outputs[2];
  Index width = 0;  // of one direction's output
  std::string merge;
  bool residual = false;

  Index output() const { return directions.size() == 2 && merge == "concat" ? 2 * width : width; }

  std::vector<T> forward(std::vector<T> x_rows) {
    x = std::move(x_rows);
    for (std::size_t d = 0; d < directions.size(); ++d) outputs[d] = directions[d]->forward(x);
    const std::vector<T>&a = outputs[0], &b = outputs[1];
    std::vector<T> y = a;
    if (directions.size() == 2) {
      if (merge == "concat") y.resize(2 * a.size());
      for (std::size_t k = 0; k < a.size(); ++k) {
        if (merge == "sum") y[k] = a[k] + b[k];
        if (merge == "ave") y[k] = (a[k] + b[k]) / 2;
        if (merge == "mul") y[k] = a[k] * b[k];
        if (merge == "concat") y[place(k, 0)] = a[k], y[place(k, 1)] = b[k];
      }
    }
    if (residual) std::transform(y.begin(), y.end(), x.begin(), y.begin(), std::plus<>());
    return y;
  }

  std::vector<T> backward(const std::vector<T>& dy) {
    std::vector<T> dx = residual ? dy : std::vector<T>(x.size());
    for (std::size_t d = 0; d < directions.size(); ++d) {
      std::vector<T> mine(outputs[d].size());
      for (std::size_t k = 0; k < mine.size(); ++k) {
        mine[k] = directions.size() == 1 || merge == "sum" ? dy[k]
                  : merge == "ave"                         ? dy[k] / 2
                  : merge == "mul"                         ? dy[k] * outputs[1 - d][k]
                                                           : dy[place(k, d)];
      }
      directions[d]->backward(mine, dx);
    }
    return dx;
  }

 private:
  /// Where element k of direction d lies in the concatenation.
  std::size_t place(std::size_t k, std::size_t d) const {
    const auto w = static_cast<std::size_t>(width);
    return k / w * 2 * w + d * w + k % w;
  }
};

template <class T>
void check_case(const CellCase& info, ThreadPool& pool) {
  const auto& settings = info.settings;
  std::vector<Layer<T>> layers;
  Index input = settings["input_size"];
  const std::vector<Index> hidden_sizes = settings["hidden_size"];
  for (std::size_t k = 0; k < hidden_sizes.size(); ++k) {
    Layer<T>& layer = layers.emplace_back();
    layer.merge = settings["merge"];
    for (const char* direction : {"", "_reverse"}) {
      if (*direction != 0 && !settings["bidirectional"]) continue;
      layer.directions.push_back(std::make_unique<Direction<T>>(info, pool, input, hidden_sizes[k],
                                                                "_l" + std::to_string(k) + direction));
    }
    layer.width = layer.directions[0]->width(0);
    layer.residual = settings["residual"] && k > 0 && layer.output() == input;
    input = layer.output();
  }

  std::vector<T> rows = info.pack(info.values<T>("x"));
  for (Layer<T>& layer : layers) rows = layer.forward(std::move(rows));
  info.expect_near(info.unpack(rows, input), "y");

  rows = info.pack(info.values<T>("dy"));
  for (auto layer = layers.rbegin(); layer != layers.rend(); ++layer) rows = layer->backward(rows);
  info.expect_near(info.unpack(rows, settings["input_size"]), "dx");
  for (const Layer<T>& layer : layers)
    for (const auto& direction : layer.directions) direction->check();
}

class GoldenScan : public testing::TestWithParam<const char*> {
 protected:
  template <class T>
  void check_cell() {
    const Golden golden(GetParam());
    ThreadPool pool(1);
    EXPECT_GE(golden.cases().size(), 12U);
    for (const std::string& name : golden.cases()) check_case<T>(CellCase(golden, name), pool);
  }
};

TEST_P(GoldenScan, Float) { check_cell<float>(); }
TEST_P(GoldenScan, Double) { check_cell<double>(); }

INSTANTIATE_TEST_SUITE_P(Cells, GoldenScan,
                         testing::Values("rnn_tanh", "rnn_relu", "lstm", "lstm_peephole", "lstm_coupled",
                                         "gru", "gru_reset_before", "mingru", "minlstm"),
                         [](const auto& test) { return std::string(test.param); });

/// A cell without golden vectors is a cell whose formula nobody has checked.
TEST(GoldenScanTable, EveryCellHasGoldenVectors) {
  for (const Cell* cell : all_cells())
    EXPECT_FALSE(Golden(std::string(cell->name)).cases().empty()) << cell->name;
}

}  // namespace
}  // namespace recur
