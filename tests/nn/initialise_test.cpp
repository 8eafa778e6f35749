#include "nn/initialise.h"

#include "nn/support.h"

namespace recur {
namespace {

using namespace test;

struct Moments {
  double mean, deviation, largest;
};
Moments moments_of(const Tensor& t) {
  double sum = 0, squares = 0, largest = 0;
  for (const double v : values_of(t)) {
    sum += v;
    squares += v * v;
    largest = std::max(largest, std::abs(v));
  }
  const double n = static_cast<double>(t.size()), mean = sum / n;
  return {mean, std::sqrt(squares / n - mean * mean), largest};
}

TEST(Initialise, DeviationsAreThoseOfThePapers) {
  const double in = 300, out = 100;
  const auto uniform = [](double bound) { return bound / std::sqrt(3); };
  const std::pair<Initialiser, double> expected[] = {
      {Initialiser::uniform, uniform(1 / std::sqrt(in))},
      {Initialiser::glorot_uniform, std::sqrt(2 / (in + out))},
      {Initialiser::glorot_normal, std::sqrt(2 / (in + out))},
      {Initialiser::he_uniform, std::sqrt(2 / in)},
      {Initialiser::he_normal, std::sqrt(2 / in)},
      {Initialiser::orthogonal, std::sqrt(1 / in)},
      {Initialiser::zeros, 0.0},
  };
  for (const auto& [scheme, deviation] : expected) {
    Random random(1);
    const Tensor t = Tensor::empty({100, 300});
    initialise(t, scheme, random);
    const Moments m = moments_of(t);
    EXPECT_NEAR(m.mean, 0, 0.02 * deviation) << to_name(scheme);
    EXPECT_NEAR(m.deviation, deviation, 0.015 * deviation) << to_name(scheme);
    if (to_name(scheme).ends_with("uniform")) {
      EXPECT_LE(m.largest, deviation * std::sqrt(3));
    }
  }
}

TEST(Initialise, OrthogonalRowsOrColumns) {
  for (const auto& [rows, columns] : {std::pair<Index, Index>{150, 150}, {7, 40}, {40, 7}, {1, 1}}) {
    Random random(2);
    const Tensor t = Tensor::empty({rows, columns}, DType::f64);
    initialise(t, Initialiser::orthogonal, random);
    const Index count = std::min(rows, columns), n = std::max(rows, columns);
    const auto at = [&, r = rows, c = columns](Index vector, Index i) {
      return t.data<double>()[r <= c ? vector * c + i : i * c + vector];
    };
    for (Index a = 0; a < count; ++a)
      for (Index b = 0; b <= a; ++b) {
        double product = 0;
        for (Index i = 0; i < n; ++i) product += at(a, i) * at(b, i);
        EXPECT_NEAR(product, a == b ? 1 : 0, 3e-15) << rows << "x" << columns;
      }
  }
}

TEST(Initialise, RecurrentLayersStartGateByGate) {
  Parameters parameters(DType::f64);
  const Recurrent lstm(
      {.cell = "lstm", .input_size = 3, .hidden_size = {8, 6}, .bidirectional = true, .layer_norm = true},
      parameters, "encoder.");
  Random random(3);
  initialise_recurrent(lstm, parameters, {.forget_bias = 1.5}, random, "encoder.");
  for (const Parameter& p : parameters) {
    EXPECT_EQ(p.version, 1) << p.name;
    const std::vector<double> v = values_of(p.value);
    if (p.name.find("bias") != std::string::npos) {
      const std::size_t hidden = v.size() / 4;
      for (std::size_t i = 0; i < v.size(); ++i)
        EXPECT_EQ(v[i], i / hidden == 1 ? 1.5 : 0) << p.name << "[" << i << "]";  // i f g o
    }
    if (p.kind == ParameterKind::gain) {
      EXPECT_EQ(v, std::vector<double>(v.size(), 1.0)) << p.name;
    }
  }
  const Tensor u = parameters.find("encoder.weight_hh_l1_reverse")->value;
  for (Index gate = 0; gate < 4; ++gate)
    for (Index a = 0; a < 6; ++a)
      for (Index b = 0; b < 6; ++b) {
        double product = 0;
        for (Index i = 0; i < 6; ++i)
          product += u.data<double>()[(gate * 6 + a) * 6 + i] * u.data<double>()[(gate * 6 + b) * 6 + i];
        EXPECT_NEAR(product, a == b ? 1 : 0, 1e-14);
      }
}

TEST(Initialise, UniformIsOneOverTheRootOfTheUnits) {
  Parameters parameters;
  const Recurrent peephole({.cell = "lstm_peephole", .input_size = 50, .hidden_size = {25}}, parameters);
  Random random(4);
  initialise_recurrent(peephole, parameters,
                       {.kernel_initializer = Initialiser::uniform,
                        .recurrent_initializer = Initialiser::uniform,
                        .forget_bias = 0},
                       random);
  for (const Parameter& p : parameters) {
    const Moments m = moments_of(p.value);
    EXPECT_LE(m.largest, 0.2) << p.name;
    if (p.name != "bias_l0") {
      EXPECT_GE(m.largest, 0.18) << p.name;
    }
  }
}

TEST(Initialise, LinearAndEmbedding) {
  Parameters parameters;
  const Linear linear(parameters, "head", 4, 3);
  const Embedding embedding(parameters, "embedding", 5, 2, 1);
  Random random(5);
  fill_normal(parameters, random);
  initialise_linear(linear, {}, random);
  initialise_embedding(embedding, {}, random);
  EXPECT_EQ(values_of(linear.bias()->value), std::vector<double>(3, 0.0));
  EXPECT_GT(moments_of(linear.weight().value).largest, 0);
  EXPECT_EQ(values_of(embedding.weight().value.rows(1, 2)), std::vector<double>(2, 0.0));
  EXPECT_LT(moments_of(embedding.weight().value).largest, 0.5);
}

TEST(Initialise, ASeedGivesTheSameBytes) {
  const auto draw = [] {
    Parameters parameters;
    const Recurrent gru({.cell = "gru", .input_size = 3, .hidden_size = {5}}, parameters);
    Random random(6);
    initialise_recurrent(gru, parameters, {}, random);
    std::vector<double> all;
    for (const Parameter& p : parameters)
      for (const double v : values_of(p.value)) all.push_back(v);
    return all;
  };
  EXPECT_EQ(draw(), draw());
}

}  // namespace
}  // namespace recur
