// Linear, embedding, norms and pooling against PyTorch's.
#include "golden/golden.h"
#include "nn/embedding.h"
#include "nn/linear.h"
#include "nn/norms.h"
#include "nn/ops.h"
#include "nn/pooling.h"
#include "nn/support.h"

namespace recur {
namespace {

using namespace test;

ThreadPool pool(1);

/// [T, N, width] cut from values that may be padded: rows in packed order, or all rows of a dense layout.
template <class T>
class Case {
 public:
  Case(const Golden& golden, std::string name) : golden_(golden), name_(std::move(name)) {
    const char* const time_major = has("ids") ? "ids" : "x";
    const auto& shape = golden.shape(name_, time_major);
    if (has("lengths")) {
      const auto lengths = golden.values<Index>(name_, "lengths");
      layout = Layout::ragged(lengths);
    } else {
      layout = Layout::dense(shape[0], shape[1]);
    }
  }
  bool has(const char* tensor) const { return golden_.has(name_, tensor); }
  nlohmann::json settings() const { return golden_.settings(name_); }

  Tensor flat(const char* tensor) const {
    const auto values = golden_.template values<T>(name_, tensor);
    return tensor_of<T>(values, {static_cast<Index>(values.size())});
  }
  /// A tensor [T, N, width] as packed rows.
  Tensor rows(const char* tensor) const {
    const auto& s = golden_.shape(name_, tensor);
    return pack_rows(flat(tensor).reshape({s[0], s[1], s[2]}), *layout);
  }
  void expect_rows(const Tensor& found, const char* tensor, double tolerance) const {
    golden_.expect_near(values_of(unpack_rows(found, *layout)), name_, tensor, tolerance);
  }
  void expect(const Tensor& found, const char* tensor, double tolerance) const {
    golden_.expect_near(values_of(found), name_, tensor, tolerance);
  }
  /// Sets a parameter and expects its gradient later.
  void give(Parameters& parameters, const std::string& parameter, const char* tensor) {
    Parameter& p = *parameters.find(parameter);
    p.value = flat(tensor).reshape(p.value.shape());
    ++p.version;
    given_.emplace_back(&p, tensor);
  }
  void expect_gradients(double tolerance) const {
    for (const auto& [p, tensor] : given_)
      if (p->kind != ParameterKind::statistic)
        expect(p->gradient, ("d" + std::string(tensor)).c_str(), tolerance);
  }

  LayoutPtr layout;

 private:
  const Golden& golden_;
  std::string name_;
  std::vector<std::pair<Parameter*, const char*>> given_;
};

template <class T>
void expect_golden_layers(double tolerance) {
  const Golden golden("layers");
  int seen = 0;
  for (const std::string& name : golden.cases()) {
    SCOPED_TRACE(name);
    ++seen;
    Case<T> c(golden, name);
    const auto settings = c.settings();
    const std::string layer = settings["layer"];
    Parameters parameters(kDType<T>);
    Tape tape;
    Pass pass{.pool = pool, .tape = &tape, .training = settings.value("training", true)};
    if (layer == "embedding") {
      const auto& shape = golden.shape(name, "weight");
      const Index padding =
          settings["padding_idx"].is_null() ? -1 : settings["padding_idx"].template get<Index>();
      const Embedding embedding(parameters, "e", shape[0], shape[1], padding);
      c.give(parameters, "e.weight", "weight");
      const auto ids = golden.values<int>(name, "ids");
      const Var y = embedding.forward(pass, tensor_of<std::int32_t>(ids, {static_cast<Index>(ids.size())}));
      c.expect_rows(y.value, "y", tolerance);
      tape.backward(project(y, c.rows("dy")));
    } else if (layer == "pool") {
      const Tensor x = c.rows("x");
      const Pool kind = *from_name<Pool>(settings["pool"].template get<std::string>());
      const Pooling pooling(parameters, "p", kind, x.dim(1), 5);
      if (kind == Pool::attention) {
        c.give(parameters, "p.weight", "weight");
        c.give(parameters, "p.bias", "bias");
        c.give(parameters, "p.v.weight", "weight_v");
      }
      const Var leaf = tape.leaf(x), y = pooling.forward(pass, {leaf, c.layout});
      c.expect(y.value, "y", tolerance);
      tape.backward(project(y, c.flat("dy")));
      c.expect_rows(tape.gradient(leaf), "dx", tolerance);
    } else {
      const Tensor x = c.rows("x");
      const Var leaf = tape.leaf(x);
      Var y;
      if (layer == "linear") {
        const bool bias = settings["bias"];
        const Linear linear(parameters, "l", x.dim(1), golden.shape(name, "weight")[0], bias);
        c.give(parameters, "l.weight", "weight");
        if (bias) c.give(parameters, "l.bias", "bias");
        y = linear.forward(pass, leaf);
      } else if (layer == "layer_norm") {
        const LayerNorm norm(parameters, "l", x.dim(1), settings["eps"]);
        c.give(parameters, "l.weight", "weight");
        c.give(parameters, "l.bias", "bias");
        y = norm.forward(pass, leaf);
      } else {
        ASSERT_EQ(layer, "batch_norm");
        const BatchNorm norm(parameters, "l", x.dim(1), settings["eps"], settings["momentum"]);
        for (const char* p : {"weight", "bias", "running_mean", "running_var"})
          c.give(parameters, std::string("l.") + p, p);
        y = norm.forward(pass, leaf);
        c.expect(parameters.find("l.running_mean")->value, "new_running_mean", tolerance);
        c.expect(parameters.find("l.running_var")->value, "new_running_var", tolerance);
      }
      c.expect_rows(y.value, "y", tolerance);
      tape.backward(project(y, c.rows("dy")));
      c.expect_rows(tape.gradient(leaf), "dx", tolerance);
    }
    c.expect_gradients(tolerance);
  }
  EXPECT_EQ(seen, 17);
}

TEST(GoldenLayers, Float) { expect_golden_layers<float>(1e-5); }
TEST(GoldenLayers, Double) { expect_golden_layers<double>(1e-12); }

}  // namespace
}  // namespace recur
