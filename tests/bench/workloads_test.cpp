#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "bench/workload.h"

namespace recur {
namespace {

PreparedWork prepared(const std::string& name, ThreadPool& pool) {
  for (const Workload& workload : all_workloads())
    if (workload.name == name) return workload.prepare(pool);
  ADD_FAILURE() << name;
  return {};
}

TEST(Workloads, HaveNamesOfTheirOwn) {
  std::set<std::string> names;
  for (const Workload& workload : all_workloads())
    EXPECT_TRUE(names.insert(workload.name).second) << workload.name;
}

TEST(Workloads, RunAndCountTheirArithmetic) {
  ThreadPool pool(2);
  // GRU, 7 inputs, 32 units, 32 sequences of 24 steps; six products of each unit; a head of one; forward and
  // twice that backward.
  const PreparedWork gru = prepared("train/forecast-gru-1x32-b32-t24", pool);
  gru.run();
  EXPECT_EQ(gru.items, 32 * 24);
  EXPECT_EQ(gru.flop, 3 * (32.0 * 24 * 2 * 32 * (3 * 7 + 3 * 32) + 32 * 2 * 32));
  const PreparedWork stream = prepared("stream/lstm-16", pool);
  stream.run();
  EXPECT_EQ(stream.flop / static_cast<double>(stream.steps), 2.0 * 8 * 16 * 16);
  std::vector<double> seconds;
  stream.time_steps(seconds);
  EXPECT_GT(*std::min_element(seconds.begin(), seconds.end()), 0);
}

TEST(Workloads, RaggedOnesDoLessThanPaddedOnes) {
  ThreadPool pool(1);
  const double plain = prepared("layer/lstm-50-b32-t60", pool).flop;
  const double ragged = prepared("layer/lstm-50-b32-t60-ragged", pool).flop;
  EXPECT_GT(ragged, 0.3 * plain);
  EXPECT_LT(ragged, 0.7 * plain);
}

}  // namespace
}  // namespace recur
