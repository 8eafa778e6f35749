// The CRF: an independent implementation's numbers, finite differences, threads, and what counts.
#include "nn/crf.h"

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

Tensor ids_of(const std::vector<std::int32_t>& ids) {
  Tensor t = Tensor::empty({static_cast<Index>(ids.size())}, DType::i32);
  std::copy(ids.begin(), ids.end(), t.data<std::int32_t>());
  return t;
}

/// Values of [T, N, ·] as packed rows.
template <class V>
std::vector<V> packed(const std::vector<V>& padded, const Layout& layout, Index width) {
  std::vector<V> rows(static_cast<std::size_t>(layout.rows() * width));
  for (Index t = 0; t < layout.steps(); ++t)
    for (Index p = 0; p < layout.active(t); ++p)
      std::copy_n(padded.begin() + (t * layout.batch() + layout.sequence(p)) * width, width,
                  rows.begin() + layout.row(t, p) * width);
  return rows;
}
/// The reverse, 0 where there is nothing.
std::vector<double> padded(const std::vector<double>& rows, const Layout& layout, Index width) {
  std::vector<double> out(static_cast<std::size_t>(layout.steps() * layout.batch() * width));
  for (Index t = 0; t < layout.steps(); ++t)
    for (Index p = 0; p < layout.active(t); ++p)
      std::copy_n(rows.begin() + layout.row(t, p) * width, width,
                  out.begin() + (t * layout.batch() + layout.sequence(p)) * width);
  return out;
}

template <class T>
void expect_golden(double tolerance) {
  const Golden golden("crf");
  int seen = 0;
  for (const std::string& name : golden.cases()) {
    const Index tags = golden.settings(name)["tags"];
    const LayoutPtr layout = Layout::ragged(golden.values<Index>(name, "lengths"));
    Parameters parameters(kDType<T>);
    Crf crf(parameters, "crf.", tags,
            {.follow = golden.values<std::uint8_t>(name, "follow"),
             .begin = golden.values<std::uint8_t>(name, "begin"),
             .end = golden.values<std::uint8_t>(name, "may_end")});
    for (const char* which : {"transition", "start", "end"}) {
      const std::vector<T> given = golden.values<T>(name, which);
      std::copy(given.begin(), given.end(),
                parameters.find("crf." + std::string(which))->value.template data<T>());
    }
    const Tensor scores =
        tensor_of<T>(packed(golden.values<T>(name, "scores"), *layout, tags), {layout->rows(), tags});
    const Tensor ids = ids_of(packed(golden.values<std::int32_t>(name, "tags"), *layout, 1));
    Tape tape;
    const Pass pass{.pool = pool, .tape = &tape};
    const Var x = tape.leaf(scores);
    const Loss loss = crf.loss(pass, x, ids, layout);
    golden.expect_near(values_of(loss.each), name, "nats", tolerance);
    golden.expect_near(values_of(loss.value.value), name, "loss", tolerance);
    const Crf::Marginals marginals = crf.marginals(Pass{.pool = pool}, scores, layout);
    golden.expect_near(marginals.log_sums, name, "log_sums", tolerance);
    golden.expect_near(padded(values_of(marginals.probabilities), *layout, tags), name, "marginals",
                       tolerance);
    tape.backward(loss.value);
    golden.expect_near(padded(values_of(tape.gradient(x)), *layout, tags), name, "dscores", tolerance);
    for (const char* which : {"transition", "start", "end"})
      golden.expect_near(values_of(parameters.find("crf." + std::string(which))->gradient), name,
                         "d" + std::string(which), tolerance);
    ++seen;
  }
  EXPECT_EQ(seen, 7);
}

TEST(Crf, GoldenInFloat) { expect_golden<float>(2e-6); }
TEST(Crf, GoldenInDouble) { expect_golden<double>(1e-11); }

/// O, B-x, I-x, B-y, I-y.
ChainRules iob2() {
  ChainRules rules = ChainRules::free(5);
  for (const std::size_t inside : {2, 4}) {
    rules.begin[inside] = 0;
    for (std::size_t from = 0; from < 5; ++from)
      rules.follow[from * 5 + inside] = from == inside || from == inside - 1;
  }
  return rules;
}

TEST(Crf, GradientsAgreeWithFiniteDifferences) {
  Random random(3);
  const LayoutPtr layout = Layout::ragged(std::vector<Index>{2, 0, 4, 1});
  const Tensor scores = normal({layout->rows(), 5}, DType::f64, random);
  // By rows: step 0 of the sequences of 4, 2 and 1 steps, step 1 of those of 4 and 2, …
  const Tensor tags = ids_of({0, 1, 3, 1, 2, 2, 3});
  for (const bool ruled : {false, true}) {
    Parameters parameters(DType::f64);
    const Crf crf(parameters, "", 5, ruled ? iob2() : ChainRules::free(5));
    fill_normal(parameters, random);
    expect_gradients(Pass{.pool = pool}, parameters, {scores},
                     [&](const Pass& pass, const std::vector<Var>& in) {
                       return crf.loss(pass, in[0], tags, layout).value;
                     });
  }
}

