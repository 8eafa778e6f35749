// Attention: an independent implementation's numbers, finite differences, threads, and what counts.
#include "nn/attention.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "tests/golden/golden.h"
#include "tests/nn/support.h"

namespace recur {
namespace {

using test::expect_gradients;
using test::expect_same_bits;
using test::expect_same_bits_on_threads;
using test::fill_normal;
using test::normal;
using test::tensor_of;
using test::values_of;

ThreadPool pool(2);

/// Queries that look at sequences of lengths 3, 0, 5 and 1, out of order; one sequence is not looked at.
struct Case {
  LayoutPtr layout = Layout::ragged(std::vector<Index>{3, 0, 5, 1, 2});
  std::vector<Index> sequences{2, 0, 3, 2, 1, 0, 2};
};

Index width_of_query(AttentionScore score) { return score == AttentionScore::dot ? 4 : 3; }

Attention make(Parameters& parameters, AttentionScore score) {
  return Attention(parameters, "attention.", score, {.query = width_of_query(score), .memory = 4, .size = 5});
}

constexpr AttentionScore kScores[]{AttentionScore::additive, AttentionScore::dot, AttentionScore::general};

TEST(Attention, GradientsAreFiniteDifferences) {
  const Case c;
  for (const AttentionScore score : kScores) {
    SCOPED_TRACE(std::string(to_name(score)));
    Random random(4);
    Parameters parameters(DType::f64);
    const Attention attention = make(parameters, score);
    fill_normal(parameters, random);
    const std::vector<Tensor> inputs{normal({c.layout->rows(), 4}, DType::f64, random),
                                     normal({7, width_of_query(score)}, DType::f64, random)};
    const auto model = [&](const Pass& pass, const std::vector<Var>& x) {
      const AttentionMemory memory = attention.remember(pass, Sequence{x[0], c.layout});
      return attention.attend(pass, x[1], c.sequences, memory).context;
    };
    expect_gradients(Pass{.pool = pool}, parameters, inputs, model, 1e-7);
  }
}

TEST(Attention, ThreadsDoNotMatter) {
  std::vector<Index> lengths, sequences;
  for (Index n = 0; n < 40; ++n) lengths.push_back(5 + n * 7 % 23);
  for (Index q = 0; q < 400; ++q) sequences.push_back(q * 11 % 40);
  const LayoutPtr layout = Layout::ragged(lengths);
  for (const AttentionScore score : kScores) {
    Random random(5);
    Parameters parameters;
    const Attention attention(parameters, "", score, {.query = 48, .memory = 48, .size = 37});
    fill_normal(parameters, random);
    const std::vector<Tensor> inputs{normal({layout->rows(), 48}, DType::f32, random),
                                     normal({400, 48}, DType::f32, random)};
    expect_same_bits_on_threads(
        Pass{.pool = pool}, parameters, inputs, [&](const Pass& pass, const std::vector<Var>& x) {
          const AttentionMemory memory = attention.remember(pass, Sequence{x[0], layout});
          return attention.attend(pass, x[1], sequences, memory).context;
        });
  }
}

TEST(Attention, AQueryIsTheSameAloneAndAmongOthers) {
  const Case c;
  for (const AttentionScore score : kScores) {
    Random random(6);
    Parameters parameters;
    const Attention attention = make(parameters, score);
    fill_normal(parameters, random);
    const Pass pass{.pool = pool};
    const AttentionMemory memory =
        attention.remember(pass, {normal({c.layout->rows(), 4}, DType::f32, random), c.layout});
    const Tensor queries = normal({7, width_of_query(score)}, DType::f32, random);
    const Attended all = attention.attend(pass, queries, c.sequences, memory);
    for (Index q = 0; q < 7; ++q) {
      const Index n = c.sequences[static_cast<std::size_t>(q)];
      const Attended one = attention.attend(pass, queries.rows(q, q + 1), std::span(&n, 1), memory);
      expect_same_bits(one.context.value, all.context.value.rows(q, q + 1), "query " + std::to_string(q));
      EXPECT_EQ(one.weights.size(), memory.length(n));
      double sum = 0;
      for (const double weight : values_of(one.weights)) sum += weight;
      EXPECT_NEAR(sum, memory.length(n) == 0 ? 0 : 1, 1e-6);
    }
  }
}

TEST(Attention, NothingIsSeenOfNothing) {
  const LayoutPtr layout = Layout::ragged(std::vector<Index>{0, 0});
  Parameters parameters;
  const Attention attention = make(parameters, AttentionScore::additive);
  const Pass pass{.pool = pool};
  const AttentionMemory memory = attention.remember(pass, {Tensor::zeros({0, 4}), layout});
  const std::vector<Index> sequences{1, 0};
  EXPECT_EQ(values_of(attention.attend(pass, Tensor::zeros({2, 3}), sequences, memory).context.value),
            std::vector<double>(8, 0));
}

TEST(Attention, OfOneWidthOnlyCanDot) {
  Parameters parameters;
  try {
    Attention(parameters, "", AttentionScore::dot, {.query = 3, .memory = 4});
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_NE(std::string(error.what()).find("they are 3 and 4 wide"), std::string::npos) << error.what();
  }
}

template <class T>
void expect_golden(double tolerance) {
  const Golden golden("attention");
  int seen = 0;
  for (const std::string& name : golden.cases()) {
    SCOPED_TRACE(name);
    const auto settings = golden.settings(name);
    const std::string kind = settings["score"];
    const AttentionScore score = kind == "additive" ? AttentionScore::additive
                                 : kind == "dot"    ? AttentionScore::dot
                                                    : AttentionScore::general;
    const Index query = settings["query"], width = settings["memory"], size = settings["size"];
    const std::vector<Index> lengths = golden.values<Index>(name, "lengths");
    const std::vector<Index> sequences = golden.values<Index>(name, "sequences");
    const LayoutPtr layout = Layout::ragged(lengths);
    Parameters parameters(kDType<T>);
    const Attention attention(parameters, "", score, {.query = query, .memory = width, .size = size});
    for (Parameter& p : parameters) {
      const std::vector<T> given = golden.values<T>(name, p.name);
      ASSERT_EQ(static_cast<Index>(given.size()), p.value.size());
      std::copy(given.begin(), given.end(), p.value.template data<T>());
    }
    // The file has sequence behind sequence; rows are packed step by step.
    const std::vector<T> encoded = golden.values<T>(name, "encoded");
    std::vector<T> rows(encoded.size());
    std::vector<Index> row_of;
    for (Index n = 0; n < layout->batch(); ++n)
      for (Index t = 0; t < lengths[static_cast<std::size_t>(n)]; ++t)
        row_of.push_back(layout->row(t, layout->position(n)));
    for (std::size_t i = 0; i < row_of.size(); ++i)
      std::copy_n(encoded.begin() + static_cast<Index>(i) * width, width, rows.begin() + row_of[i] * width);
    Tape tape;
    const Pass pass{.pool = pool, .tape = &tape};
    const Var x = tape.leaf(tensor_of<T>(rows, {layout->rows(), width}));
    const Var q = tape.leaf(
        tensor_of<T>(golden.values<T>(name, "queries"), {static_cast<Index>(sequences.size()), query}));
    const Attended seen_now = attention.attend(pass, q, sequences, attention.remember(pass, {x, layout}));
    golden.expect_near(values_of(seen_now.context.value), name, "context", tolerance);
    golden.expect_near(values_of(seen_now.weights), name, "weights", tolerance);
    tape.backward(test::project(seen_now.context,
                                tensor_of<T>(golden.values<T>(name, "dcontext"), seen_now.context.shape())));
    golden.expect_near(values_of(tape.gradient(q)), name, "dqueries", tolerance);
    const std::vector<double> drows = values_of(tape.gradient(x));
    std::vector<double> dencoded(drows.size());
    for (std::size_t i = 0; i < row_of.size(); ++i)
      std::copy_n(drows.begin() + row_of[i] * width, width, dencoded.begin() + static_cast<Index>(i) * width);
    golden.expect_near(dencoded, name, "dencoded", tolerance);
    for (const Parameter& p : parameters)
      golden.expect_near(values_of(p.gradient), name, "d" + p.name, tolerance);
    ++seen;
  }
  EXPECT_EQ(seen, 6);
}

TEST(Attention, GoldenInFloat) { expect_golden<float>(3e-5); }
TEST(Attention, GoldenInDouble) { expect_golden<double>(1e-11); }

}  // namespace
}  // namespace recur