TEST(Crf, AnyNumberOfThreadsGivesTheSameBits) {
  Random random(4);
  std::vector<Index> lengths;
  for (int i = 0; i < 23; ++i) lengths.push_back(random.next_below(12));
  const LayoutPtr layout = Layout::ragged(lengths);
  Parameters parameters;
  const Crf crf(parameters, "", 19, ChainRules::free(19));
  fill_normal(parameters, random);
  std::vector<std::int32_t> tags;
  for (Index r = 0; r < layout->rows(); ++r) tags.push_back(static_cast<std::int32_t>(random.next_below(19)));
  expect_same_bits_on_threads(Pass{.pool = pool}, parameters,
                              {normal({layout->rows(), 19}, DType::f32, random)},
                              [&](const Pass& pass, const std::vector<Var>& in) {
                                return crf.loss(pass, in[0], ids_of(tags), layout).value;
                              });
}

TEST(Crf, ASequenceOfUnknownTagsCountsNothing) {
  Random random(5);
  const LayoutPtr both = Layout::ragged(std::vector<Index>{3, 2}), one = Layout::dense(3, 1);
  Parameters parameters, again;
  Crf crf(parameters, "", 4, ChainRules::free(4)), other(again, "", 4, ChainRules::free(4));
  const Tensor scores = normal({5, 4}, DType::f32, random);
  Tensor first = Tensor::empty({3, 4});
  for (Index t = 0; t < 3; ++t)
    std::copy_n(scores.data<float>() + both->row(t, 0) * 4, 4, first.data<float>() + t * 4);
  const auto run = [&](const Crf& which, const Tensor& x, const std::vector<std::int32_t>& tags,
                       const LayoutPtr& layout) {
    Tape tape;
    const Loss loss = which.loss(Pass{.pool = pool, .tape = &tape}, tape.leaf(x), ids_of(tags), layout);
    tape.backward(loss.value);
    return loss.mean();
  };
  EXPECT_EQ(run(crf, scores, {1, 0, 2, -1, 3}, both), run(other, first, {1, 2, 3}, one));
  for (const char* which : {"transition", "start", "end"})
    expect_same_bits(parameters.find(which)->gradient, again.find(which)->gradient, which);
  EXPECT_EQ(run(crf, scores, {-1, -1, -1, -1, -1}, both), 0);
}

TEST(Crf, WhatIsForbiddenHasNoShare) {
  Parameters parameters;
  const Crf crf(parameters, "", 5, iob2());
  Tensor scores = Tensor::zeros({2, 5});
  scores.data<float>()[2] = 60;      // I-x at the beginning, however likely it looks
  scores.data<float>()[5 + 4] = 60;  // and I-y behind it
  const Tensor p = crf.marginals(Pass{.pool = pool}, scores, Layout::dense(2, 1)).probabilities;
  EXPECT_LT(p.data<float>()[2], 1e-30F);
  EXPECT_NEAR(p.data<float>()[3], 1, 1e-6);
  EXPECT_NEAR(p.data<float>()[5 + 4], 1, 1e-6);
}

// The only way through is 200 nats below the best of each step: shares of the best are far below what floats
// hold.
TEST(Crf, ALikelihoodFarBelowTheBestIsStillExact) {
  ChainRules rules = ChainRules::free(3);
  rules.follow = {1, 1, 0, 1, 1, 0, 0, 0, 1};  // 2 only follows 2
  Parameters parameters;
  const Crf crf(parameters, "", 3, rules);
  Tensor scores = Tensor::zeros({3, 3});
  for (const Index i : {0, 3}) scores.data<float>()[i] = 200;
  scores.data<float>()[2 * 3 + 2] = 500;  // so that ending in 2 is the best after all
  Tape tape;
  const Var x = tape.leaf(scores);
  const Loss loss = crf.loss(Pass{.pool = pool, .tape = &tape}, x, ids_of({2, 2, 2}), Layout::dense(3, 1));
  EXPECT_NEAR(loss.sum, 0, 1e-6);
  tape.backward(loss.value);
  for (const double d : values_of(tape.gradient(x))) EXPECT_NEAR(d, 0, 1e-6);
  for (const double d : values_of(parameters.find("transition")->gradient)) EXPECT_NEAR(d, 0, 1e-6);
}

TEST(Crf, ANanIsSeen) {
  Parameters parameters;
  const Crf crf(parameters, "", 3, ChainRules::free(3));
  for (Index at = 0; at < 9; ++at) {
    Tensor scores = Tensor::zeros({3, 3});
    scores.data<float>()[at] = std::nanf("");
    EXPECT_TRUE(
        std::isnan(crf.loss(Pass{.pool = pool}, scores, ids_of({0, 0, 0}), Layout::dense(3, 1)).mean()))
        << at;
  }
}

}  // namespace
}  // namespace recur
